/* SPDX-License-Identifier: MIT */
/* Traces read the same however they arrive; what they yield are payments, numbered within their
 * transaction. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_trace.h"
#include "base/arena.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

typedef void (*decode_traces)(struct json_reader *reader, void *context);

static bool decode(struct arena *arena, struct bytes document, size_t piece, decode_traces read,
                   struct evm_trace_decoder *decoder) {
    *decoder = (struct evm_trace_decoder){.arena = arena};
    struct json_limits limits = json_limits_default;
    limits.depth_max = EVM_TRACE_JSON_DEPTH_MAX;
    struct json_pieces pieces = {.rest = document, .first = piece, .then = piece};
    struct json_reader reader;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), limits);
    read(&reader, decoder);
    bool is_read = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    return is_read;
}

static void check_transfers(const struct evm_trace_decoder *decoder) {
    size_t tx = 0;
    uint32_t place = 0;
    for (size_t i = 0; i < decoder->transfer_count; i++) {
        const struct evm_transfer *transfer = &decoder->transfers[i];
        assert(transfer->tx >= tx && transfer->tx < decoder->root_count);
        place = transfer->tx == tx ? place : 0;
        tx = transfer->tx;
        assert(transfer->place == ++place);
        assert(!evm_word_is_zero(&transfer->value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    static const decode_traces kinds[] = {evm_calls_decode, evm_trace_block_decode};
    struct bytes document = {.ptr = input, .len = size};
    for (size_t kind = 0; kind < 2; kind++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)64 << 20);
        struct evm_trace_decoder whole;
        struct evm_trace_decoder pieces;
        bool is_read = decode(arena, document, size + 1, kinds[kind], &whole);
        assert(is_read == decode(arena, document, 7, kinds[kind], &pieces));
        if (!is_read) {
            continue;
        }
        check_transfers(&whole);
        assert(whole.root_count == pieces.root_count);
        assert(whole.transfer_count == pieces.transfer_count);
        for (size_t i = 0; i < whole.transfer_count; i++) {
            assert(evm_address_eq(&whole.transfers[i].to, &pieces.transfers[i].to));
            assert(evm_word_eq(&whole.transfers[i].value, &pieces.transfers[i].value));
        }
    }
    return 0;
}
