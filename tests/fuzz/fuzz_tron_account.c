/* SPDX-License-Identifier: MIT */
/* Prices and contracts' answers of a Tron node: a price is never nothing, and what is no word gives
 * none. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/chain_tron/account_json.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)16 << 20);
    struct bytes document = {.ptr = input, .len = size};
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    struct chain_fees fees = {.energy_price = 1, .byte_price = 1};
    struct tron_parameters parameters = {.fees = &fees};
    json_reader_init(reader, arena, document);
    tron_parameters_decode(reader, &parameters);
    (void)json_reader_finish(reader);
    assert(fees.energy_price > 0 && fees.byte_price > 0);
    struct tron_constant constant = {0};
    json_reader_init(reader, arena, document);
    tron_constant_decode(reader, &constant);
    (void)json_reader_finish(reader);
    return 0;
}
