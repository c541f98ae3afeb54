/* SPDX-License-Identifier: MIT */
#include "base/json_read.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json_scan.h"

enum { SPILL_FIRST_BYTES = 256 };

const struct json_limits json_limits_default = {
    .depth_max = 32,
    .text_bytes_max = (size_t)16 << 20,
    .total_bytes_max = (size_t)256 << 20,
    .keys_max = (size_t)1 << 20,
};

/* What the grammar allows next. */
enum json_place {
    PLACE_VALUE,
    PLACE_ARRAY_START, /* a value or the end */
    PLACE_OBJECT_START,
    PLACE_KEY,
    PLACE_AFTER_KEY,
    PLACE_AFTER_VALUE,
};

struct json_frame {
    bool is_object;
    size_t outer_first_key;
};

/* ---- input */

static size_t next_offset(const struct json_reader *reader) {
    return reader->chunk_offset + (size_t)(reader->at - reader->chunk);
}

static bool fail_at(struct json_reader *reader, size_t offset, const char *error) {
    if (reader->error == NULL) {
        reader->error = error;
        reader->error_offset = offset;
    }
    reader->token = JSON_ERROR;
    reader->text = STR("");
    return false;
}

static bool fail_here(struct json_reader *reader, const char *error) {
    return fail_at(reader, next_offset(reader), error);
}

static void set_chunk(struct json_reader *reader, struct bytes chunk) {
    size_t room = reader->limits.total_bytes_max - reader->chunk_offset;
    reader->chunk_is_cut = chunk.len > room;
    reader->chunk = chunk.ptr;
    reader->at = chunk.ptr;
    reader->chunk_end = chunk.ptr + (reader->chunk_is_cut ? room : chunk.len);
}

static bool refill(struct json_reader *reader) {
    static const uint8_t nothing[1];
    if (!reader->chunk_is_cut) {
        struct bytes chunk = {0};
        reader->chunk_offset = next_offset(reader);
        if (reader->source.refill == NULL ||
            !reader->source.refill(reader->source.context, &chunk) || chunk.len == 0) {
            reader->source.refill = NULL;
            chunk = (struct bytes){.ptr = nothing};
        }
        set_chunk(reader, chunk);
    }
    if (reader->at == reader->chunk_end && reader->chunk_is_cut) {
        return fail_here(reader, "the document is too long");
    }
    return reader->at < reader->chunk_end;
}

/* Whether *reader->at is there to be read; false at the end of the input, and past the limit. */
static inline bool has_byte(struct json_reader *reader) {
    return reader->at < reader->chunk_end || refill(reader);
}

static bool need_byte(struct json_reader *reader) {
    return has_byte(reader) || fail_here(reader, "the document ends too early");
}

static void skip_space(struct json_reader *reader) {
    while (has_byte(reader)) {
        uint8_t c = *reader->at;
        if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
            return;
        }
        reader->at++;
    }
}

/* ---- strings */

/* Moves what the chunk cannot hold together into the spill; only counts it where `is_kept` is
 * false. */
static bool spill_put(struct json_reader *reader, const void *from, size_t size, bool is_kept) {
    size_t len = reader->spill_len;
    if (size > reader->limits.text_bytes_max - len) {
        return fail_at(reader, reader->token_offset, "a text is too long");
    }
    if (size == 0) {
        return true;
    }
    if (is_kept && reader->spill_cap - len < size) {
        size_t cap = reader->spill_cap == 0 ? SPILL_FIRST_BYTES : reader->spill_cap;
        while (cap - len < size) {
            cap *= 2;
        }
        char *spill = arena_try_alloc(reader->arena, cap);
        if (spill == NULL) {
            return fail_at(reader, reader->token_offset, "there is no memory left for a text");
        }
        if (len > 0) {
            memcpy(spill, reader->spill, len);
        }
        reader->spill = spill;
        reader->spill_cap = cap;
    }
    if (is_kept) {
        memcpy(reader->spill + len, from, size);
    }
    reader->spill_len = len + size;
    return true;
}

