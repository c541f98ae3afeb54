/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_JSON_READ_H
#define TILL_BASE_JSON_READ_H

/* Reads JSON (RFC 8259) one token at a time, from memory or from a source that refills, and builds
 * no tree. Strict: duplicate keys, invalid UTF-8, lone surrogates, a byte order mark, bytes behind
 * the document and whatever exceeds a limit are errors. Numbers stay text: what a number means is
 * the decoder's business, never a float's.
 *
 * The first failure sticks: from then on every call answers JSON_ERROR, false, zero or an empty
 * text, so a decoder reads what it wants and checks once, with json_reader_finish:
 *
 *     json_object_begin(&reader);
 *     while (json_object_next(&reader, &key)) {
 *         if (str_eq(key, STR("height"))) {
 *             height = json_read_u64(&reader);
 *         } else {
 *             json_skip_value(&reader);
 *         }
 *     }
 *     if (!json_reader_finish(&reader)) { ... json_reader_error(&reader) ... } */

#include "base/bytes.h"
#include "base/json_keys.h"
#include "base/str.h"

struct arena;
struct json_frame;

enum json_token {
    JSON_END, /* the document is complete and nothing follows */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_ERROR,
};

/* Where more input comes from. `refill` sets the next chunk, which stays valid until it is called
 * again; false or an empty chunk means there is no more. A source that fails answers false and
 * remembers why: the document then ends too early. */
struct json_source {
    bool (*refill)(void *context, struct bytes *ret_chunk);
    void *context;
};

struct json_limits {
    size_t depth_max;
    size_t text_bytes_max; /* of one decoded string or key, or of one number */
    size_t total_bytes_max;
    size_t keys_max; /* of one object */
};
/* For nodes' answers; enough for the largest block there is. */
extern const struct json_limits json_limits_default;

struct json_reader {
    enum json_token token; /* the latest */
    /* JSON_KEY, JSON_STRING: decoded; JSON_NUMBER: as it is written. Valid until the next call. */
    struct str text;

    /* The rest belongs to json_read.c. */
    struct arena *arena;
    struct json_source source;
    struct json_limits limits;
    const uint8_t *at;
    const uint8_t *chunk_end;
    const uint8_t *chunk;
    size_t chunk_offset; /* of `chunk` in the document */
    bool chunk_is_cut;   /* the total limit lies inside this chunk */
    uint8_t place;       /* enum json_place: what the grammar allows next */
    bool is_skipping;    /* strings are checked but not kept */
    size_t depth;
    struct json_frame *frames; /* one for each open object and array */
    struct json_keys keys;
    char *spill; /* the token text, when it is not one run of the chunk; reused */
    size_t spill_len;
    size_t spill_cap;
    size_t token_offset;
    const char *error; /* NULL: none so far */
    size_t error_offset;
    char error_text[96];
};

/* The input is borrowed. What the reader needs beside it comes from `arena`: about 1 KB, and for
 * long documents twice the longest text and four times the keys of the objects that are open. */
void json_reader_init(struct json_reader *reader, struct arena *arena, struct bytes input);
void json_reader_init_source(struct json_reader *reader, struct arena *arena,
                             struct json_source source, struct json_limits limits);

/* ---- tokens */

enum json_token json_next(struct json_reader *reader);
/* What json_next will answer, judged by its first byte; the token itself is not checked yet. */
enum json_token json_peek(struct json_reader *reader);

/* ---- decoding: each takes one value, and anything else is a failure */

void json_object_begin(struct json_reader *reader);
/* The next key of the object; false at its end, which it consumes. A value left unread is skipped.
 */
bool json_object_next(struct json_reader *reader, struct str *ret_key);
void json_array_begin(struct json_reader *reader);
/* True if another value follows; false at the array's end, which it consumes. */
bool json_array_next(struct json_reader *reader);

struct str json_read_str(struct json_reader *reader);                           /* borrowed */
struct str json_read_str_copy(struct json_reader *reader, struct arena *arena); /* to keep */
/* The number as it is written, borrowed. */
struct str json_read_number(struct json_reader *reader);
/* Plain digits only: no fraction, no exponent. */
uint64_t json_read_u64(struct json_reader *reader);
int64_t json_read_i64(struct json_reader *reader);
bool json_read_bool(struct json_reader *reader);
/* Takes a null if one comes next, else takes nothing and answers false. Never a failure itself. */
bool json_take_null(struct json_reader *reader);
/* Any one value, whole; its strings are checked but not kept. */
void json_skip_value(struct json_reader *reader);

/* ---- the verdict */

/* The decoder's own failure, with static text: "the height is above the tip". The first one wins.
 */
void json_fail(struct json_reader *reader, const char *reason);
bool json_failed(const struct json_reader *reader);
/* True if nothing failed and the document ends here. */
bool json_reader_finish(struct json_reader *reader);
/* "a key appears twice at byte 17", "ok" without a failure; lives in the reader. */
const char *json_reader_error(struct json_reader *reader);

#endif
