/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/node.h"

#include <string.h>
#include <time.h>

#include "adapters/chain_bitcoin/mempool_tx.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum {
    SMALL_ANSWER_BYTES_MAX = 1 << 20,
    TX_ANSWER_BYTES_MAX = 32 << 20,      /* 4 MB in hex, and the same again as fields */
    MEMPOOL_ANSWER_BYTES_MAX = 64 << 20, /* about 950,000 txids */
    BLOCK_ANSWER_BYTES_MAX = 256 << 20,
    RAW_TX_MEMORY_BYTES_MAX = 32 << 20, /* a transaction of 4 MB, in a buffer that doubles */
    BLOCK_TIMEOUT_MS = 60000,           /* a full block on a small computer */
    LONG_POLL_MS = 10000,
    LONG_POLL_TIMEOUT_MS = 2 * LONG_POLL_MS,
    HEADERS_AHEAD_MAX = 12, /* more than this many headers without blocks: it is downloading */
};

/* A chain that a network has: what we call it, what nodes call it, and its first block. */
static const struct known_chain {
    const char *network;
    const char *name;
    const char *node_name;
    const char *genesis;
} known_chains[] = {
    {"btc", "main", "main", "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"},
    {"btc", "testnet4", "testnet4",
     "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"},
    {"btc", "testnet", "test", "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"},
    {"btc", "signet", "signet", "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"},
    {"btc", "regtest", "regtest",
     "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"},
    {"ltc", "main", "main", "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"},
    {"ltc", "testnet", "test", "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0"},
    {"ltc", "regtest", "regtest",
     "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9"},
};

/* Older nodes do not know rules that their network has: their chain is not to be trusted. */
static const struct {
    const char *network;
    int64_t version;
    const char *text;
} oldest_versions[] = {
    {"ltc", 210200, "Litecoin Core before 0.21.2 does not know MWEB"},
};

static const struct known_chain *known_chain_of(const struct node_demand *demand) {
    for (size_t i = 0; i < sizeof(known_chains) / sizeof(known_chains[0]); i++) {
        if (strcmp(known_chains[i].network, demand->network->key) == 0 &&
            strcmp(known_chains[i].name, demand->chain) == 0) {
            return &known_chains[i];
        }
    }
    return NULL;
}

bool node_demand_is_known(const struct node_demand *demand) {
    return known_chain_of(demand) != NULL;
}

/* ---- life cycle */

struct result node_init(struct node *node, const struct node_demand *demand,
                        const struct rpc_options *options, struct arena *arena) {
    *node = (struct node){.demand = demand};
    TRY(rpc_new(options, arena, &node->calls));
    struct result made = rpc_new(options, arena, &node->waiter);
    if (!result_is_ok(made)) {
        node_release(node);
    }
    return made;
}

void node_release(struct node *node) {
    rpc_free(node->calls);
    rpc_free(node->waiter);
    *node = (struct node){0};
}

/* ---- small answers */

static struct str hex_of(struct arena *arena, const uint8_t hash[HASH_BYTES]) {
    return hex_encode(arena, (struct bytes){.ptr = hash, .len = HASH_BYTES});
}

static struct result call_small(struct node *node, struct arena *arena, const char *method,
                                struct str params, rpc_decode decode, void *context) {
    struct rpc_call call = {
        .method = method,
        .params = params,
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode,
        .context = context,
    };
    return rpc_call(node->calls, arena, &call);
}

static void decode_hash(struct json_reader *reader, void *context) {
    struct block_hash *hash = context;
    if (!hex_decode(json_read_str(reader), hash->bytes, HASH_BYTES)) {
        json_fail(reader, "a hash is not 32 bytes in hex");
    }
}

struct result node_hash_at(struct node *node, struct arena *arena, int64_t height,
                           struct block_hash *ret_hash) {
    ENSURE(height >= 0 && height <= INT32_MAX, ERR_BLOCK_UNKNOWN);
    struct block_hash hash;
    const char *params = arena_printf(arena, "[%lld]", (long long)height);
    TRY(call_small(node, arena, "getblockhash", str_from_c(params), decode_hash, &hash));
    *ret_hash = hash;
    return RESULT_OK;
}

/* Short texts of a node, copied: names end up in messages and logs. */
static void read_name(struct json_reader *reader, char *ret_name, size_t size) {
    struct str text = json_read_str(reader);
    size_t len = text.len < size - 1 ? text.len : size - 1;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
        ret_name[i] = '?';
        if (is_plain) {
            ret_name[i] = text.ptr[i];
        }
    }
    ret_name[len] = '\0';
}

struct chain_state {
    char chain[32];
    int64_t blocks;
    int64_t headers;
    struct block_hash best;
    bool has_best;
    bool is_downloading;
};

