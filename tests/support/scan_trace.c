/* SPDX-License-Identifier: MIT */
#include "support/scan_trace.h"

#include "base/arena.h"
#include "base/buf.h"
#include "http/scan.h"

enum { TRACE_HEAD_BYTES_MAX = 16384, TRACE_BODY_BYTES_MAX = 65536, TRACE_ARENA_BYTES = 1 << 20 };

static void put_request(struct buf *buf, const struct http_scan *scan) {
    const struct http_head *head = scan->head;
    buf_put_str(buf, http_head_method(head));
    buf_put_char(buf, ' ');
    buf_put_str(buf, http_head_target(head));
    buf_putf(buf, " %u%s%s%s\n", head->version_minor, head->keep_alive ? " keep" : "",
             head->has_body ? " body" : "", head->expects_continue ? " expects" : "");
    for (size_t i = 0; i < head->field_count; i++) {
        buf_put_str(buf, http_head_name(head, i));
        buf_put_char(buf, '=');
        buf_put_str(buf, http_head_value(head, i));
        buf_put_char(buf, '\n');
    }
    buf_put(buf, scan->body.ptr, scan->body.len);
    buf_puts(buf, "\n--\n");
}

struct str scan_trace(struct arena *arena, struct bytes input, size_t step) {
    struct buf buf = buf_in(arena);
    struct arena *own = arena_new(TRACE_ARENA_BYTES);
    struct http_scan scan;
    size_t at = 0;
    http_scan_init(&scan, own, TRACE_HEAD_BYTES_MAX, TRACE_BODY_BYTES_MAX);
    while (at < input.len && scan.outcome != HTTP_SCAN_REFUSED) {
        size_t n = input.len - at < step ? input.len - at : step;
        at += http_scan_feed(&scan, (struct bytes){.ptr = input.ptr + at, .len = n});
        if (scan.outcome == HTTP_SCAN_DONE) {
            put_request(&buf, &scan);
            arena_reset(own);
            http_scan_init(&scan, own, TRACE_HEAD_BYTES_MAX, TRACE_BODY_BYTES_MAX);
        }
    }
    if (scan.outcome == HTTP_SCAN_REFUSED) {
        buf_putf(&buf, "refused %d %d", scan.status, scan.has_request_line);
    } else {
        buf_putf(&buf, "more %d %d %zu", scan.has_request_line, scan.in_body, scan.body.len);
    }
    arena_free(own);
    return buf_str(&buf);
}