/* A sequence that is broken by the end of the chunk, or is broken altogether. */
static bool read_sequence(struct json_reader *reader, bool is_kept) {
    size_t start = next_offset(reader);
    char sequence[4];
    uint8_t lead = *reader->at;
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    for (size_t i = 0; i < len; i++) {
        if (!need_byte(reader)) {
            return false;
        }
        sequence[i] = (char)*reader->at++;
    }
    if (str_utf8_len((struct str){.ptr = sequence, .len = len}) != len) {
        return fail_at(reader, start, "a string is not UTF-8");
    }
    return spill_put(reader, sequence, len, is_kept);
}

static bool read_hex_unit(struct json_reader *reader, uint32_t *ret_unit) {
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        if (!need_byte(reader)) {
            return false;
        }
        int digit = hex_digit((char)*reader->at);
        if (digit < 0) {
            return fail_here(reader, "an escape is malformed");
        }
        unit = unit << 4 | (uint32_t)digit;
    }
    *ret_unit = unit;
    return true;
}

static bool take_byte(struct json_reader *reader, uint8_t wanted, const char *error) {
    if (!need_byte(reader)) {
        return false;
    }
    if (*reader->at != wanted) {
        return fail_here(reader, error);
    }
    reader->at++;
    return true;
}

/* Behind `\u`. RFC 8259 section 7: "To escape an extended character that is not in the Basic
 * Multilingual Plane, the character is represented as a 12-character sequence, encoding the UTF-16
 * surrogate pair." NUL is refused: no text of ours has one, and C and SQL would cut there. */
static bool read_escaped_code_point(struct json_reader *reader, size_t start, bool is_kept) {
    static const char lone[] = "a surrogate stands alone";
    uint32_t code = 0;
    if (!read_hex_unit(reader, &code)) {
        return false;
    }
    if (code == 0) {
        return fail_at(reader, start, "a string contains NUL");
    }
    if (code >= 0xd800 && code <= 0xdfff) {
        uint32_t low;
        if (code >= 0xdc00) {
            return fail_at(reader, start, lone);
        }
        if (!take_byte(reader, '\\', lone) || !take_byte(reader, 'u', lone) ||
            !read_hex_unit(reader, &low)) {
            return false;
        }
        if (low < 0xdc00 || low > 0xdfff) {
            return fail_at(reader, start, lone);
        }
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    }
    char sequence[4];
    size_t len = str_utf8_encode(code, sequence);
    return spill_put(reader, sequence, len, is_kept);
}