static void decode_chain_state(struct json_reader *reader, void *context) {
    struct chain_state *state = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("chain"))) {
            read_name(reader, state->chain, sizeof(state->chain));
        } else if (str_eq(key, STR("blocks"))) {
            state->blocks = json_read_i64(reader);
        } else if (str_eq(key, STR("headers"))) {
            state->headers = json_read_i64(reader);
        } else if (str_eq(key, STR("bestblockhash"))) {
            decode_hash(reader, &state->best);
            state->has_best = true;
        } else if (str_eq(key, STR("initialblockdownload"))) {
            state->is_downloading = json_read_bool(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (state->chain[0] == '\0' || !state->has_best) {
        json_fail(reader, "the chain's name or best block is missing");
    }
}

static struct result ask_chain_state(struct node *node, struct arena *arena,
                                     struct chain_state *ret_state) {
    *ret_state = (struct chain_state){0};
    return call_small(node, arena, "getblockchaininfo", STR("[]"), decode_chain_state, ret_state);
}

struct software {
    char name[128];
    int64_t version;
};

static void decode_software(struct json_reader *reader, void *context) {
    struct software *software = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("subversion"))) {
            read_name(reader, software->name, sizeof(software->name));
        } else if (str_eq(key, STR("version"))) {
            software->version = json_read_i64(reader);
        } else {
            json_skip_value(reader);
        }
    }
}

/* ---- identity */

static struct result judge_chain(const struct node *node, struct arena *arena, const char *chain,
                                 struct block_hash genesis) {
    const struct known_chain *wanted = known_chain_of(node->demand);
    BUG_IF(wanted == NULL);
    if (strcmp(chain, wanted->node_name) != 0) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the node at %s is on chain \"%s\", the configuration says \"%s\"",
                            rpc_label(node->calls), chain, wanted->name);
    }
    struct str found = hex_of(arena, genesis.bytes);
    if (!str_eq(found, str_from_c(wanted->genesis))) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the node at %s is not on %s %s: its first block is %.*s",
                            rpc_label(node->calls), wanted->network, wanted->name, STR_ARG(found));
    }
    return RESULT_OK;
}

static struct result judge_software(const struct node *node, struct arena *arena,
                                    const struct software *software) {
    if (strcmp(node->demand->chain, "main") == 0 && strstr(software->name, "Knots") != NULL) {
        return result_failf(arena, &ERR_NODE_REFUSED,
                            "the node at %s is Bitcoin Knots (%s): it enforces rules of its own, "
                            "so coins on its chain may not be bitcoin; run Bitcoin Core",
                            rpc_label(node->calls), software->name);
    }
    for (size_t i = 0; i < sizeof(oldest_versions) / sizeof(oldest_versions[0]); i++) {
        if (strcmp(oldest_versions[i].network, node->demand->network->key) == 0 &&
            software->version < oldest_versions[i].version) {
            return result_failf(arena, &ERR_NODE_REFUSED, "the node at %s is too old (%s): %s",
                                rpc_label(node->calls), software->name, oldest_versions[i].text);
        }
    }
    return RESULT_OK;
}

struct result node_identify(struct node *node, struct arena *arena,
                            struct chain_identity *ret_identity) {
    node->is_identified = false;
    struct chain_state state;
    struct block_hash genesis;
    struct software software = {0};
    TRY(ask_chain_state(node, arena, &state));
    TRY(node_hash_at(node, arena, 0, &genesis));
    TRY(judge_chain(node, arena, state.chain, genesis));
    TRY(call_small(node, arena, "getnetworkinfo", STR("[]"), decode_software, &software));
    TRY(judge_software(node, arena, &software));
    node->is_identified = true;
    node->waits_badly = false;
    *ret_identity = (struct chain_identity){
        .genesis = genesis,
        .network = node->demand->chain,
        .version = arena_copy(arena, software.name, strlen(software.name)),
    };
    return RESULT_OK;
}

/* ---- blocks */

/* A regtest node thinks that it downloads when its blocks are a day old, and keeps the headers of
 * blocks that a test has invalidated. */
static struct result judge_progress(const struct node *node, struct arena *arena,
                                    const struct chain_state *state) {
    bool is_regtest = strcmp(node->demand->chain, "regtest") == 0;
    bool is_behind = state->headers - state->blocks > HEADERS_AHEAD_MAX;
    if (!is_regtest && (state->is_downloading || is_behind)) {
        return result_failf(
            arena, &ERR_NODE_NOT_READY, "the node at %s is at block %lld of %lld known headers",
            rpc_label(node->calls), (long long)state->blocks, (long long)state->headers);
    }
    return RESULT_OK;
}

struct result node_tip(struct node *node, struct arena *arena, struct block_header *ret_tip) {
    struct chain_state state;
    TRY(ask_chain_state(node, arena, &state));
    TRY(judge_progress(node, arena, &state));
    struct str hash = hex_of(arena, state.best.bytes);
    struct str params = str_from_c(arena_printf(arena, "[\"%.*s\",true]", STR_ARG(hash)));
    struct node_header header = {0};
    TRY(call_small(node, arena, "getblockheader", params, header_decode, &header));
    return header_check(&header, state.best, ret_tip);
}

