/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_FETCH_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_FETCH_H

/* Whole blocks from one node: by hash, or several by number at once. Their parts are asked for
 * together and fit together when this returns; a node that does not serve a block's receipts is
 * asked for its logs instead. */

#include "adapters/chain_evm/evm_node.h"

enum { EVM_FETCH_MAX = 64 }; /* blocks at a time */

/* The block with that hash, as outputs that live in `arena`. ERR_BLOCK_UNKNOWN. */
struct result evm_fetch_block(struct evm_node *node, struct arena *arena, struct block_hash hash,
                              struct chain_block *ret_block);

/* Blocks `first`, `first` + 1, ... of the node's best chain; each continues the one before. All or
 * nothing: ERR_BLOCK_UNKNOWN if there are not that many, or they changed meanwhile; ERR_NODE_ANSWER
 * too if they take more memory than a fetch may. */
struct result evm_fetch_run(struct evm_node *node, struct arena *arena, int64_t first, size_t count,
                            struct chain_block *ret_blocks);

#endif
