/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node_accounts.h"

#include "adapters/chain_tron/account_json.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    ANSWER_BYTES_MAX = 1 << 20,
    /* The chain's own values of 2024 and later, for a node that does not tell. */
    ENERGY_PRICE_SUN = 420,
    BYTE_PRICE_SUN = 1000,
};

/* ---- fees */

struct result tron_node_fees(struct tron_node *node, struct arena *arena,
                             struct chain_fees *ret_fees) {
    struct chain_fees fees = {.energy_price = ENERGY_PRICE_SUN, .byte_price = BYTE_PRICE_SUN};
    struct tron_parameters answer = {.fees = &fees};
    bool lacks = false;
    struct tron_question question = {
        .name = "getchainparameters",
        .body = STR("{}"),
        .answer_bytes_max = ANSWER_BYTES_MAX,
        .decode = tron_parameters_decode,
        .context = &answer,
        .error = &answer.error,
        .ret_lacks = &lacks,
    };
    struct result asked = tron_node_ask(node, arena, &question);
    if (!lacks) {
        TRY(asked);
    }
    struct tron_block *head;
    TRY(tron_node_head(node, arena, &head));
    fees.block = head->header;
    tron_block_free(head);
    *ret_fees = fees;
    return RESULT_OK;
}

/* ---- calls of contracts */

struct constant_call {
    const struct script *owner;
    const struct token *token;
    const char *selector;
    const char *parameter;
};

static struct result call_constant(struct tron_node *node, struct arena *arena,
                                   const struct constant_call *call,
                                   struct tron_constant *ret_answer) {
    struct str owner = hex_encode(arena, script_bytes(call->owner));
    struct str contract = hex_encode(arena, script_bytes(&call->token->contract));
    *ret_answer = (struct tron_constant){0};
    struct tron_question question = {
        .name = "triggerconstantcontract",
        .body = str_from_c(
            arena_printf(arena,
                         "{\"owner_address\":\"41%.*s\",\"contract_address\":\"41%.*s\","
                         "\"function_selector\":\"%s\",\"parameter\":\"%s\"}",
                         STR_ARG(owner), STR_ARG(contract), call->selector, call->parameter)),
        .answer_bytes_max = ANSWER_BYTES_MAX,
        .decode = tron_constant_decode,
        .context = ret_answer,
        .error = &ret_answer->error,
    };
    TRY(tron_node_ask(node, arena, &question));
    ENSURE(!ret_answer->failed, ERR_NODE_ANSWER);
    return RESULT_OK;
}

static const char *word_of_program(struct arena *arena, const struct script *program) {
    struct str hex = hex_encode(arena, script_bytes(program));
    return arena_printf(arena, "000000000000000000000000%.*s", STR_ARG(hex));
}

/* ---- holdings */

static struct result token_balance(struct tron_node *node, struct arena *arena,
                                   const struct script *program, const struct token *token,
                                   struct amount *ret_balance) {
    struct constant_call call = {.owner = program,
                                 .token = token,
                                 .selector = "balanceOf(address)",
                                 .parameter = word_of_program(arena, program)};
    struct tron_constant answer;
    TRY(call_constant(node, arena, &call, &answer));
    ENSURE(answer.has_word, ERR_NODE_ANSWER);
    for (size_t i = 0; i < TRON_WORD_BYTES - AMOUNT_BLOB_BYTES; i++) {
        ENSURE(answer.word[i] == 0, ERR_NODE_ANSWER);
    }
    *ret_balance =
        amount_from_blob(token->asset, answer.word + TRON_WORD_BYTES - AMOUNT_BLOB_BYTES);
    return RESULT_OK;
}

struct result tron_node_holdings(struct tron_node *node, struct arena *arena,
                                 const struct chain_holdings_wanted *wanted,
                                 struct chain_holding *ret_holdings) {
    for (size_t i = 0; i < wanted->count; i++) {
        struct chain_holding *holding = &ret_holdings[i];
        holding->nonce = 0;
        TRY(tron_node_balance(node, arena, &wanted->programs[i], &holding->coin));
        for (size_t at = 0; at < wanted->token_count; at++) {
            TRY(token_balance(node, arena, &wanted->programs[i], wanted->tokens[at],
                              &holding->tokens[at]));
        }
    }
    return RESULT_OK;
}

/* ---- energy */

struct result tron_node_effort(struct tron_node *node, struct arena *arena,
                               const struct chain_move *move, uint64_t *ret_energy) {
    uint8_t units[AMOUNT_BLOB_BYTES];
    amount_to_blob(move->amount, units);
    struct str amount = hex_encode(arena, BYTES_OF(units));
    struct constant_call call = {
        .owner = &move->from,
        .token = move->token,
        .selector = "transfer(address,uint256)",
        .parameter = arena_printf(arena, "%s00000000000000000000000000000000%.*s",
                                  word_of_program(arena, &move->to), STR_ARG(amount))};
    struct tron_constant answer;
    TRY(call_constant(node, arena, &call, &answer));
    ENSURE(answer.energy > 0, ERR_NODE_ANSWER);
    *ret_energy = (uint64_t)answer.energy;
    return RESULT_OK;
}
