/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { BUF_FIRST_BYTES = 256, BUF_FORMAT_BYTES = 512 };

struct buf buf_in(struct arena *arena) {
    return (struct buf){.arena = arena};
}

struct buf buf_over(char *memory, size_t size) {
    return (struct buf){.ptr = memory, .cap = size};
}

static bool buf_reserve(struct buf *buf, size_t size) {
    if (buf->failed || buf->cap - buf->len >= size) {
        return !buf->failed;
    }
    size_t cap = buf->cap == 0 ? BUF_FIRST_BYTES : buf->cap * 2;
    while (cap - buf->len < size) {
        cap *= 2;
    }
    char *grown = buf->arena == NULL ? NULL : arena_try_alloc(buf->arena, cap);
    if (grown == NULL) {
        buf->failed = true;
        return false;
    }
    if (buf->len > 0) {
        memcpy(grown, buf->ptr, buf->len);
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

void buf_put(struct buf *buf, const void *from, size_t size) {
    if (size > 0 && buf_reserve(buf, size)) {
        memcpy(buf->ptr + buf->len, from, size);
        buf->len += size;
    }
}

void buf_put_char(struct buf *buf, char c) {
    buf_put(buf, &c, 1);
}

void buf_put_str(struct buf *buf, struct str text) {
    buf_put(buf, text.ptr, text.len);
}

void buf_puts(struct buf *buf, const char *c_string) {
    buf_put(buf, c_string, strlen(c_string));
}

void buf_put_u64(struct buf *buf, uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_put(buf, digits + at, sizeof digits - at);
}

void buf_putf(struct buf *buf, const char *format, ...) {
    char text[BUF_FORMAT_BYTES];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof text) {
        buf_put(buf, text, (size_t)length);
        return;
    }
    if (length < 0 || !buf_reserve(buf, (size_t)length + 1)) {
        buf->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, args);
    va_end(args);
    buf->len += (size_t)length;
}

struct str buf_str(const struct buf *buf) {
    return (struct str){.ptr = buf->ptr == NULL ? "" : buf->ptr, .len = buf->len};
}

struct bytes buf_bytes(const struct buf *buf) {
    return bytes_from_str(buf_str(buf));
}
