/* SPDX-License-Identifier: MIT */
/* Hexadecimal text to bytes and back: what was accepted comes back as it was, but for letter case.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    struct str text = {(const char *)input, size};
    size_t half = size / 2;
    uint8_t *bytes = arena_try_alloc(arena, half + 1);
    if (bytes == NULL || !hex_decode(text, bytes, half)) {
        return 0;
    }
    assert(size == half * 2);
    struct str again = hex_encode(arena, (struct bytes){bytes, half});
    assert(str_eq_nocase(again, text));
    return 0;
}