static bool read_escape(struct json_reader *reader, bool is_kept) {
    static const char meaning[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    size_t start = next_offset(reader);
    reader->at++;
    if (!need_byte(reader)) {
        return false;
    }
    uint8_t c = *reader->at++;
    if (c == 'u') {
        return read_escaped_code_point(reader, start, is_kept);
    }
    if (meaning[c] == 0) {
        return fail_at(reader, start, "an escape is malformed");
    }
    return spill_put(reader, &meaning[c], 1, is_kept);
}

/* Sets reader->text: a run of the chunk if the string is one, else the spill. */
static bool finish_text(struct json_reader *reader, const uint8_t *run, bool is_kept) {
    size_t len = (size_t)(reader->at - run);
    if (reader->spill_len == 0) {
        reader->text = (struct str){.ptr = (const char *)run, .len = len};
        return len <= reader->limits.text_bytes_max ||
               fail_at(reader, reader->token_offset, "a text is too long");
    }
    if (!spill_put(reader, run, len, is_kept)) {
        return false;
    }
    if (is_kept) {
        reader->text = (struct str){.ptr = reader->spill, .len = reader->spill_len};
    }
    return true;
}

static bool read_string(struct json_reader *reader, bool is_kept) {
    reader->at++;
    reader->spill_len = 0;
    for (;;) {
        const uint8_t *run = reader->at;
        reader->at = json_scan_text(run, reader->chunk_end);
        if (reader->at < reader->chunk_end && *reader->at == '"') {
            bool ok = finish_text(reader, run, is_kept);
            reader->at++;
            return ok;
        }
        if (!spill_put(reader, run, (size_t)(reader->at - run), is_kept) || !need_byte(reader)) {
            return false;
        }
        uint8_t c = *reader->at;
        if (c < ' ') {
            return fail_here(reader, "a string contains a control character");
        }
        if (c == '\\' ? !read_escape(reader, is_kept)
                      : c >= 0x80 && !read_sequence(reader, is_kept)) {
            return false;
        }
    }
}

/* ---- other tokens */

static bool read_key(struct json_reader *reader) {
    if (!read_string(reader, true)) {
        return false;
    }
    reader->place = PLACE_AFTER_KEY;
    if (json_keys_count(&reader->keys) >= reader->limits.keys_max) {
        return fail_at(reader, reader->token_offset, "an object has too many keys");
    }
    switch (json_keys_add(&reader->keys, reader->text)) {
    case JSON_KEYS_ADDED:
        return true;
    case JSON_KEYS_DUPLICATE:
        return fail_at(reader, reader->token_offset, "a key appears twice");
    case JSON_KEYS_NO_MEMORY:
        break;
    }
    return fail_at(reader, reader->token_offset, "there is no memory left for a key");
}

static bool read_number(struct json_reader *reader) {
    enum json_number number = JSON_NUMBER_BEGIN;
    reader->spill_len = 0;
    const uint8_t *run;
    for (;;) {
        run = reader->at;
        reader->at = json_scan_number(&number, run, reader->chunk_end);
        if (reader->at < reader->chunk_end) {
            break;
        }
        if (!spill_put(reader, run, (size_t)(reader->at - run), true)) {
            return false;
        }
        if (!has_byte(reader)) {
            run = reader->at;
            break;
        }
    }
    if (reader->error != NULL || !finish_text(reader, run, true)) {
        return false;
    }
    return json_number_is_whole(number) || fail_here(reader, "a number is malformed");
}

static bool read_word(struct json_reader *reader, const char *word) {
    for (; *word != '\0'; word++) {
        if (!take_byte(reader, (uint8_t)*word, "a value is malformed")) {
            return false;
        }
    }
    return true;
}

static bool open_container(struct json_reader *reader, bool is_object) {
    if (reader->depth == reader->limits.depth_max) {
        return fail_here(reader, "the document is nested too deeply");
    }
    reader->at++;
    struct json_frame *frame = &reader->frames[reader->depth++];
    frame->is_object = is_object;
    if (is_object) {
        frame->outer_first_key = json_keys_open(&reader->keys);
    }
    reader->place = is_object ? PLACE_OBJECT_START : PLACE_ARRAY_START;
    return true;
}

static void close_container(struct json_reader *reader) {
    reader->at++;
    const struct json_frame *frame = &reader->frames[--reader->depth];
    if (frame->is_object) {
        json_keys_close(&reader->keys, frame->outer_first_key);
    }
    reader->place = PLACE_AFTER_VALUE;
}

/* ---- tokens */

static enum json_token failed_here(struct json_reader *reader, const char *error) {
    (void)fail_here(reader, error);
    return JSON_ERROR;
}

static enum json_token value_at(struct json_reader *reader, uint8_t c) {
    /* JSON_END stands for "none" here. */
    static const uint8_t token_of[256] = {
        ['{'] = JSON_OBJECT_BEGIN, ['['] = JSON_ARRAY_BEGIN, ['"'] = JSON_STRING,
        ['t'] = JSON_TRUE,         ['f'] = JSON_FALSE,       ['n'] = JSON_NULL,
        ['-'] = JSON_NUMBER,       ['0'] = JSON_NUMBER,      ['1'] = JSON_NUMBER,
        ['2'] = JSON_NUMBER,       ['3'] = JSON_NUMBER,      ['4'] = JSON_NUMBER,
        ['5'] = JSON_NUMBER,       ['6'] = JSON_NUMBER,      ['7'] = JSON_NUMBER,
        ['8'] = JSON_NUMBER,       ['9'] = JSON_NUMBER,
    };
    enum json_token token = (enum json_token)token_of[c];
    return token != JSON_END ? token : failed_here(reader, "a value is missing");
}

enum json_token json_peek(struct json_reader *reader) {
    while (reader->error == NULL) {
        skip_space(reader);
        enum json_place place = (enum json_place)reader->place;
        if (!has_byte(reader)) {
            if (reader->error == NULL && place == PLACE_AFTER_VALUE && reader->depth == 0) {
                return JSON_END;
            }
            return failed_here(reader, "the document ends too early");
        }
        uint8_t c = *reader->at;
        bool in_object = reader->depth > 0 && reader->frames[reader->depth - 1].is_object;
        switch (place) {
        case PLACE_VALUE:
            return value_at(reader, c);
        case PLACE_ARRAY_START:
            return c == ']' ? JSON_ARRAY_END : value_at(reader, c);
        case PLACE_OBJECT_START:
        case PLACE_KEY:
            if (c == '}' && place == PLACE_OBJECT_START) {
                return JSON_OBJECT_END;
            }
            return c == '"' ? JSON_KEY : failed_here(reader, "a key is missing");
        case PLACE_AFTER_KEY:
            if (c != ':') {
                return failed_here(reader, "a colon is missing");
            }
            reader->at++;
            reader->place = PLACE_VALUE;
            break;
        case PLACE_AFTER_VALUE:
            if (reader->depth == 0) {
                return failed_here(reader, "something follows the document");
            }
            if (c == (in_object ? '}' : ']')) {
                return in_object ? JSON_OBJECT_END : JSON_ARRAY_END;
            }
            if (c != ',') {
                return failed_here(reader, "a comma is missing");
            }
            reader->at++;
            reader->place = in_object ? PLACE_KEY : PLACE_VALUE;
            break;
        }
    }
    return JSON_ERROR;
}

enum json_token json_next(struct json_reader *reader) {
    enum json_token token = json_peek(reader);
    reader->token_offset = next_offset(reader);
    reader->text = STR("");
    bool ok = true;
    switch (token) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        ok = open_container(reader, token == JSON_OBJECT_BEGIN);
        break;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        close_container(reader);
        break;
    case JSON_KEY:
        ok = read_key(reader);
        break;
    case JSON_STRING:
        reader->place = PLACE_AFTER_VALUE;
        ok = read_string(reader, !reader->is_skipping);
        break;
    case JSON_NUMBER:
        reader->place = PLACE_AFTER_VALUE;
        ok = read_number(reader);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        reader->place = PLACE_AFTER_VALUE;
        ok = read_word(reader, token == JSON_TRUE    ? "true"
                               : token == JSON_FALSE ? "false"
                                                     : "null");
        break;
    case JSON_END:
    case JSON_ERROR:
        break;
    }
    reader->token = ok ? token : JSON_ERROR;
    return reader->token;
}

