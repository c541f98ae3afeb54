/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_BUF_H
#define TILL_BASE_BUF_H

/* Text or bytes under construction, growing inside an arena. Reaching the limit sets
 * `failed` and drops what follows, so a writer checks once, at the end. */

#include "base/bytes.h"
#include "base/str.h"

struct arena;

struct buf {
    struct arena *arena;
    char *ptr;
    size_t len;
    size_t cap;
    bool failed;
};

struct buf buf_in(struct arena *arena);
/* In the caller's memory, which it cannot outgrow. */
struct buf buf_over(char *memory, size_t size);
void buf_put(struct buf *buf, const void *from, size_t size);
void buf_put_char(struct buf *buf, char c);
void buf_put_str(struct buf *buf, struct str text);
void buf_puts(struct buf *buf, const char *c_string);
void buf_put_u64(struct buf *buf, uint64_t value);
void buf_putf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was written so far; valid until the next put. */
struct str buf_str(const struct buf *buf);
struct bytes buf_bytes(const struct buf *buf);

#endif
