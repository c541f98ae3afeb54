/* SPDX-License-Identifier: MIT */
/* A transaction's outputs are as many as it says and fill their place; no shorter prefix of it is a
 * transaction too. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/chain_bitcoin/raw_tx.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

/* Without witnesses it is a transaction with the same txid. */
static void check_stripped(const struct raw_tx *tx) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)1 << 26);
    struct buf stripped = buf_in(arena);
    raw_tx_strip(tx, &stripped);
    struct raw_tx again;
    assert(!stripped.failed);
    /* One without inputs reads as one with witnesses: no such transaction was ever mined. */
    if (raw_tx_read(buf_bytes(&stripped), &again)) {
        assert(txid_eq(again.txid, tx->txid) || stripped.ptr[4] == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    struct raw_tx tx;
    if (!raw_tx_read((struct bytes){.ptr = input, .len = size}, &tx)) {
        return 0;
    }
    struct bytes rest = tx.outputs;
    for (uint32_t i = 0; i < tx.output_count; i++) {
        struct raw_output output;
        raw_tx_output_next(&rest, &output);
    }
    assert(rest.len == 0);
    check_stripped(&tx);
    struct raw_tx shorter;
    assert(!raw_tx_read((struct bytes){.ptr = input, .len = size - 1}, &shorter));
    return 0;
}
