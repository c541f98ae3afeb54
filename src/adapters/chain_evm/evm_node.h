/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_NODE_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_NODE_H

/* The questions we ask one node, typed, and the reasons to refuse it. A node is used only while it
 * is known to be on the right network; each new connection puts that in doubt. Blocks are
 * evm_fetch.h's. */

#include <stdatomic.h>

#include "adapters/chain_evm/evm_outputs.h"
#include "adapters/chain_evm/evm_pause.h"
#include "adapters/chain_evm/evm_proof.h"
#include "adapters/chain_evm/evm_trace_fetch.h"
#include "adapters/chain_evm/evm_tracing.h"
#include "adapters/node_http/rpc.h"
#include "ports/chain.h"

/* What a node must be. */
struct evm_demand {
    const struct network *network;
    const char *chain; /* as configured: "main", ... */
    uint64_t chain_id;
    enum evm_trust trust;
    struct evm_assets assets;
};

/* Owns its connection. */
struct evm_node {
    const struct evm_demand *demand; /* borrowed */
    struct rpc *rpc;
    bool is_identified;
    bool has_served_receipts; /* once; never forgotten */
    /* What this node turned out not to know. Forgotten when it is identified anew. */
    bool has_no_receipts; /* eth_getBlockReceipts */
    bool has_no_tags;     /* safe, finalized */
    bool has_no_pending;
    struct evm_pause pause;
    int64_t pending_at_ms; /* of the latest look, by the monotonic clock */
    enum evm_tracer tracer;
    struct evm_tracing tracing;
    bool has_untraced;              /* there was a block that it did not trace */
    _Atomic(const char *) believed; /* of a block, without proof: static text, or NULL */
};

/* Where blocks are worked on. */
struct evm_room {
    struct arena *decoded; /* what the node sends, which may fill it up */
    struct arena *scratch; /* what we make of that, of a size that we know */
};

struct result evm_node_init(struct evm_node *node, const struct evm_demand *demand,
                            const struct rpc_options *options, struct arena *arena);
void evm_node_release(struct evm_node *node);

/* ERR_NODE_WRONG_NETWORK: another chain id, or another first block. ERR_NODE_NOT_READY while it
 * syncs. */
struct result evm_node_identify(struct evm_node *node, struct arena *arena,
                                struct chain_identity *ret_identity);
struct result evm_node_tip(struct evm_node *node, struct arena *arena,
                           struct block_header *ret_tip);
struct result evm_node_hash_at(struct evm_node *node, struct arena *arena, int64_t height,
                               struct block_hash *ret_hash);
/* ERR_NODE_ANSWER if the node knows no such tags. */
struct result evm_node_finality(struct evm_node *node, struct arena *arena,
                                struct chain_finality *ret_finality);

struct evm_pending {
    bool is_told; /* else nothing is known, or it is not time to look again */
    const struct evm_tx *txs;
    size_t count;
};
/* Transactions of the pending block. */
struct result evm_node_pending(struct evm_node *node, struct arena *arena,
                               struct evm_pending *ret_pending);
struct result evm_node_mempool_has(struct evm_node *node, struct arena *arena, struct txid txid,
                                   bool *ret_has);

/* Sleeps until a wake, or until the time is over. */
void evm_node_wait(struct evm_node *node, uint32_t timeout_ms);

/* True if the node's error says that it does not know the question at all. */
bool evm_node_lacks(int64_t error);

#endif
