/* SPDX-License-Identifier: MIT */
/* A document gives the same tokens however it is cut, and what was read and written again reads the
 * same. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_skipping(struct arena *arena, struct bytes document, bool is_accepted) {
    struct json_reader reader;
    json_reader_init(&reader, arena, document);
    json_skip_value(&reader);
    assert(json_reader_finish(&reader) == is_accepted);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)64 << 20);
    struct bytes document = {.ptr = input, .len = size};
    struct str whole = json_trace_whole(arena, document);
    assert(str_eq(whole, json_trace_pieces(arena, document, 1, 1)));
    assert(str_eq(whole, json_trace_pieces(arena, document, size / 2 + 1, 7)));

    struct buf copy = buf_in(arena);
    struct json_reader reader;
    struct json_writer writer;
    json_reader_init(&reader, arena, document);
    json_writer_init(&writer, &copy);
    bool is_accepted = json_copy(&reader, &writer);
    check_skipping(arena, document, is_accepted);
    if (is_accepted) {
        assert(json_writer_is_done(&writer) && !copy.failed);
        assert(str_is_utf8(buf_str(&copy)));
        assert(str_eq(whole, json_trace_whole(arena, buf_bytes(&copy))));
    }
    return 0;
}
