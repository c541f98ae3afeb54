/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node.h"

#include <stdio.h>
#include <string.h>

#include "adapters/chain_tron/block_json.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/proxy_slot.h"

enum {
    SMALL_ANSWER_BYTES_MAX = 4 << 20, /* a contract's code and interface, or the first block */
    CHAIN_ID_BYTES = 4,
};

#define GENESIS_MAIN "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"

static bool is_main(const struct tron_node *node) {
    return node->demand->chain_id == node->demand->network->chain_id;
}

/* ---- the chain */

static void decode_block(struct json_reader *reader, void *context) {
    tron_block_decode(reader, context);
}

static struct result ask_genesis(struct tron_node *node, struct arena *arena,
                                 enum tron_folder folder, struct block_hash *ret_genesis) {
    struct api_error error;
    struct block_decoder decoder = {
        .rules = &node->demand->rules, .scratch = node->scratch, .error = &error};
    struct tron_question question = {
        .folder = folder,
        .name = "getblockbynum",
        .body = STR("{\"num\":0}"),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_block,
        .context = &decoder,
        .error = &error,
    };
    struct block_header header;
    TRY(tron_node_ask(node, arena, &question));
    TRY(tron_block_check(&decoder, &header));
    *ret_genesis = header.hash;
    return RESULT_OK;
}

static struct result judge_genesis(const struct tron_node *node, struct arena *arena,
                                   struct block_hash genesis) {
    struct str found = hex_encode(arena, BYTES_OF(genesis.bytes));
    uint32_t tail = u32_load_be(genesis.bytes + HASH_BYTES - CHAIN_ID_BYTES);
    bool is_known = !is_main(node) || str_eq(found, STR(GENESIS_MAIN));
    if (tail != node->demand->chain_id || !is_known) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the node at %s is not on the chain with id 0x%llx: its first block is "
                            "%.*s",
                            rpc_label(node->rpc), (unsigned long long)node->demand->chain_id,
                            STR_ARG(found));
    }
    return RESULT_OK;
}

static void decode_quantity(struct json_reader *reader, void *context) {
    *(int64_t *)context = api_read_quantity(reader);
}

static struct result check_chain_id(struct tron_node *node, struct arena *arena) {
    int64_t chain_id = 0;
    struct rpc_call call = {
        .method = "eth_chainId",
        .params = STR("[]"),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_quantity,
        .context = &chain_id,
    };
    node->lacks_rpc = false;
    struct result asked = tron_node_call(node, arena, &call);
    if (node->lacks_rpc) {
        return RESULT_OK;
    }
    TRY(asked);
    if ((uint64_t)chain_id != node->demand->chain_id) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the JSON-RPC of the node at %s is on chain 0x%llx, the configuration "
                            "says 0x%llx",
                            rpc_label(node->rpc), (unsigned long long)chain_id,
                            (unsigned long long)node->demand->chain_id);
    }
    return RESULT_OK;
}

/* ---- the node's version */

struct version_answer {
    struct api_error error;
    struct tron_node *node;
};

static void read_version(struct json_reader *reader, struct tron_node *node) {
    struct str text = json_read_str(reader);
    char plain[sizeof node->version - sizeof "java-tron "];
    size_t len = text.len < sizeof plain - 1 ? text.len : sizeof plain - 1;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
        plain[i] = '?';
        if (is_plain) {
            plain[i] = text.ptr[i];
        }
    }
    plain[len] = '\0';
    (void)snprintf(node->version, sizeof node->version, "java-tron %s", plain);
}

static void decode_node_info(struct json_reader *reader, void *context) {
    struct version_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (!str_eq(key, STR("configNodeInfo")) || json_peek(reader) != JSON_OBJECT_BEGIN) {
            api_skip_or_error(reader, key, &answer->error);
            continue;
        }
        struct str field;
        json_object_begin(reader);
        while (json_object_next(reader, &field)) {
            if (str_eq(field, STR("codeVersion"))) {
                read_version(reader, answer->node);
            } else {
                json_skip_value(reader);
            }
        }
    }
}

/* Providers do not serve it; the name is for logs only. */
static void learn_version(struct tron_node *node, struct arena *arena) {
    if (node->version[0] != '\0') {
        return;
    }
    (void)snprintf(node->version, sizeof node->version, "java-tron");
    bool lacks = false;
    struct version_answer answer = {.node = node};
    struct tron_question question = {
        .name = "getnodeinfo",
        .body = STR("{}"),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_node_info,
        .context = &answer,
        .error = &answer.error,
        .ret_lacks = &lacks,
    };
    struct result asked = tron_node_ask(node, arena, &question);
    (void)result_is_ok(asked);
}

/* ---- tokens */

