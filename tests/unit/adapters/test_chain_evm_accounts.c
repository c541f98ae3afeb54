/* SPDX-License-Identifier: MIT */
/* What accounts hold and what moving it costs, as EVM nodes tell it. */
#include "evm_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "evm_answers.h"
#include "ports/chain.h"
#include "ports/chain_accounts.h"

#define BALANCE_OF "70a08231"

static const struct chain_account_ops *accounts(void) {
    return stage.chain->ops->accounts;
}

static struct script program_of(uint8_t last) {
    struct script program = {.len = SCRIPT_EVM_BYTES};
    program.bytes[SCRIPT_EVM_BYTES - 1] = last;
    return program;
}

static void test_fees_are_the_base_fee_and_the_nodes_advice(void **state) {
    (void)state;
    struct chain_fees fees;
    stage_both("eth_maxPriorityFeePerGas", "\"0x59682f00\"");
    stage_both("eth_gasPrice", "\"0x1\"");
    must(accounts()->fees(stage.chain, stage.arena, &fees));
    assert_true(fees.has_base_fee && fees.base_fee > 0);
    assert_int_equal(fees.priority_fee, 1500000000);
    assert_int_equal(fees.block.height, 2);
    assert_true(block_hash_eq(fees.block.hash, stage.block_hash));
}

static void test_without_advice_the_price_beyond_the_base_fee_is_taken(void **state) {
    (void)state;
    struct chain_fees fees;
    stage_both("eth_maxPriorityFeePerGas", NO_SUCH);
    stage_both("eth_gasPrice", "\"0x1\"");
    must(accounts()->fees(stage.chain, stage.arena, &fees));
    assert_int_equal(fees.priority_fee, 0);
    stage_both("eth_gasPrice", "\"0x174876e800\"");
    must(accounts()->fees(stage.chain, stage.arena, &fees));
    assert_int_equal(fees.priority_fee, 100000000000 - fees.base_fee);
    stage_both("eth_gasPrice", NO_SUCH);
    (void)fails(accounts()->fees(stage.chain, stage.arena, &fees), &ERR_NODE_ANSWER, "");
}

/* What both nodes say a balance is; decimals are another question. */
static void say_balance(const char *json) {
    for (size_t node = 0; node < 2; node++) {
        struct evm_double *told = &stage.nodes[node];
        struct evm_double_answer *last = &told->answers[told->answer_count - 1];
        if (last->words != NULL && strcmp(last->words, BALANCE_OF) == 0) {
            last->json = json;
            continue;
        }
        for (size_t i = 0; i < told->answer_count; i++) {
            if (strcmp(told->answers[i].method, "eth_call") == 0) {
                told->answers[i].words = "313ce567";
            }
        }
        evm_double_put(told, "eth_call", BALANCE_OF, json);
    }
}

static struct result ask_holdings(size_t count, struct chain_holding *holdings) {
    static struct script programs[100];
    static const struct token *tokens[1];
    for (size_t i = 0; i < count; i++) {
        programs[i] = program_of((uint8_t)i);
    }
    tokens[0] = &evm_recorded_token()->tokens[0];
    struct chain_holdings_wanted wanted = {
        .programs = programs, .count = count, .tokens = tokens, .token_count = 1};
    return accounts()->holdings(stage.chain, stage.arena, &wanted, holdings);
}

static void test_coin_nonce_and_tokens_are_asked_for_in_batches(void **state) {
    (void)state;
    enum { COUNT = 70 };
    static struct chain_holding holdings[COUNT];
    stage_both("eth_getBalance", "\"0xde0b6b3a7640000\"");
    for (size_t node = 0; node < 2; node++) { /* with what waits to be mined, and without */
        evm_double_put(&stage.nodes[node], "eth_getTransactionCount", "\"pending\"", "\"0x7\"");
        evm_double_put(&stage.nodes[node], "eth_getTransactionCount", "\"latest\"", "\"0x7\"");
    }
    must(ask_holdings(1, holdings)); /* with who it is */
    size_t before = stage.nodes[0].requests;
    must(ask_holdings(COUNT, holdings));
    assert_int_equal(stage.nodes[0].requests - before, 3); /* 25 accounts of 4 calls at a time */
    assert_true(holdings[COUNT - 1].coin.units == 1000000000000000000U);
    assert_int_equal(holdings[COUNT - 1].nonce, 7);
    assert_false(holdings[COUNT - 1].waits);
    assert_true(holdings[COUNT - 1].tokens[0].units == 6);
}

static void test_a_transaction_that_waits_is_told(void **state) {
    (void)state;
    struct chain_holding holding;
    stage_both("eth_getBalance", "\"0x0\"");
    for (size_t node = 0; node < 2; node++) {
        evm_double_put(&stage.nodes[node], "eth_getTransactionCount", "\"pending\"", "\"0x7\"");
        evm_double_put(&stage.nodes[node], "eth_getTransactionCount", "\"latest\"", "\"0x6\"");
    }
    must(ask_holdings(1, &holding));
    assert_int_equal(holding.nonce, 7);
    assert_true(holding.waits);
}

static void test_a_balance_that_is_no_word_is_no_balance(void **state) {
    (void)state;
    struct chain_holding holding;
    stage_both("eth_getBalance", "\"0x0\"");
    stage_both("eth_getTransactionCount", "\"0x0\"");
    must(ask_holdings(1, &holding));
    static const char *const wrong[] = {
        "\"0x\"", "\"0x06\"",
        "\"0x0000000000000000000000000000000100000000000000000000000000000000\"", "6", "null"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        say_balance(wrong[i]);
        (void)fails(ask_holdings(1, &holding), &ERR_NODE_ANSWER, "");
    }
    say_balance(WORD_6);
    must(ask_holdings(1, &holding));
}

static void test_the_gas_of_a_transfer_is_the_nodes_estimate(void **state) {
    (void)state;
    const struct token *token = &evm_recorded_token()->tokens[0];
    struct chain_move move = {.from = program_of(1),
                              .to = program_of(2),
                              .token = token,
                              .amount = amount_from_u64(token->asset, 255)};
    uint64_t gas = 0;
    /* transfer(2, 255), word for word */
    stage_both("eth_estimateGas", "\"0xfde8\"");
    for (size_t node = 0; node < 2; node++) {
        stage.nodes[node].answers[stage.nodes[node].answer_count - 1].words =
            "\"data\":\"0xa9059cbb"
            "0000000000000000000000000000000000000000000000000000000000000002"
            "00000000000000000000000000000000000000000000000000000000000000ff\"";
    }
    must(accounts()->effort(stage.chain, stage.arena, &move, &gas));
    assert_int_equal(gas, 65000);
    stage_both("eth_estimateGas", "{\"code\":3,\"message\":\"execution reverted\"}");
    (void)fails(accounts()->effort(stage.chain, stage.arena, &move, &gas), &ERR_NODE_ANSWER,
                "reverted");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_start, stage_stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_fees_are_the_base_fee_and_the_nodes_advice),
        TEST(test_without_advice_the_price_beyond_the_base_fee_is_taken),
        TEST(test_coin_nonce_and_tokens_are_asked_for_in_batches),
        TEST(test_a_transaction_that_waits_is_told),
        TEST(test_a_balance_that_is_no_word_is_no_balance),
        TEST(test_the_gas_of_a_transfer_is_the_nodes_estimate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
