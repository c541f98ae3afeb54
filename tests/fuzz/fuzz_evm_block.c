/* SPDX-License-Identifier: MIT */
/* An EVM node's block and receipts read the same however they arrive, and what is proved of them
 * does not depend on how much the node is trusted. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_proof.h"
#include "base/arena.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static bool decode(struct arena *arena, struct bytes document, size_t piece,
                   struct evm_block *ret_block) {
    struct evm_block_decoder block = {.arena = arena, .takes_txs = true};
    struct evm_receipts_decoder receipts = {.arena = arena};
    struct json_pieces pieces = {.rest = document, .first = piece, .then = piece};
    struct json_reader reader;
    struct str key;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), json_limits_default);
    json_object_begin(&reader);
    while (json_object_next(&reader, &key)) {
        if (str_eq(key, STR("block"))) {
            evm_block_decode(&reader, &block);
        } else if (str_eq(key, STR("receipts"))) {
            evm_receipts_decode(&reader, &receipts);
        }
    }
    bool is_read = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    *ret_block = (struct evm_block){
        .header = block.header,
        .txs = block.txs,
        .tx_count = block.tx_count,
        .tx_commitment = block.tx_commitment,
        .receipts = receipts.receipts,
        .receipt_count = receipts.count,
    };
    return is_read;
}

static void assert_same(const struct evm_block *a, const struct evm_block *b) {
    assert(a->tx_count == b->tx_count && a->receipt_count == b->receipt_count);
    assert(a->header.has == b->header.has);
    assert(evm_word_eq(&a->tx_commitment.root, &b->tx_commitment.root));
    for (size_t i = 0; i < a->tx_count; i++) {
        assert(txid_eq(a->txs[i].hash, b->txs[i].hash));
        assert(evm_word_eq(&a->txs[i].value, &b->txs[i].value));
        assert(evm_address_eq(&a->txs[i].to, &b->txs[i].to));
    }
    for (size_t i = 0; i < a->receipt_count; i++) {
        assert(a->receipts[i].log_count == b->receipts[i].log_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)64 << 20);
    struct bytes document = {.ptr = input, .len = size};
    struct evm_block whole;
    struct evm_block pieces;
    bool is_read = decode(arena, document, size + 1, &whole);
    assert(is_read == decode(arena, document, 7, &pieces));
    if (!is_read) {
        return 0;
    }
    assert_same(&whole, &pieces);
    struct evm_proof strict;
    struct evm_proof lax;
    struct block_hash hash = whole.header.hash;
    if (result_is_ok(evm_proof_check(&whole, hash, EVM_TRUST_NOTHING, &strict))) {
        assert(strict.gap == NULL);
        assert(result_is_ok(evm_proof_check(&pieces, hash, EVM_TRUST_NODE, &lax)));
        assert(lax.gap == NULL);
    }
    return 0;
}
