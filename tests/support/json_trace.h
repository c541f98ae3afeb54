/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_JSON_TRACE_H
#define TILL_TESTS_SUPPORT_JSON_TRACE_H

/* What a JSON reader saw, as text, to compare readings of one document; and sources that hand a
 * document over in pieces. */

#include "base/json_read.h"
#include "base/json_write.h"

struct arena;

/* Reads to the end: one line for each token, the last one END or ERROR with its reason. */
struct str json_trace(struct arena *arena, struct json_reader *reader);

/* Hands out `first` bytes, then `then` bytes at a time. Each piece is a heap block of its own that
 * is gone when the next one comes, so a reader that looks back is caught by the sanitizer. */
struct json_pieces {
    struct bytes rest;
    size_t first;
    size_t then;
    uint8_t *piece;
};

struct json_source json_pieces_source(struct json_pieces *pieces);
void json_pieces_release(struct json_pieces *pieces);

/* The trace of `input` from memory, and in pieces. */
struct str json_trace_whole(struct arena *arena, struct bytes input);
struct str json_trace_pieces(struct arena *arena, struct bytes input, size_t first, size_t then);

/* Writes again what is read; false if the document is refused. */
bool json_copy(struct json_reader *reader, struct json_writer *writer);

#endif
