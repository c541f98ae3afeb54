/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_FETCH_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_FETCH_H

/* Asks a node for the traces of blocks, in whichever of the two ways it knows. A node that knows
 * neither, or cannot trace a block (its state is gone), has failed in nothing: the block then shows
 * no transfers by contracts, which is what the `balances` of ports/chain.h are for. One that should
 * and fails is waited for as evm_tracing.h says. */

#include "adapters/chain_evm/evm_block.h"
#include "adapters/node_http/rpc.h"
#include "base/result.h"

struct evm_node;
struct evm_room;

enum evm_tracer {
    EVM_TRACER_NONE,
    EVM_TRACER_CALLS, /* debug_traceBlockByHash, callTracer */
    EVM_TRACER_BLOCK, /* trace_block */
};

/* Whether the node knows the ways at all: two calls for the batch of an identification, and what
 * their errors mean. */
enum { EVM_TRACER_CALLS_TO_ASK = 2 };
void evm_tracer_ask(struct rpc_call calls[EVM_TRACER_CALLS_TO_ASK],
                    int64_t errors[EVM_TRACER_CALLS_TO_ASK]);
enum evm_tracer evm_tracer_from(const int64_t errors[EVM_TRACER_CALLS_TO_ASK]);

/* Fills in the transfers of blocks that are checked otherwise; what is found lives in the room.
 * ERR_NODE_ANSWER if the traces do not fit the blocks. */
struct result evm_trace_blocks(struct evm_node *node, const struct evm_room *room,
                               struct evm_block *blocks, size_t count);

#endif
