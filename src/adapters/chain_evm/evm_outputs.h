/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_OUTPUTS_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_OUTPUTS_H

/* What a decoded block says about money: who was paid how much of the coin, and of the tokens whose
 * contracts are known. Pure. Decides what counts as a payment and what does not; proves nothing. */

#include "adapters/chain_evm/evm_block.h"
#include "base/result.h"

struct arena;
struct asset;
struct chain_block;
struct chain_output;
struct token_list;

struct evm_assets {
    const struct asset *coin;
    const struct token_list *tokens;
};

/* ERR_NODE_ANSWER, with a static detail, unless the header is that of `asked`, and transactions and
 * receipts belong to it and to each other, one to one and in order. */
struct result evm_block_check(const struct evm_block *block, struct block_hash asked);

/* The checked block for ports/chain.h. Counted are: the coin a transaction that succeeded carries
 * to the address it names; and `Transfer` of a known contract with three topics and 32 bytes of
 * data. Not counted: nothing at all, what nobody receives (address zero), what somebody sends to
 * himself, and amounts of more than 128 bits, which no asset of ours has; a `Transfer` that is left
 * out for its form or its amount is told as a flaw. A receipt that does not tell whether its
 * transaction succeeded credits nothing. */
void evm_block_outputs(const struct evm_block *block, const struct evm_assets *assets,
                       struct arena *arena, struct chain_block *ret_block);

/* The coin a transaction carries, if it succeeds. False: nobody is paid. */
bool evm_tx_output(const struct evm_tx *tx, const struct asset *coin,
                   struct chain_output *ret_output);

#endif
