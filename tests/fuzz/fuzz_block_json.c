/* SPDX-License-Identifier: MIT */
/* A node's block reads the same however it arrives, and what it yields could be money of ours. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "adapters/chain_bitcoin/block.h"
#include "base/arena.h"
#include "core/asset.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static bool decode(struct arena *arena, struct bytes document, size_t piece,
                   struct block_decoder *decoder) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new((size_t)64 << 20);
    *decoder = (struct block_decoder){
        .outputs = {.arena = arena, .coin = asset_by_code(STR("LTC"))},
        .scratch = scratch,
    };
    struct json_pieces pieces = {.rest = document, .first = piece, .then = piece};
    struct json_reader reader;
    json_reader_init_source(&reader, scratch, json_pieces_source(&pieces), json_limits_default);
    block_decode(&reader, decoder);
    bool is_read = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    return is_read;
}

static void check_outputs(const struct output_list *outputs) {
    for (size_t i = 0; i < outputs->count; i++) {
        const struct chain_output *output = &outputs->items[i];
        assert(!amount_is_zero(output->amount));
        assert(output->program.len > 0 && output->program.len <= SCRIPT_BYTES_MAX);
        assert(output->program.bytes[0] != 0x6a);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)64 << 20);
    struct bytes document = {.ptr = input, .len = size};
    struct block_decoder whole;
    struct block_decoder pieces;
    bool is_read = decode(arena, document, size + 1, &whole);
    assert(is_read == decode(arena, document, 7, &pieces));
    if (!is_read) {
        return 0;
    }
    check_outputs(&whole.outputs);
    assert(whole.outputs.count == pieces.outputs.count);
    assert(whole.merkle.count == pieces.merkle.count);
    assert(whole.header.fields == pieces.header.fields);
    for (size_t i = 0; i < whole.outputs.count; i++) {
        assert(txid_eq(whole.outputs.items[i].txid, pieces.outputs.items[i].txid));
        assert(amount_eq(whole.outputs.items[i].amount, pieces.outputs.items[i].amount));
    }
    struct chain_block block;
    struct result checked = block_check(&whole, whole.header.header.hash, &block);
    if (result_is_ok(checked)) {
        struct block_hash hash = block_proof_hash(&whole.header.proof);
        assert(block_hash_eq(block.header.hash, hash));
    }
    return 0;
}
