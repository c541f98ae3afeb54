/* SPDX-License-Identifier: MIT */
#include "support/json_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"

static const char *const token_names[] = {
    [JSON_END] = "END",       [JSON_OBJECT_BEGIN] = "{", [JSON_OBJECT_END] = "}",
    [JSON_ARRAY_BEGIN] = "[", [JSON_ARRAY_END] = "]",    [JSON_KEY] = "KEY",
    [JSON_STRING] = "STRING", [JSON_NUMBER] = "NUMBER",  [JSON_TRUE] = "TRUE",
    [JSON_FALSE] = "FALSE",   [JSON_NULL] = "NULL",      [JSON_ERROR] = "ERROR",
};

struct str json_trace(struct arena *arena, struct json_reader *reader) {
    struct buf trace = buf_in(arena);
    enum json_token token;
    do {
        enum json_token peeked = json_peek(reader);
        token = json_next(reader);
        BUG_IF(token != peeked && token != JSON_ERROR);
        buf_putf(&trace, "%s %zu ", token_names[token], reader->text.len);
        buf_put_str(&trace, reader->text);
        buf_put_char(&trace, '\n');
    } while (token != JSON_END && token != JSON_ERROR);
    buf_puts(&trace, json_reader_error(reader));
    BUG_IF(json_next(reader) != token || json_failed(reader) != (token == JSON_ERROR));
    BUG_IF(trace.failed);
    return buf_str(&trace);
}

static bool next_piece(void *context, struct bytes *ret_chunk) {
    struct json_pieces *pieces = context;
    size_t size = pieces->first < pieces->rest.len ? pieces->first : pieces->rest.len;
    free(pieces->piece);
    pieces->piece = malloc(size > 0 ? size : 1);
    BUG_IF(pieces->piece == NULL);
    if (size > 0) {
        memcpy(pieces->piece, pieces->rest.ptr, size);
        pieces->rest.ptr += size;
    }
    pieces->rest.len -= size;
    pieces->first = pieces->then;
    *ret_chunk = (struct bytes){.ptr = pieces->piece, .len = size};
    return true;
}

struct json_source json_pieces_source(struct json_pieces *pieces) {
    return (struct json_source){.refill = next_piece, .context = pieces};
}

void json_pieces_release(struct json_pieces *pieces) {
    free(pieces->piece);
    pieces->piece = NULL;
}

struct str json_trace_whole(struct arena *arena, struct bytes input) {
    struct json_reader reader;
    json_reader_init(&reader, arena, input);
    return json_trace(arena, &reader);
}

struct str json_trace_pieces(struct arena *arena, struct bytes input, size_t first, size_t then) {
    struct json_pieces pieces = {.rest = input, .first = first, .then = then};
    struct json_reader reader;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), json_limits_default);
    struct str trace = json_trace(arena, &reader);
    json_pieces_release(&pieces);
    return trace;
}

static void copy_token(struct json_writer *writer, enum json_token token, struct str text) {
    switch (token) {
    case JSON_OBJECT_BEGIN:
        json_write_object_begin(writer);
        break;
    case JSON_OBJECT_END:
        json_write_object_end(writer);
        break;
    case JSON_ARRAY_BEGIN:
        json_write_array_begin(writer);
        break;
    case JSON_ARRAY_END:
        json_write_array_end(writer);
        break;
    case JSON_KEY:
        json_write_key(writer, text);
        break;
    case JSON_STRING:
        json_write_str(writer, text);
        break;
    case JSON_NUMBER:
        json_write_number_text(writer, text);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_write_bool(writer, token == JSON_TRUE);
        break;
    case JSON_NULL:
        json_write_null(writer);
        break;
    case JSON_END:
    case JSON_ERROR:
        break;
    }
}

bool json_copy(struct json_reader *reader, struct json_writer *writer) {
    for (;;) {
        enum json_token token = json_next(reader);
        if (token == JSON_END || token == JSON_ERROR) {
            return token == JSON_END;
        }
        copy_token(writer, token, reader->text);
    }
}
