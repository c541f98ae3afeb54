/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_ACCOUNTS_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_ACCOUNTS_H

/* What accounts hold and what moving it costs, by one node's word: nothing of it is proved, and
 * nothing of it is credited to anybody. */

#include "adapters/chain_evm/evm_node.h"
#include "ports/chain_accounts.h"

/* In the state of a block. */
struct evm_balance_question {
    struct block_hash at;
    const struct script *programs;
    size_t count;
};
struct result evm_node_balances(struct evm_node *node, struct arena *arena,
                                const struct evm_balance_question *question,
                                struct amount *ret_balances);

struct result evm_node_fees(struct evm_node *node, struct arena *arena,
                            struct chain_fees *ret_fees);
struct result evm_node_holdings(struct evm_node *node, struct arena *arena,
                                const struct chain_holdings_wanted *wanted,
                                struct chain_holding *ret_holdings);
/* ERR_NODE_ANSWER if the transfer would fail. */
struct result evm_node_effort(struct evm_node *node, struct arena *arena,
                              const struct chain_move *move, uint64_t *ret_gas);

#endif
