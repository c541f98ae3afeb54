/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_node.h"

#include <string.h>
#include <time.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_genesis.h"
#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_token.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"

enum {
    SMALL_ANSWER_BYTES_MAX = 64 << 10,
    HEADER_ANSWER_BYTES_MAX = 16 << 20, /* it comes with the hashes of all transactions */
    PENDING_ANSWER_BYTES_MAX = 64 << 20,
    NAME_BYTES_MAX = 128,
    TIP_FRESH_MS = 60000,
    PENDING_LOOKS_A_BLOCK = 4,
    PENDING_BLOCK_S_MIN = 4,
    IDENTITY_CALLS = 4,
};
static_assert(IDENTITY_CALLS + EVM_TOKEN_CALLS * TOKENS_MAX + EVM_TRACER_CALLS_TO_ASK <=
                  RPC_BATCH_MAX,
              "one batch");

bool evm_node_lacks(int64_t error) {
    return error == RPC_METHOD_NOT_FOUND || error == RPC_METHOD_NOT_SUPPORTED ||
           error == RPC_INVALID_PARAMS;
}

/* ---- life cycle */

struct result evm_node_init(struct evm_node *node, const struct evm_demand *demand,
                            const struct rpc_options *options, struct arena *arena) {
    *node = (struct evm_node){.demand = demand};
    return rpc_new(options, arena, &node->rpc);
}

void evm_node_release(struct evm_node *node) {
    rpc_free(node->rpc);
    *node = (struct evm_node){0};
}

/* ---- small answers */

static struct rpc_call small_call(const char *method, struct str params, rpc_decode decode,
                                  void *context) {
    return (struct rpc_call){.method = method,
                             .params = params,
                             .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
                             .decode = decode,
                             .context = context};
}

/* The header of a block, without its transactions. `which` is a number or a tag. */
static struct rpc_call header_call(struct arena *arena, const char *which,
                                   struct evm_block_decoder *decoder) {
    *decoder = (struct evm_block_decoder){.arena = arena};
    const char *params = arena_printf(arena, "[\"%s\",false]", which);
    struct rpc_call call =
        small_call("eth_getBlockByNumber", str_from_c(params), evm_block_decode, decoder);
    call.answer_bytes_max = HEADER_ANSWER_BYTES_MAX;
    call.takes_null = true;
    return call;
}

static struct block_header to_header(const struct evm_header *header) {
    int64_t time_ms = (int64_t)header->timestamp_s * 1000;
    return (struct block_header){.height = (int64_t)header->number,
                                 .hash = header->hash,
                                 .parent = header->parent,
                                 .time_ms = time_ms,
                                 .proven_ms = time_ms};
}

static void decode_u64(struct json_reader *reader, void *context) {
    *(uint64_t *)context = evm_read_u64(reader);
}

/* eth_syncing says false, or how far it is. */
static void decode_syncing(struct json_reader *reader, void *context) {
    bool *is_syncing = context;
    *is_syncing = json_peek(reader) != JSON_FALSE;
    json_skip_value(reader);
}

/* Names end up in messages and logs. */
static void decode_name(struct json_reader *reader, void *context) {
    char *name = context;
    struct str text = json_read_str(reader);
    size_t len = text.len < NAME_BYTES_MAX - 1 ? text.len : NAME_BYTES_MAX - 1;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
        name[i] = '?';
        if (is_plain) {
            name[i] = text.ptr[i];
        }
    }
    name[len] = '\0';
}

static struct result first_failure(const struct result *results, size_t count) {
    for (size_t i = 0; i < count; i++) {
        TRY(results[i]);
    }
    return RESULT_OK;
}

/* ---- identity */

struct identity_answer {
    uint64_t chain_id;
    struct evm_block_decoder genesis;
    bool is_syncing;
    char name[NAME_BYTES_MAX];
    struct evm_token_answer tokens[TOKENS_MAX];
    enum evm_tracer tracer;
};

