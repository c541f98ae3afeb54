/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_AHEAD_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_AHEAD_H

/* Reading ahead, for a watcher that is some blocks behind: it asks for one block after the other,
 * and this fetches a run of them in one request. How many adapts to what the node and the memory
 * can take. What was read is a picture of the node's chain that soon grows old; whoever applies
 * blocks checks that each continues the one before, and looks again if not. */

#include "adapters/chain_evm/evm_fetch.h"

struct evm_ahead;

struct evm_ahead *evm_ahead_new(void);
void evm_ahead_free(struct evm_ahead *ahead);
/* Drops what was read: the node failed, or another one answers now. */
void evm_ahead_forget(struct evm_ahead *ahead);

/* The node's tip, just heard. */
void evm_ahead_set_tip(struct evm_ahead *ahead, const struct block_header *tip);
/* The tip again while it is far above the blocks that are still to be handed out; false: ask. */
bool evm_ahead_tip(const struct evm_ahead *ahead, struct block_header *ret_tip);

/* The hash at that height, fetching a run that begins there if the caller goes upwards below
 * the tip. False: ask the node, also for what is wrong with it. */
bool evm_ahead_hash_at(struct evm_ahead *ahead, struct evm_node *node, int64_t height,
                       struct block_hash *ret_hash);
/* A copy in `arena`; false: it was not read. */
bool evm_ahead_block(const struct evm_ahead *ahead, struct arena *arena, struct block_hash hash,
                     struct chain_block *ret_block);

#endif
