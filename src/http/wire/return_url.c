/* SPDX-License-Identifier: MIT */
#include "http/wire/return_url.h"

#include "base/arena.h"
#include "base/buf.h"

static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

void percent_encode(struct buf *to, struct str text) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (is_plain(text.ptr[i])) {
            buf_put_char(to, text.ptr[i]);
            continue;
        }
        char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        buf_put(to, escape, sizeof escape);
    }
}

struct str return_url(struct arena *arena, struct str url, struct str order_id, struct str uuid) {
    if (str_is_empty(url)) {
        return STR("");
    }
    size_t fragment_at = str_find(url, '#');
    struct str front = str_slice(url, 0, fragment_at);
    size_t query_at = str_find(front, '?');
    struct buf text = buf_in(arena);
    buf_put_str(&text, front);
    if (query_at == front.len) {
        buf_put_char(&text, '?');
    } else if (query_at + 1 < front.len && !str_ends_with(front, STR("&"))) {
        buf_put_char(&text, '&');
    }
    buf_puts(&text, "order_id=");
    percent_encode(&text, order_id);
    buf_puts(&text, "&invoice_uuid=");
    percent_encode(&text, uuid);
    buf_put_str(&text, str_slice(url, fragment_at, url.len));
    return buf_str(&text);
}