static struct result judge_chain(const struct evm_node *node, struct arena *arena,
                                 const struct identity_answer *answer) {
    if (answer->chain_id != node->demand->chain_id) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the node at %s is on chain id %llu, the configuration says %llu",
                            rpc_label(node->rpc), (unsigned long long)answer->chain_id,
                            (unsigned long long)node->demand->chain_id);
    }
    if (answer->genesis.is_null || answer->genesis.header.number != 0) {
        return result_failf(arena, &ERR_NODE_ANSWER, "the node at %s does not tell its first block",
                            rpc_label(node->rpc));
    }
    if (!evm_genesis_fits(answer->chain_id, answer->genesis.header.hash)) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the node at %s says chain id %llu and is on another chain: the first "
                            "block is not that chain's",
                            rpc_label(node->rpc), (unsigned long long)answer->chain_id);
    }
    if (answer->is_syncing) {
        return result_failf(arena, &ERR_NODE_NOT_READY, "the node at %s is syncing",
                            rpc_label(node->rpc));
    }
    return RESULT_OK;
}

static const struct chain_token *judge_tokens(const struct evm_node *node, struct arena *arena,
                                              const struct identity_answer *answer) {
    const struct token_list *list = node->demand->assets.tokens;
    struct chain_token *tokens = ARENA_ARRAY(arena, struct chain_token, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        evm_token_judge(&list->tokens[i], &answer->tokens[i], &tokens[i]);
    }
    return tokens;
}

static struct result ask_identity(struct evm_node *node, struct arena *arena,
                                  struct identity_answer *ret_answer) {
    const struct token_list *tokens = node->demand->assets.tokens;
    struct rpc_call calls[IDENTITY_CALLS + EVM_TOKEN_CALLS * TOKENS_MAX + EVM_TRACER_CALLS_TO_ASK];
    struct result results[IDENTITY_CALLS + EVM_TOKEN_CALLS * TOKENS_MAX + EVM_TRACER_CALLS_TO_ASK];
    int64_t tracer_errors[EVM_TRACER_CALLS_TO_ASK];
    int64_t syncing_error = 0;
    size_t count = 0;
    calls[count++] = small_call("eth_syncing", STR("[]"), decode_syncing, &ret_answer->is_syncing);
    calls[0].ret_error = &syncing_error;
    calls[count++] = small_call("eth_chainId", STR("[]"), decode_u64, &ret_answer->chain_id);
    calls[count++] = header_call(arena, "0x0", &ret_answer->genesis);
    calls[count++] = small_call("web3_clientVersion", STR("[]"), decode_name, ret_answer->name);
    for (size_t i = 0; i < tokens->count; i++) {
        evm_token_ask(arena, &tokens->tokens[i], &ret_answer->tokens[i], &calls[count]);
        count += EVM_TOKEN_CALLS;
    }
    evm_tracer_ask(&calls[count], tracer_errors);
    TRY(rpc_batch(node->rpc, arena, calls, count + EVM_TRACER_CALLS_TO_ASK, results));
    ret_answer->tracer = evm_tracer_from(tracer_errors);
    if (evm_node_lacks(syncing_error)) {
        results[0] = RESULT_OK;
    }
    for (size_t i = 0; i < tokens->count; i++) {
        evm_token_excuse(&ret_answer->tokens[i], &results[IDENTITY_CALLS + EVM_TOKEN_CALLS * i]);
    }
    return first_failure(results, count);
}

static const char *tracer_text(const struct evm_node *node) {
    switch (node->tracer) {
    case EVM_TRACER_CALLS:
        return "traces by debug_traceBlockByHash";
    case EVM_TRACER_BLOCK:
        return "traces by trace_block";
    case EVM_TRACER_NONE:
        return "no traces: what contracts pay shows in balances only";
    }
    BUG_IF(true);
}

/* With what an operator must know: what transfers are seen, and what is taken for the node's word.
 */
