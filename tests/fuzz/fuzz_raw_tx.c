/* SPDX-License-Identifier: MIT */
/* A transaction's outputs are as many as it says and fill their place; no shorter prefix of it is a
 * transaction too. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/chain_bitcoin/raw_tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

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
    struct raw_tx shorter;
    assert(!raw_tx_read((struct bytes){.ptr = input, .len = size - 1}, &shorter));
    return 0;
}