/* A word that should hold a small number, and what was hashed of a contract's code. */
struct token_answer {
    struct arena *arena;
    struct api_error error;
    bool has_decimals;
    uint64_t decimals;
    bool has_code;
    uint8_t code_hash[HASH_256_BYTES];
};

static void read_decimals(struct json_reader *reader, struct token_answer *answer) {
    struct str hex = api_bare_hex(json_read_str(reader));
    uint8_t word[HASH_256_BYTES];
    if (hex.len != 2 * sizeof word || !hex_decode(hex, word, sizeof word)) {
        return; /* "0x", "": there is no such method */
    }
    for (size_t i = 0; i + sizeof(uint64_t) < sizeof word; i++) {
        if (word[i] != 0) {
            return;
        }
    }
    answer->decimals = u64_load_be(word + sizeof word - sizeof(uint64_t));
    answer->has_decimals = true;
}

static void read_code(struct json_reader *reader, struct token_answer *answer) {
    struct str hex = api_bare_hex(json_read_str(reader));
    uint8_t *code = arena_try_alloc(answer->arena, hex.len / 2 + 1);
    if (code == NULL || hex.len % 2 != 0 || !hex_decode(hex, code, hex.len / 2)) {
        json_fail(reader, "a contract's code is not hex");
        return;
    }
    hash_keccak256((struct bytes){.ptr = code, .len = hex.len / 2}, answer->code_hash);
    answer->has_code = hex.len > 0;
}

static void decode_rpc_decimals(struct json_reader *reader, void *context) {
    read_decimals(reader, context);
}

static void decode_rpc_code(struct json_reader *reader, void *context) {
    read_code(reader, context);
}

/* The node answered, and not with decimals: the contract threw. */
static struct result take_refusal(struct result called, bool is_answered) {
    return called.code == &ERR_NODE_ANSWER && is_answered ? RESULT_OK : called;
}

static struct result ask_token_by_rpc(struct tron_node *node, struct arena *arena,
                                      struct str address, struct token_answer *answer) {
    int64_t error = 0;
    struct rpc_call decimals = {
        .method = "eth_call",
        .params = str_from_c(arena_printf(
            arena, "[{\"to\":\"0x%.*s\",\"data\":\"0x313ce567\"},\"latest\"]", STR_ARG(address))),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_rpc_decimals,
        .context = answer,
        .ret_error = &error,
    };
    struct rpc_call code = {
        .method = "eth_getCode",
        .params = str_from_c(arena_printf(arena, "[\"0x%.*s\",\"latest\"]", STR_ARG(address))),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_rpc_code,
        .context = answer,
    };
    TRY(tron_node_call(node, arena, &code));
    struct result called = answer->has_code ? tron_node_call(node, arena, &decimals) : RESULT_OK;
    return take_refusal(called, error != 0);
}

/* What stands behind the contract if it is a proxy: told by JSON-RPC only. */
struct slot_answer {
    struct proxy_words words;
    size_t at;
};

static void decode_slot(struct json_reader *reader, void *context) {
    struct slot_answer *answer = context;
    if (json_peek(reader) == JSON_STRING) {
        proxy_words_take(&answer->words, answer->at, json_read_str(reader));
    } else {
        json_skip_value(reader);
    }
}

static struct result ask_implementation(struct tron_node *node, struct arena *arena,
                                        struct str address, struct chain_token *seen) {
    struct slot_answer answer = {.at = 0};
    for (size_t i = 0; i < PROXY_SLOTS; i++) {
        int64_t error = 0;
        struct rpc_call call = {
            .method = "eth_getStorageAt",
            .params = str_from_c(arena_printf(arena, "[\"0x%.*s\",\"%s\",\"latest\"]",
                                              STR_ARG(address), proxy_slot(i))),
            .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
            .decode = decode_slot,
            .context = &answer,
            .takes_null = true,
            .ret_error = &error,
        };
        answer.at = i;
        TRY(take_refusal(tron_node_call(node, arena, &call), error != 0));
        if (!answer.words.is_told[i]) {
            return RESULT_OK; /* it does not read storage */
        }
    }
    seen->has_implementation = proxy_implementation(&answer.words, seen->implementation);
    return RESULT_OK;
}

/* Its `bytecode` made the contract; the contract itself is the other one, as in JSON-RPC. */
static void decode_contract(struct json_reader *reader, void *context) {
    struct token_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("runtimecode"))) {
            read_code(reader, answer);
        } else {
            api_skip_or_error(reader, key, &answer->error);
        }
    }
}

static void decode_constant(struct json_reader *reader, void *context) {
    struct token_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (!str_eq(key, STR("constant_result"))) {
            api_skip_or_error(reader, key, &answer->error);
            continue;
        }
        json_array_begin(reader);
        while (json_array_next(reader)) {
            read_decimals(reader, answer);
        }
    }
}

