/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_trace_fetch.h"

#include <time.h>

#include "adapters/chain_evm/evm_fetch.h"
#include "adapters/chain_evm/evm_node.h"
#include "adapters/chain_evm/evm_trace.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    TRACE_ANSWER_BYTES_MAX = 512 << 20,
    PROBE_ANSWER_BYTES_MAX = 1 << 20,
    TRACE_TIMEOUT_MS = 30000,        /* after which geth itself ends a request, too */
    GAS_OF_A_PLAIN_TRANSFER = 21000, /* Yellow Paper, appendix G: nothing is left to run code */
};

#define NO_BLOCK_HASH "0x0000000000000000000000000000000000000000000000000000000000000000"
#define CALL_TRACER   "{\"tracer\":\"callTracer\"}"

/* ---- does the node know the question? */

/* Of a block that nobody has: whoever knows the method complains about the block, at no cost. */
void evm_tracer_ask(struct rpc_call calls[EVM_TRACER_CALLS_TO_ASK],
                    int64_t errors[EVM_TRACER_CALLS_TO_ASK]) {
    static const struct {
        const char *method;
        struct str params;
    } ways[EVM_TRACER_CALLS_TO_ASK] = {
        {"debug_traceBlockByHash", STR("[\"" NO_BLOCK_HASH "\"," CALL_TRACER "]")},
        {"trace_block", STR("[\"0xfffffffffff\"]")},
    };
    for (size_t i = 0; i < EVM_TRACER_CALLS_TO_ASK; i++) {
        calls[i] = (struct rpc_call){
            .method = ways[i].method,
            .params = ways[i].params,
            .answer_bytes_max = PROBE_ANSWER_BYTES_MAX,
            .takes_null = true,
            .ret_error = &errors[i],
        };
    }
}

static bool is_unknown_method(int64_t error) {
    return error == RPC_METHOD_NOT_FOUND || error == RPC_METHOD_NOT_SUPPORTED;
}

enum evm_tracer evm_tracer_from(const int64_t errors[EVM_TRACER_CALLS_TO_ASK]) {
    if (!is_unknown_method(errors[0])) {
        return EVM_TRACER_CALLS;
    }
    return is_unknown_method(errors[1]) ? EVM_TRACER_NONE : EVM_TRACER_BLOCK;
}

/* ---- traces */

struct trace_batch {
    struct rpc_call calls[EVM_FETCH_MAX];
    struct result results[EVM_FETCH_MAX];
    int64_t errors[EVM_FETCH_MAX];
    struct evm_trace_decoder decoders[EVM_FETCH_MAX];
    struct evm_block *blocks[EVM_FETCH_MAX];
    size_t count;
};

/* A block whose transactions all pay somebody and do nothing else needs no trace. */
static bool may_hold_transfers(const struct evm_block *block) {
    uint64_t gas_before = 0;
    for (size_t i = 0; i < block->tx_count; i++) {
        uint64_t gas = block->receipts[i].cumulative_gas_used;
        if (!block->txs[i].has_to || gas - gas_before != GAS_OF_A_PLAIN_TRANSFER) {
            return true;
        }
        gas_before = gas;
    }
    return false;
}

static const char *params_for(enum evm_tracer tracer, struct arena *scratch,
                              const struct evm_header *header) {
    if (tracer == EVM_TRACER_BLOCK) {
        return arena_printf(scratch, "[\"0x%llx\"]", (unsigned long long)header->number);
    }
    struct str hash = hex_encode(scratch, BYTES_OF(header->hash.bytes));
    return arena_printf(scratch, "[\"0x%.*s\"," CALL_TRACER "]", STR_ARG(hash));
}

