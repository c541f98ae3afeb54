/* SPDX-License-Identifier: MIT */
#include "http/reply_write.h"

bool reply_has_body(const struct reply *reply) {
    return reply->status != 204 && reply->status != 304 && reply->status >= 200;
}

static void put_framing(struct buf *buf, const struct reply *reply,
                        const struct reply_frame *frame) {
    if (reply->kind == REPLY_STREAM) {
        buf_puts(buf, frame->version_minor == 1 ? "Transfer-Encoding: chunked\r\n" : "");
    } else if (reply_has_body(reply)) {
        buf_puts(buf, "Content-Length: ");
        buf_put_u64(buf, reply->body.len);
        buf_puts(buf, "\r\n");
    }
    if (!frame->keep_alive) {
        buf_puts(buf, "Connection: close\r\n");
    } else if (frame->version_minor == 0) {
        buf_puts(buf, "Connection: keep-alive\r\n");
    }
}

void reply_head_put(struct buf *buf, const struct reply *reply, const struct reply_frame *frame) {
    buf_puts(buf, frame->version_minor == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    buf_put_u64(buf, (uint64_t)reply->status);
    buf_put_char(buf, ' ');
    buf_puts(buf, http_status_text(reply->status));
    buf_puts(buf, "\r\nDate: ");
    buf_put_str(buf, frame->date);
    buf_puts(buf, "\r\n");
    if (reply->content_type.len > 0) {
        buf_puts(buf, "Content-Type: ");
        buf_put_str(buf, reply->content_type);
        buf_puts(buf, "\r\nX-Content-Type-Options: nosniff\r\n");
    }
    if (frame->is_cors) {
        buf_puts(buf, "Access-Control-Allow-Origin: *\r\n");
    }
    for (const struct reply_header *header = reply->headers; header != NULL;
         header = header->next) {
        buf_put_str(buf, header->name);
        buf_puts(buf, ": ");
        buf_put_str(buf, header->value);
        buf_puts(buf, "\r\n");
    }
    put_framing(buf, reply, frame);
    buf_puts(buf, "\r\n");
}
