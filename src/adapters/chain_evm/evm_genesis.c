/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_genesis.h"

#include <stddef.h>

#include "base/bytes.h"
#include "base/result.h"
#include "base/str.h"

static const struct genesis {
    uint64_t chain_id;
    const char *hash;
} known[] = {
    {1, "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"},     /* Ethereum */
    {10, "7ca38a1916c42007829c55e69d3e9a73265554b586a499015373241b8a3fa48b"},    /* Optimism */
    {56, "0d21840abff46b96c84b2ac9e10e4f5cdaeb5693cb665db62a2f3b02d2d57b5b"},    /* BSC */
    {8453, "f712aa9241cc24369b143cf6dce85f0902a9731e70d66818a3a5845b296c73dd"},  /* Base */
    {42161, "7ee576b35482195fc49205cec9af72ce14f003b9ae69f6ba0faef4514be8b442"}, /* Arbitrum */
};

bool evm_genesis_fits(uint64_t chain_id, struct block_hash genesis) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct block_hash first;
        BUG_IF(!hex_decode(str_from_c(known[i].hash), first.bytes, sizeof first.bytes));
        if (known[i].chain_id == chain_id) {
            return block_hash_eq(first, genesis);
        }
    }
    return true;
}
