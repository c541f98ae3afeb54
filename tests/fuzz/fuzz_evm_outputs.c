/* SPDX-License-Identifier: MIT */
/* Blocks, receipts and logs of EVM nodes: the verdict and the outputs do not depend on how the
 * answer arrives, and no output is nothing, to nobody, or of a contract that is not known. The
 * input is an array: a block, its receipts, its logs; each may be missing. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_logs.h"
#include "adapters/chain_evm/evm_outputs.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/token.h"
#include "ports/chain.h"
#include "support/json_trace.h"

enum { ARENA_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

struct reading {
    bool is_read;
    bool is_block; /* checked: `block` are its outputs */
    struct evm_block decoded;
    struct chain_block block;
    size_t log_count;
};

static const struct token_list *known_tokens(void) {
    static struct token_list tokens;
    token_list_init(&tokens, network_by_key(STR("eth")), 1);
    return &tokens;
}

static void decode(struct json_reader *reader, struct arena *arena, struct evm_block *block,
                   struct evm_logs_decoder *logs) {
    struct evm_block_decoder header = {.arena = arena, .takes_txs = true};
    struct evm_receipts_decoder receipts = {.arena = arena};
    json_array_begin(reader);
    if (json_array_next(reader)) {
        evm_block_decode(reader, &header);
    }
    if (json_array_next(reader)) {
        evm_receipts_decode(reader, &receipts);
    }
    if (json_array_next(reader)) {
        evm_logs_decode(reader, logs);
    }
    if (json_array_next(reader)) {
        json_fail(reader, "too many parts");
    }
    *block = (struct evm_block){.header = header.header,
                                .txs = header.txs,
                                .tx_count = header.tx_count,
                                .receipts = receipts.receipts,
                                .receipt_count = receipts.count};
}

static struct reading read_all(struct arena *arena, struct bytes input, size_t piece) {
    struct reading reading = {0};
    struct evm_logs_decoder logs = {.arena = arena};
    struct json_pieces pieces = {.rest = input, .first = piece, .then = piece};
    struct json_reader reader;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), json_limits_default);
    decode(&reader, arena, &reading.decoded, &logs);
    reading.is_read = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    if (!reading.is_read) {
        return reading;
    }
    struct evm_assets assets = {.coin = asset_by_code(STR("ETH")), .tokens = known_tokens()};
    reading.log_count = logs.count;
    reading.is_block = result_is_ok(evm_block_check(&reading.decoded, reading.decoded.header.hash));
    if (reading.is_block) {
        evm_block_outputs(&reading.decoded, &assets, arena, &reading.block);
    }
    return reading;
}

static void check_outputs(const struct chain_block *block) {
    static const uint8_t nobody[SCRIPT_EVM_BYTES];
    for (size_t i = 0; i < block->output_count; i++) {
        const struct chain_output *output = &block->outputs[i];
        bool is_coin = output->amount.asset->kind == ASSET_COIN;
        assert(!amount_is_zero(output->amount));
        assert(output->program.len == SCRIPT_EVM_BYTES);
        assert(memcmp(output->program.bytes, nobody, SCRIPT_EVM_BYTES) != 0);
        assert(is_coin == (output->ordinal >= CHAIN_ORDINAL_NATIVE));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct bytes bytes = {.ptr = input, .len = size};
    struct reading whole = read_all(arena, bytes, size + 1);
    struct reading pieces = read_all(arena, bytes, 5);
    assert(whole.is_read == pieces.is_read && whole.is_block == pieces.is_block);
    assert(whole.log_count == pieces.log_count);
    if (!whole.is_block) {
        return 0;
    }
    assert(whole.block.output_count == pieces.block.output_count);
    for (size_t i = 0; i < whole.block.output_count; i++) {
        assert(whole.block.outputs[i].ordinal == pieces.block.outputs[i].ordinal);
        assert(amount_eq(whole.block.outputs[i].amount, pieces.block.outputs[i].amount));
    }
    check_outputs(&whole.block);
    return 0;
}
