/* SPDX-License-Identifier: MIT */
/* A Tron transaction's raw data, made by anybody: what is read from it lies inside it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_tron/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    uint8_t *exact = malloc(size + 1); /* its own, so that a step outside is seen */
    assert(exact != NULL);
    memcpy(exact, input, size);
    struct bytes raw = {.ptr = exact, .len = size};
    struct tron_contract contract = tron_contract_read(raw);
    if (contract.input.len > 0) {
        assert(contract.input.ptr >= exact);
        assert(contract.input.len <= size - (size_t)(contract.input.ptr - exact));
    }
    bool has_places = contract.kind == TRON_TRANSFER || contract.kind == TRON_CALL;
    if (has_places) {
        assert(memmem(exact, size, contract.to.bytes, sizeof contract.to.bytes) != NULL);
        assert(memmem(exact, size, contract.owner.bytes, sizeof contract.owner.bytes) != NULL);
    }
    free(exact);
    return 0;
}
