/* SPDX-License-Identifier: MIT */
/* Judges documents for test_json_verdicts.py: standard input is a list of documents, each behind
 * its length (32 bits, big-endian); the answer is one line each, "accept" or the error. Every
 * document is also read byte by byte and cut at every place, and must give the same tokens. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "support/json_trace.h"

/* Cutting a long document everywhere would take quadratic time. */
enum { CUTS_MAX = 400 };

static const char *verdict(struct arena *arena, struct bytes document) {
    struct str whole = json_trace_whole(arena, document);
    if (!str_eq(whole, json_trace_pieces(arena, document, 1, 1))) {
        return "reads differently byte by byte";
    }
    for (size_t cut = 1; cut < document.len && cut < CUTS_MAX; cut++) {
        if (!str_eq(whole, json_trace_pieces(arena, document, cut, document.len))) {
            return arena_printf(arena, "reads differently when cut at %zu", cut);
        }
    }
    struct json_reader reader;
    json_reader_init(&reader, arena, document);
    json_skip_value(&reader);
    bool is_accepted = json_reader_finish(&reader);
    if (is_accepted != str_ends_with(whole, STR("\nok"))) {
        return "reads differently when skipped";
    }
    return is_accepted ? "accept" : arena_printf(arena, "%s", json_reader_error(&reader));
}

int main(void) {
    uint8_t head[4];
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t size = u32_load_be(head);
        uint8_t *document = malloc(size > 0 ? size : 1);
        assert(document != NULL);
        size_t got = fread(document, 1, size, stdin);
        assert(got == size);
        struct arena *arena = arena_new((size_t)256 << 20);
        puts(verdict(arena, (struct bytes){.ptr = document, .len = size}));
        arena_free(arena);
        free(document);
    }
    return 0;
}
