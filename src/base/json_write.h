/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_JSON_WRITE_H
#define TILL_BASE_JSON_WRITE_H

/* Writes one JSON document onto a buf; commas and colons come by themselves. The output is always
 * valid: a value without a key, an end without a begin and the like are bugs and stop the process,
 * and bytes that are not UTF-8 become U+FFFD. Safe inside HTML and script: `<`, U+2028, U+2029 and
 * control characters are escaped. Running out of the buf's memory sets buf->failed, as always. */

#include "base/buf.h"
#include "base/str.h"

enum { JSON_WRITE_DEPTH_MAX = 32 };

struct json_writer {
    struct buf *buf;
    unsigned depth;
    uint64_t objects; /* bit n: the container at depth n + 1 is an object */
    bool has_items;   /* the innermost container has some, so a comma is due */
    bool has_key;     /* a key waits for its value */
    bool is_done;     /* the document is complete */
};

/* Borrows `buf`, whose earlier contents stay before the document. */
void json_writer_init(struct json_writer *writer, struct buf *buf);
/* True once exactly one whole value was written. */
bool json_writer_is_done(const struct json_writer *writer);

void json_write_object_begin(struct json_writer *writer);
void json_write_object_end(struct json_writer *writer);
void json_write_array_begin(struct json_writer *writer);
void json_write_array_end(struct json_writer *writer);
void json_write_key(struct json_writer *writer, struct str key);

void json_write_str(struct json_writer *writer, struct str text);
void json_write_u64(struct json_writer *writer, uint64_t value);
void json_write_i64(struct json_writer *writer, int64_t value);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
/* An exact decimal, e.g. STR("0.10000000"). Text that is not a JSON number is a bug. */
void json_write_number_text(struct json_writer *writer, struct str number);
/* A whole value that is JSON already; not checked. */
void json_write_raw(struct json_writer *writer, struct str json);

/* Whether `text` is exactly one JSON number (RFC 8259 section 6). */
bool json_is_number(struct str text);

#endif
