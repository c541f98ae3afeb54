/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_LOGS_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_LOGS_H

/* For a node that does not serve the receipts of a block: receipts made of the block's logs, all of
 * them, so that each log's place inside its own receipt can be counted; and the real receipts of
 * the transactions that carry money, which tell whether they succeeded. */

#include "adapters/chain_evm/evm_node.h"

/* Fills in the receipts of the block, whose transactions are there. ERR_NODE_ANSWER if the logs do
 * not run on without a gap, or are not those that the header's bloom promises. */
struct result evm_logs_as_receipts(struct evm_node *node, const struct evm_room *room,
                                   struct evm_block *block);

/* The same once the block's traces are there: the receipts of the transactions in which contracts
 * pay, as far as they were not asked for. */
struct result evm_logs_ask_payers(struct evm_node *node, const struct evm_room *room,
                                  struct evm_block *block);

/* The pure part: logs of one block, grouped. `receipts`: one for each transaction, with its hash,
 * block and place. ERR_NODE_ANSWER with a static detail. */
struct evm_placed_log;
struct result evm_logs_group(struct arena *arena, const struct evm_header *header,
                             const struct evm_placed_log *logs, size_t count,
                             struct evm_receipt *receipts, size_t receipt_count);

#endif