static struct result ask_token_by_api(struct tron_node *node, struct arena *arena,
                                      struct str address, struct token_answer *answer) {
    struct tron_question code = {
        .name = "getcontractinfo",
        .body = str_from_c(arena_printf(arena, "{\"value\":\"41%.*s\"}", STR_ARG(address))),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = decode_contract,
        .context = answer,
        .error = &answer->error,
    };
    TRY(tron_node_ask(node, arena, &code));
    if (!answer->has_code) {
        return RESULT_OK;
    }
    code.name = "triggerconstantcontract";
    code.decode = decode_constant;
    code.body =
        str_from_c(arena_printf(arena,
                                "{\"owner_address\":\"41%.*s\",\"contract_address\":\"41%.*s\","
                                "\"function_selector\":\"decimals()\"}",
                                STR_ARG(address), STR_ARG(address)));
    struct result called = tron_node_ask(node, arena, &code);
    return take_refusal(called, answer->error.is_set);
}

/* A token that is not what it should be is no reason to do without the others. */
static enum chain_token_fault fault_of(const struct token *token,
                                       const struct token_answer *answer) {
    if (!answer->has_code) {
        return CHAIN_TOKEN_MISSING;
    }
    if (!answer->has_decimals) {
        return CHAIN_TOKEN_SILENT;
    }
    return answer->decimals == token->asset->decimals ? CHAIN_TOKEN_FINE : CHAIN_TOKEN_MISCOUNTS;
}

static struct result check_token(struct tron_node *node, struct arena *arena, size_t at) {
    const struct token *token = &node->demand->rules.tokens.tokens[at];
    struct str address = hex_encode(arena, script_bytes(&token->contract));
    struct token_answer answer = {.arena = arena};
    TRY(node->lacks_rpc ? ask_token_by_api(node, arena, address, &answer)
                        : ask_token_by_rpc(node, arena, address, &answer));
    struct chain_token *seen = &node->tokens[at];
    *seen = (struct chain_token){
        .asset = token->asset, .contract = token->contract, .fault = fault_of(token, &answer)};
    if (seen->fault == CHAIN_TOKEN_FINE) {
        memcpy(seen->code_hash, answer.code_hash, sizeof seen->code_hash);
        TRY(node->lacks_rpc ? RESULT_OK : ask_implementation(node, arena, address, seen));
    }
    return RESULT_OK;
}

/* Contracts change hardly ever, and questions are counted: not at each new connection. But whoever
 * asks again after something was wrong wants to know. */
static struct result check_tokens(struct tron_node *node, struct arena *arena) {
    int64_t now_ms = tron_monotonic_ms();
    bool has_fault = false;
    for (size_t i = 0; i < node->demand->rules.tokens.count; i++) {
        has_fault = has_fault || node->tokens[i].fault != CHAIN_TOKEN_FINE;
    }
    int64_t pace_ms = has_fault ? TRON_TOKENS_RECHECK_MS : TRON_TOKENS_CHECK_MS;
    if (node->tokens_checked_at_ms != 0 && now_ms - node->tokens_checked_at_ms < pace_ms) {
        return RESULT_OK;
    }
    for (size_t i = 0; i < node->demand->rules.tokens.count; i++) {
        TRY(check_token(node, arena, i));
    }
    node->tokens_checked_at_ms = now_ms;
    return RESULT_OK;
}

struct result tron_node_identify(struct tron_node *node, struct arena *arena) {
    node->is_identified = false;
    if (node->own_solid != NULL) {
        TRY(ask_genesis(node, arena, TRON_SOLID, &node->genesis));
        TRY(judge_genesis(node, arena, node->genesis));
    }
    TRY(ask_genesis(node, arena, TRON_FULL, &node->genesis));
    TRY(judge_genesis(node, arena, node->genesis));
    TRY(check_chain_id(node, arena));
    learn_version(node, arena);
    TRY(check_tokens(node, arena));
    node->is_identified = true;
    node->lacks_header_only = false;
    node->lacks_solid_api = false;
    node->lacks_solid_range = false;
    node->lies_in_ranges = false;
    node->lies_in_logs = false;
    node->log_refusals = 0;
    return RESULT_OK;
}

void tron_node_identity(const struct tron_node *node, struct arena *arena,
                        struct chain_identity *ret_identity) {
    size_t count = node->demand->rules.tokens.count;
    struct chain_token *tokens = ARENA_ARRAY(arena, struct chain_token, count + 1);
    memcpy(tokens, node->tokens, count * sizeof *tokens);
    *ret_identity = (struct chain_identity){
        .genesis = node->genesis,
        .network = node->demand->chain,
        .version = arena_copy(arena, node->version, strlen(node->version)),
        .tokens = tokens,
        .token_count = count,
    };
}
