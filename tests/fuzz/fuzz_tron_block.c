/* SPDX-License-Identifier: MIT */
/* A Tron node's block reads the same however it arrives, and what it yields could be money of ours.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "adapters/chain_tron/block_json.h"
#include "base/arena.h"
#include "core/asset.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

struct reading {
    struct tron_block *block;
    struct result verdict;
    bool is_read;
};

static struct reading read_block(struct bytes document, size_t piece) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new((size_t)64 << 20);
    struct tron_rules rules = {.coin = asset_by_code(STR("TRX"))};
    token_list_init(&rules.tokens, rules.coin->network, rules.coin->network->chain_id);
    struct json_pieces pieces = {.rest = document, .first = piece, .then = piece};
    struct json_reader reader;
    json_reader_init_source(&reader, scratch, json_pieces_source(&pieces), json_limits_default);
    struct api_error error = {0};
    struct block_decoder decoder = {
        .rules = &rules, .scratch = scratch, .block = tron_block_new(), .error = &error};
    tron_block_decode(&reader, &decoder);
    struct reading reading = {.block = decoder.block, .is_read = json_reader_finish(&reader)};
    struct block_header header;
    if (reading.is_read) {
        reading.verdict = tron_block_check(&decoder, &header);
    }
    json_pieces_release(&pieces);
    return reading;
}

static void check(const struct tron_block *block) {
    assert(block->output_count == block->native_count);
    assert(block->native_count <= block->tx_count);
    for (size_t i = 0; i < block->output_count; i++) {
        const struct chain_output *output = &block->outputs[i];
        assert(!amount_is_zero(output->amount));
        assert(output->program.len == SCRIPT_EVM_BYTES);
        assert(output->ordinal == CHAIN_ORDINAL_NATIVE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    struct bytes document = {.ptr = input, .len = size};
    struct reading whole = read_block(document, size + 1);
    struct reading pieces = read_block(document, 7);
    assert(whole.is_read == pieces.is_read);
    if (whole.is_read) {
        check(whole.block);
        assert(whole.verdict.code == pieces.verdict.code);
        assert(whole.block->tx_count == pieces.block->tx_count);
        assert(whole.block->output_count == pieces.block->output_count);
        assert(whole.block->is_rooted == pieces.block->is_rooted);
    }
    tron_block_free(whole.block);
    tron_block_free(pieces.block);
    return 0;
}