static const char *version_text(const struct evm_node *node, struct arena *arena,
                                const char *name) {
    const char *believed = atomic_load(&node->believed);
    return arena_printf(arena, "%s, %s%s%s%s", name, tracer_text(node),
                        node->has_untraced ? ", not of every block" : "",
                        believed != NULL ? "; taken on trust: " : "",
                        believed != NULL ? believed : "");
}

struct result evm_node_identify(struct evm_node *node, struct arena *arena,
                                struct chain_identity *ret_identity) {
    node->is_identified = false;
    struct identity_answer answer = {0};
    TRY(ask_identity(node, arena, &answer));
    TRY(judge_chain(node, arena, &answer));
    node->is_identified = true;
    node->has_no_receipts = false;
    node->has_no_tags = false;
    node->has_no_pending = false;
    node->tracer = answer.tracer;
    *ret_identity = (struct chain_identity){
        .genesis = answer.genesis.header.hash,
        .network = node->demand->chain,
        .version = version_text(node, arena, answer.name),
        .tokens = judge_tokens(node, arena, &answer),
        .token_count = node->demand->assets.tokens->count,
    };
    return RESULT_OK;
}

/* ---- where the chain is */

static int64_t clock_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A node that does not know eth_syncing has nothing to sync, as those of providers. */
static struct result judge_syncing(struct evm_node *node, struct arena *arena) {
    bool is_syncing = false;
    int64_t error = 0;
    struct rpc_call call = small_call("eth_syncing", STR("[]"), decode_syncing, &is_syncing);
    call.ret_error = &error;
    struct result asked = rpc_call(node->rpc, arena, &call);
    if (!result_is_ok(asked) && !evm_node_lacks(error)) {
        return asked;
    }
    if (is_syncing) {
        return result_failf(arena, &ERR_NODE_NOT_READY, "the node at %s is syncing",
                            rpc_label(node->rpc));
    }
    return RESULT_OK;
}

/* Providers count calls, so a node whose latest block is of this very minute is not asked whether
 * it still catches up. */
struct result evm_node_tip(struct evm_node *node, struct arena *arena,
                           struct block_header *ret_tip) {
    struct evm_block_decoder latest;
    struct rpc_call call = header_call(arena, "latest", &latest);
    TRY(rpc_call(node->rpc, arena, &call));
    if (latest.is_null) {
        return result_failf(arena, &ERR_NODE_ANSWER, "the node at %s has no latest block",
                            rpc_label(node->rpc));
    }
    struct block_header tip = to_header(&latest.header);
    int64_t age_ms = clock_ms(CLOCK_REALTIME) - tip.time_ms;
    if (age_ms < -TIP_FRESH_MS || age_ms > TIP_FRESH_MS) {
        TRY(judge_syncing(node, arena));
    }
    *ret_tip = tip;
    return RESULT_OK;
}

struct result evm_node_hash_at(struct evm_node *node, struct arena *arena, int64_t height,
                               struct block_hash *ret_hash) {
    ENSURE(height >= 0, ERR_BLOCK_UNKNOWN);
    struct evm_block_decoder found;
    const char *which = arena_printf(arena, "0x%llx", (unsigned long long)height);
    struct rpc_call call = header_call(arena, which, &found);
    TRY(rpc_call(node->rpc, arena, &call));
    ENSURE(!found.is_null, ERR_BLOCK_UNKNOWN);
    ENSURE(found.header.number == (uint64_t)height, ERR_NODE_ANSWER);
    *ret_hash = found.header.hash;
    return RESULT_OK;
}

static struct block_ref to_ref(const struct evm_block_decoder *block) {
    return (struct block_ref){.height = (int64_t)block->header.number, .hash = block->header.hash};
}

