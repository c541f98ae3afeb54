/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_H

/* Coin that contracts moved inside transactions, from what a node traced: the answers of
 * debug_traceBlockByHash with the callTracer, and of trace_block. Counted are calls and creations
 * with a value, and what a contract leaves to somebody when it destroys itself. Not counted: what
 * happened below a call that failed, though nothing says so in the frame itself; delegated and
 * static calls; and the transaction's own transfer. Traces are the node's word: nothing in the
 * block commits to them. */

#include "adapters/chain_evm/evm_block.h"
#include "base/json_read.h"
#include "base/result.h"

struct arena;

enum {
    EVM_TRACE_FRAMES_MAX = 1025,     /* calls in calls: Yellow Paper, 9.4.3 */
    EVM_TRACE_JSON_DEPTH_MAX = 2080, /* an object and an array for each, and what is around */
};

/* A transaction as its trace begins: to find it among the block's. */
struct evm_trace_root {
    bool has_txid; /* not every node names it */
    struct txid txid;
    bool is_failed;
    bool is_call; /* else a creation */
    struct evm_address to;
    struct evm_word value;
};

/* The caller sets arena and block, the rest is zero. */
struct evm_trace_decoder {
    struct arena *arena;
    struct block_hash block;
    bool is_null; /* there are no traces, or not of every transaction: nothing of it counts */
    struct evm_trace_root *roots; /* one for each transaction */
    size_t root_count;
    size_t root_cap;
    struct evm_transfer *transfers;
    size_t transfer_count;
    size_t transfer_cap;
    struct evm_trace_frame *frames;
};

/* debug_traceBlockByHash with {"tracer": "callTracer"}; trace_block. Each is an rpc_decode. */
void evm_calls_decode(struct json_reader *reader, void *evm_trace_decoder);
void evm_trace_block_decode(struct json_reader *reader, void *evm_trace_decoder);

/* The transfers become the block's. ERR_NODE_ANSWER with a static detail if the traces are not
 * those of its transactions, one for each, or tell another outcome than the receipts. */
struct result evm_trace_check(const struct evm_trace_decoder *decoder, struct evm_block *block);

#endif