static void add_block(struct trace_batch *batch, enum evm_tracer tracer,
                      const struct evm_room *room, struct evm_block *block) {
    bool is_tree = tracer == EVM_TRACER_CALLS;
    size_t at = batch->count++;
    batch->blocks[at] = block;
    batch->decoders[at] =
        (struct evm_trace_decoder){.arena = room->decoded, .block = block->header.hash};
    batch->calls[at] = (struct rpc_call){
        .method = is_tree ? "debug_traceBlockByHash" : "trace_block",
        .params = str_from_c(params_for(tracer, room->scratch, &block->header)),
        .answer_bytes_max = TRACE_ANSWER_BYTES_MAX,
        .timeout_ms = TRACE_TIMEOUT_MS,
        .depth_max = EVM_TRACE_JSON_DEPTH_MAX,
        .decode = is_tree ? evm_calls_decode : evm_trace_block_decode,
        .context = &batch->decoders[at],
        .takes_null = true,
        .ret_error = &batch->errors[at],
    };
}

static void note_untraced(struct evm_node *node, struct evm_block *block) {
    block->transfers = NULL;
    block->transfer_count = 0;
    block->is_untraced = true;
    node->has_untraced = true;
}

/* The node's own refusal to trace this block is told, and passed over. That the block is not there,
 * or that the node is too busy, is for the caller to hear. */
static struct result take_traces(struct evm_node *node, struct trace_batch *batch, size_t at) {
    bool is_refusal = batch->results[at].code == &ERR_NODE_ANSWER && batch->errors[at] != 0;
    if (is_refusal || (result_is_ok(batch->results[at]) && batch->decoders[at].is_null)) {
        note_untraced(node, batch->blocks[at]);
        return RESULT_OK;
    }
    TRY(batch->results[at]);
    return evm_trace_check(&batch->decoders[at], batch->blocks[at]);
}

/* Those of a run that need traces. */
struct untraced {
    struct evm_block *blocks[EVM_FETCH_MAX];
    size_t count;
};

static struct result ask_traces(struct evm_node *node, const struct evm_room *room,
                                const struct untraced *untraced, size_t from, size_t to) {
    if (from == to) {
        return RESULT_OK;
    }
    struct trace_batch *batch = ARENA_NEW(room->scratch, struct trace_batch);
    for (size_t i = from; i < to; i++) {
        add_block(batch, node->tracer, room, untraced->blocks[i]);
    }
    TRY(rpc_batch(node->rpc, room->scratch, batch->calls, batch->count, batch->results));
    for (size_t i = 0; i < batch->count; i++) {
        TRY(take_traces(node, batch, i));
    }
    return RESULT_OK;
}

/* They are proved otherwise, and a network does not stand still for what is only a claim. */
static void do_without(struct evm_node *node, const struct untraced *untraced) {
    for (size_t i = 0; i < untraced->count; i++) {
        note_untraced(node, untraced->blocks[i]);
    }
}

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A node that was given up shows with one block whether it can trace again. */
static struct result trace(struct evm_node *node, const struct evm_room *room,
                           const struct untraced *untraced) {
    struct evm_tracing *tracing = &node->tracing;
    int64_t began_ms = monotonic_ms();
    if (evm_tracing_rests(tracing, began_ms)) {
        do_without(node, untraced);
        return RESULT_OK;
    }
    size_t first = tracing->is_out ? 1 : untraced->count;
    struct result asked = ask_traces(node, room, untraced, 0, first);
    if (result_is_ok(asked)) {
        evm_tracing_worked(tracing);
        return ask_traces(node, room, untraced, first, untraced->count);
    }
    bool says_nothing = asked.code == &ERR_BLOCK_UNKNOWN || asked.code == &ERR_NODE_STOPPED;
    if (says_nothing || first > 1 || !evm_tracing_failed(tracing, began_ms, monotonic_ms())) {
        return asked; /* of many at once fewer may do */
    }
    do_without(node, untraced);
    return RESULT_OK;
}

struct result evm_trace_blocks(struct evm_node *node, const struct evm_room *room,
                               struct evm_block *blocks, size_t count) {
    BUG_IF(count > EVM_FETCH_MAX);
    struct untraced untraced = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        if (node->tracer != EVM_TRACER_NONE && may_hold_transfers(&blocks[i])) {
            untraced.blocks[untraced.count++] = &blocks[i];
        }
    }
    return untraced.count == 0 ? RESULT_OK : trace(node, room, &untraced);
}