struct result node_block(struct node *node, struct arena *arena, struct block_hash hash,
                         struct chain_block *ret_block) {
    struct str text = hex_of(arena, hash.bytes);
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(RAW_TX_MEMORY_BYTES_MAX);
    struct block_decoder decoder = {
        .outputs = {.arena = arena, .coin = network_coin(node->demand->network)},
        .scratch = scratch,
    };
    struct rpc_call call = {
        .method = "getblock",
        .params = str_from_c(arena_printf(arena, "[\"%.*s\",2]", STR_ARG(text))),
        .answer_bytes_max = BLOCK_ANSWER_BYTES_MAX,
        .timeout_ms = BLOCK_TIMEOUT_MS,
        .decode = block_decode,
        .context = &decoder,
    };
    TRY(rpc_call(node->calls, arena, &call));
    struct result checked = block_check(&decoder, hash, ret_block);
    if (!result_is_ok(checked)) {
        return result_failf(arena, checked.code, "block %.*s at %s: %s", STR_ARG(text),
                            rpc_label(node->calls), result_text(checked));
    }
    return RESULT_OK;
}

/* ---- the mempool */

struct visitor {
    node_visit_txid visit;
    void *context;
};

static void decode_txids(struct json_reader *reader, void *context) {
    const struct visitor *visitor = context;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct txid txid;
        if (!hex_decode(json_read_str(reader), txid.bytes, HASH_BYTES)) {
            json_fail(reader, "a txid is not 32 bytes in hex");
            return;
        }
        visitor->visit(visitor->context, &txid);
    }
}

struct result node_mempool(struct node *node, struct arena *arena, node_visit_txid visit,
                           void *context) {
    struct visitor visitor = {.visit = visit, .context = context};
    struct rpc_call call = {
        .method = "getrawmempool",
        .params = STR("[false]"),
        .answer_bytes_max = MEMPOOL_ANSWER_BYTES_MAX,
        .decode = decode_txids,
        .context = &visitor,
    };
    return rpc_call(node->calls, arena, &call);
}

struct tx_answer {
    struct output_list *outputs;
    struct txid txid;
};

static void decode_tx_answer(struct json_reader *reader, void *context) {
    struct tx_answer *answer = context;
    mempool_tx_decode(reader, answer->outputs, &answer->txid);
}

struct result node_tx(struct node *node, struct arena *arena, const struct txid *txid,
                      struct output_list *outputs) {
    struct tx_answer answer = {.outputs = outputs};
    size_t before = outputs->count;
    struct str text = hex_of(arena, txid->bytes);
    struct rpc_call call = {
        .method = "getrawtransaction",
        .params = str_from_c(arena_printf(arena, "[\"%.*s\",true]", STR_ARG(text))),
        .answer_bytes_max = TX_ANSWER_BYTES_MAX,
        .decode = decode_tx_answer,
        .context = &answer,
    };
    struct result done = rpc_call(node->calls, arena, &call);
    if (result_is_ok(done) && !txid_eq(answer.txid, *txid)) {
        done = result_fail(&ERR_NODE_ANSWER);
    }
    if (!result_is_ok(done)) {
        outputs->count = before;
    }
    return done;
}

static void skip_answer(struct json_reader *reader, void *context) {
    (void)context;
    json_skip_value(reader);
}

struct result node_mempool_has(struct node *node, struct arena *arena, const struct txid *txid,
                               bool *ret_has) {
    struct str text = hex_of(arena, txid->bytes);
    struct str params = str_from_c(arena_printf(arena, "[\"%.*s\"]", STR_ARG(text)));
    struct result asked = call_small(node, arena, "getmempoolentry", params, skip_answer, NULL);
    if (asked.code == &ERR_BLOCK_UNKNOWN) {
        *ret_has = false;
        return RESULT_OK;
    }
    TRY(asked);
    *ret_has = true;
    return RESULT_OK;
}

/* ---- waiting */

static void decode_new_block(struct json_reader *reader, void *context) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hash"))) {
            decode_hash(reader, context);
        } else {
            json_skip_value(reader);
        }
    }
}

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* An unfinished waitfornewblock is left running for the next wait: giving it up would leave a
 * thread of the node waiting, and a node has few. */
void node_wait(struct node *node, struct block_hash known_tip, uint32_t timeout_ms) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 10);
    struct block_hash new_tip = known_tip;
    struct rpc_call call = {
        .method = "waitfornewblock",
        .params = str_from_c(arena_printf(arena, "[%d]", LONG_POLL_MS)),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .timeout_ms = LONG_POLL_TIMEOUT_MS,
        .decode = decode_new_block,
        .context = &new_tip,
    };
    int64_t until_ms = monotonic_ms() + timeout_ms;
    if (!node->waits_badly && !rpc_is_running(node->waiter)) {
        /* If it cannot start, the sleep below is what is left. */
        (void)result_is_ok(rpc_start(node->waiter, arena, &call));
    }
    if (!rpc_wait(node->waiter, timeout_ms)) {
        return;
    }
    struct result done = rpc_finish(node->waiter, arena, &call);
    node->waits_badly = done.code == &ERR_NODE_ANSWER;
    int64_t left_ms = until_ms - monotonic_ms();
    bool is_news = result_is_ok(done) && !block_hash_eq(new_tip, known_tip);
    if (!is_news && left_ms > 0) {
        (void)rpc_wait(node->waiter, (uint32_t)left_ms);
    }
}