/* ---- life cycle and verdict */

static void init(struct json_reader *reader, struct arena *arena, struct json_limits limits) {
    static const uint8_t nothing[1];
    *reader = (struct json_reader){.arena = arena, .limits = limits, .place = PLACE_VALUE};
    json_keys_init(&reader->keys, arena);
    set_chunk(reader, (struct bytes){.ptr = nothing});
    reader->text = STR("");
    reader->frames = arena_try_alloc(arena, limits.depth_max * sizeof *reader->frames);
    if (reader->frames == NULL) {
        (void)fail_here(reader, "there is no memory left");
    }
}

void json_reader_init(struct json_reader *reader, struct arena *arena, struct bytes input) {
    init(reader, arena, json_limits_default);
    if (input.len > 0) {
        set_chunk(reader, input);
    }
}

void json_reader_init_source(struct json_reader *reader, struct arena *arena,
                             struct json_source source, struct json_limits limits) {
    init(reader, arena, limits);
    reader->source = source;
}

void json_fail(struct json_reader *reader, const char *reason) {
    (void)fail_at(reader, reader->token_offset, reason);
}

bool json_failed(const struct json_reader *reader) {
    return reader->error != NULL;
}

const char *json_reader_error(struct json_reader *reader) {
    if (reader->error == NULL) {
        return "ok";
    }
    (void)snprintf(reader->error_text, sizeof reader->error_text, "%s at byte %zu", reader->error,
                   reader->error_offset);
    return reader->error_text;
}