/* A node that knows what is final and no `safe`: what is final is safe. */
struct result evm_node_finality(struct evm_node *node, struct arena *arena,
                                struct chain_finality *ret_finality) {
    static const struct result no_tags = {.code = &ERR_NODE_ANSWER,
                                          .detail = "the node does not tell what is final"};
    if (node->has_no_tags) {
        return no_tags;
    }
    struct evm_block_decoder safe;
    struct evm_block_decoder finalized;
    struct rpc_call calls[] = {header_call(arena, "safe", &safe),
                               header_call(arena, "finalized", &finalized)};
    int64_t error = 0;
    calls[1].ret_error = &error;
    struct result results[2];
    TRY(rpc_batch(node->rpc, arena, calls, 2, results));
    node->has_no_tags = evm_node_lacks(error);
    TRY(results[1]);
    if (finalized.is_null) {
        return no_tags;
    }
    bool has_safe = result_is_ok(results[0]) && !safe.is_null;
    struct chain_finality finality = {.safe = to_ref(has_safe ? &safe : &finalized),
                                      .finalized = to_ref(&finalized)};
    if (finality.finalized.height > finality.safe.height) {
        return result_failf(arena, &ERR_NODE_ANSWER, "at %s more is final than safe",
                            rpc_label(node->rpc));
    }
    *ret_finality = finality;
    return RESULT_OK;
}

/* ---- what waits */

/* A pending block is as large as any other. Where blocks follow each other closely they are soon
 * there themselves; else a few looks between two of them will do. A chain for tests is looked at
 * whenever somebody asks. */
static bool is_time_for_pending(struct evm_node *node) {
    const struct evm_demand *demand = node->demand;
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
    uint32_t target_s = demand->network->block_target_s;
    bool is_main = strcmp(demand->chain, "main") == 0;
    int64_t pause_ms = (int64_t)target_s * 1000 / PENDING_LOOKS_A_BLOCK;
    if (is_main && (target_s < PENDING_BLOCK_S_MIN || now_ms - node->pending_at_ms < pause_ms)) {
        return false;
    }
    node->pending_at_ms = now_ms;
    return true;
}

struct result evm_node_pending(struct evm_node *node, struct arena *arena,
                               struct evm_pending *ret_pending) {
    *ret_pending = (struct evm_pending){0};
    if (node->has_no_pending || !is_time_for_pending(node)) {
        return RESULT_OK;
    }
    struct evm_block_decoder pending;
    struct rpc_call call = header_call(arena, "pending", &pending);
    call.params = STR("[\"pending\",true]");
    call.answer_bytes_max = PENDING_ANSWER_BYTES_MAX;
    call.decode = evm_pending_decode;
    struct result asked = rpc_call(node->rpc, arena, &call);
    /* Whatever it says to that: these are hints, and nobody goes blind without them. */
    node->has_no_pending = asked.code == &ERR_NODE_ANSWER || asked.code == &ERR_BLOCK_UNKNOWN;
    if (node->has_no_pending || (result_is_ok(asked) && pending.is_null)) {
        return RESULT_OK;
    }
    TRY(asked);
    *ret_pending =
        (struct evm_pending){.is_told = true, .txs = pending.txs, .count = pending.tx_count};
    return RESULT_OK;
}

struct result evm_node_mempool_has(struct evm_node *node, struct arena *arena, struct txid txid,
                                   bool *ret_has) {
    struct str text = hex_encode(arena, BYTES_OF(txid.bytes));
    const char *params = arena_printf(arena, "[\"0x%.*s\"]", STR_ARG(text));
    bool is_pending = false;
    struct rpc_call call = small_call("eth_getTransactionByHash", str_from_c(params),
                                      evm_is_pending_decode, &is_pending);
    call.answer_bytes_max = HEADER_ANSWER_BYTES_MAX;
    call.takes_null = true;
    TRY(rpc_call(node->rpc, arena, &call));
    *ret_has = is_pending;
    return RESULT_OK;
}

void evm_node_wait(struct evm_node *node, uint32_t timeout_ms) {
    (void)rpc_wait(node->rpc, timeout_ms);
}
