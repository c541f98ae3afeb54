/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "support/scan_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The scanner says the same of a connection's bytes however they were cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(16 << 20);
    struct bytes input = {.ptr = data, .len = size};
    struct str whole = scan_trace(arena, input, size + 1);
    BUG_IF(!str_eq(whole, scan_trace(arena, input, 1)));
    BUG_IF(!str_eq(whole, scan_trace(arena, input, 7)));
    arena_free(arena);
    return 0;
}
