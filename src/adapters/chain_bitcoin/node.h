/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_NODE_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_NODE_H

/* The questions we ask one node, typed, and the reasons to refuse it. A node is used only while it
 * is known to be on the right network; each new connection puts that in doubt. */

#include "adapters/chain_bitcoin/block.h"
#include "adapters/node_http/rpc.h"
#include "ports/chain.h"

/* What a node must be. */
struct node_demand {
    const struct network *network;
    const char *chain; /* as configured: "main", "testnet", ... */
};

/* Owns its two connections. */
struct node {
    const struct node_demand *demand; /* borrowed */
    struct rpc *calls;
    struct rpc *waiter; /* for waitfornewblock, which blocks */
    bool is_identified;
    bool waits_badly; /* waitfornewblock does not work here */
};

/* True if there is such a chain of this network: "main" and "regtest" everywhere, ... */
bool node_demand_is_known(const struct node_demand *demand);

struct result node_init(struct node *node, const struct node_demand *demand,
                        const struct rpc_options *options, struct arena *arena);
void node_release(struct node *node);

/* ERR_NODE_WRONG_NETWORK, ERR_NODE_REFUSED. */
struct result node_identify(struct node *node, struct arena *arena,
                            struct chain_identity *ret_identity);
/* ERR_NODE_NOT_READY while it downloads the chain. */
struct result node_tip(struct node *node, struct arena *arena, struct block_header *ret_tip);
struct result node_hash_at(struct node *node, struct arena *arena, int64_t height,
                           struct block_hash *ret_hash);
struct result node_block(struct node *node, struct arena *arena, struct block_hash hash,
                         struct chain_block *ret_block);

/* Shows each txid of the mempool. */
typedef void (*node_visit_txid)(void *context, const struct txid *txid);
struct result node_mempool(struct node *node, struct arena *arena, node_visit_txid visit,
                           void *context);
/* Appends the outputs of a mempool transaction; ERR_BLOCK_UNKNOWN if it has left. */
struct result node_tx(struct node *node, struct arena *arena, const struct txid *txid,
                      struct output_list *outputs);
/* Is this transaction waiting in the node's mempool? */
struct result node_mempool_has(struct node *node, struct arena *arena, const struct txid *txid,
                               bool *ret_has);

/* Sleeps until there is another block than `known_tip`, a wake, or the time is over. */
void node_wait(struct node *node, struct block_hash known_tip, uint32_t timeout_ms);

#endif
