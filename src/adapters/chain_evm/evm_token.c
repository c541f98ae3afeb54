/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_token.h"

#include "adapters/chain_evm/evm_hex.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/token.h"

enum {
    SMALL_ANSWER_BYTES_MAX = 64 << 10,
    CODE_ANSWER_BYTES_MAX = 1 << 20,
    CALL_DECIMALS = 0,
    CALL_CODE,
    CALL_SLOTS,
};

/* ---- asking */

static void decode_decimals(struct json_reader *reader, void *context) {
    struct evm_token_answer *answer = context;
    answer->decimals = evm_read_bytes(reader, answer->arena);
}

static void decode_code(struct json_reader *reader, void *context) {
    struct evm_token_answer *answer = context;
    answer->code = evm_read_bytes(reader, answer->arena);
}

/* What is no text says nothing. */
static void decode_slot(struct json_reader *reader, void *context) {
    struct evm_slot_answer *slot = context;
    if (json_peek(reader) == JSON_STRING) {
        proxy_words_take(slot->words, slot->at, json_read_str(reader));
    } else {
        json_skip_value(reader);
    }
}

static struct rpc_call call_of(const char *method, const char *params, rpc_decode decode,
                               void *context) {
    return (struct rpc_call){.method = method,
                             .params = str_from_c(params),
                             .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
                             .decode = decode,
                             .context = context};
}

/* decimals() is the first four bytes of its name's Keccak hash, EIP-20. */
void evm_token_ask(struct arena *arena, const struct token *token,
                   struct evm_token_answer *ret_answer,
                   struct rpc_call ret_calls[EVM_TOKEN_CALLS]) {
    *ret_answer = (struct evm_token_answer){.arena = arena};
    struct str contract = hex_encode(arena, script_bytes(&token->contract));
    const char *decimals = arena_printf(
        arena, "[{\"to\":\"0x%.*s\",\"data\":\"0x313ce567\"},\"latest\"]", STR_ARG(contract));
    const char *code = arena_printf(arena, "[\"0x%.*s\",\"latest\"]", STR_ARG(contract));
    ret_calls[CALL_DECIMALS] = call_of("eth_call", decimals, decode_decimals, ret_answer);
    ret_calls[CALL_DECIMALS].ret_error = &ret_answer->decimals_error;
    ret_calls[CALL_CODE] = call_of("eth_getCode", code, decode_code, ret_answer);
    ret_calls[CALL_CODE].answer_bytes_max = CODE_ANSWER_BYTES_MAX;
    for (size_t i = 0; i < PROXY_SLOTS; i++) {
        const char *slot =
            arena_printf(arena, "[\"0x%.*s\",\"%s\",\"latest\"]", STR_ARG(contract), proxy_slot(i));
        struct rpc_call *call = &ret_calls[CALL_SLOTS + i];
        ret_answer->slots[i] = (struct evm_slot_answer){.words = &ret_answer->words, .at = i};
        *call = call_of("eth_getStorageAt", slot, decode_slot, &ret_answer->slots[i]);
        call->takes_null = true;
        call->ret_error = &ret_answer->slots[i].error;
    }
}

/* ---- judging */

/* The node answered, and not with what was asked for. */
static struct result excuse(struct result called, int64_t error) {
    return called.code == &ERR_NODE_ANSWER && error != 0 ? RESULT_OK : called;
}

void evm_token_excuse(const struct evm_token_answer *answer,
                      struct result results[EVM_TOKEN_CALLS]) {
    results[CALL_DECIMALS] = excuse(results[CALL_DECIMALS], answer->decimals_error);
    for (size_t i = 0; i < PROXY_SLOTS; i++) {
        results[CALL_SLOTS + i] = excuse(results[CALL_SLOTS + i], answer->slots[i].error);
    }
}

static bool is_number(struct bytes word, uint8_t number) {
    for (size_t i = 0; i + 1 < word.len; i++) {
        if (word.ptr[i] != 0) {
            return false;
        }
    }
    return word.len == EVM_WORD_BYTES && word.ptr[word.len - 1] == number;
}

/* A token that is not what it should be is no reason to do without the others. */
static enum chain_token_fault fault_of(const struct token *token,
                                       const struct evm_token_answer *answer) {
    if (answer->code.len == 0) {
        return CHAIN_TOKEN_MISSING;
    }
    if (answer->decimals.len != EVM_WORD_BYTES) {
        return CHAIN_TOKEN_SILENT;
    }
    return is_number(answer->decimals, token->asset->decimals) ? CHAIN_TOKEN_FINE
                                                               : CHAIN_TOKEN_MISCOUNTS;
}

void evm_token_judge(const struct token *token, const struct evm_token_answer *answer,
                     struct chain_token *ret_token) {
    *ret_token = (struct chain_token){
        .asset = token->asset, .contract = token->contract, .fault = fault_of(token, answer)};
    if (ret_token->fault == CHAIN_TOKEN_FINE) {
        hash_keccak256(answer->code, ret_token->code_hash);
        ret_token->has_implementation =
            proxy_implementation(&answer->words, ret_token->implementation);
    }
}
