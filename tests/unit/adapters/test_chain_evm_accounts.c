/* SPDX-License-Identifier: MIT */
/* What accounts hold and what moving it costs, as EVM nodes tell it. */
#include "evm_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/chain_evm.h"
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

/* ---- the OP Stack */

#define WORD(hex4) "\"0x000000000000000000000000000000000000000000000000000000000000" hex4 "\""
#define OF(hex5)   "00000000000000000000000000000000000000000000000000000000000" hex5 "\""

/* The first node, as one of Optimism whose oracle says so; NULL: it has none. */
static struct result fees_of_optimism(const char *answer, struct chain_fees *ret_fees) {
    struct evm_double *node = &stage.nodes[0];
    const struct chain_evm_options options = {
        .network = network_by_key(STR("opt")),
        .chain = "regtest",
        .chain_id = 31337,
        .url = str_from_c(arena_printf(stage.arena, "http://127.0.0.1:%d/my-secret", node->port)),
        .tokens = evm_recorded_token(),
        .poll_ms = 100,
        .timeout_ms = 20000,
    };
    struct chain *chain;
    for (size_t i = 0; i < node->answer_count; i++) {
        if (strcmp(node->answers[i].method, "eth_call") == 0) {
            node->answers[i].words = "313ce567";
        }
    }
    evm_double_put(node, "eth_maxPriorityFeePerGas", NULL, "\"0x1\"");
    evm_double_put(node, "eth_gasPrice", NULL, "\"0x1\"");
    evm_double_put(node, "eth_call", "f1c7a58b" OF("00060"), answer);
    evm_double_put(node, "eth_call", "f1c7a58b" OF("000a0"), WORD("0900"));
    evm_double_put(node, "eth_call", "275aedd2" OF("00000"), WORD("0007"));
    evm_double_put(node, "eth_call", "275aedd2" OF("f4240"), WORD("0017"));
    must(chain_evm_new(&options, stage.arena, &chain));
    struct result result = chain->ops->accounts->fees(chain, stage.arena, ret_fees);
    if (!result_is_ok(result) && result.detail != NULL) {
        result.detail = arena_printf(stage.arena, "%s", result.detail);
    }
    chain->ops->close(chain);
    return result;
}

static void test_a_chain_of_the_op_stack_says_what_bytes_and_its_operator_cost(void **state) {
    (void)state;
    struct chain_fees fees;
    must(fees_of_optimism(WORD("0800"), &fees));
    assert_int_equal(fees.below.coin, 0x800);
    assert_int_equal(fees.below.token, 0x900);
    assert_int_equal(fees.below.operator_fee, 7);
    assert_int_equal(fees.below.operator_fee_of_million, 16);
}

/* Blobs have cost thousands of gwei for hours. */
static void test_bytes_that_are_dear_below_do_not_stop_the_plan(void **state) {
    (void)state;
    struct chain_fees fees;
    must(fees_of_optimism("\"0x00000000000000000000000000000000000000000000000000038d7ea4c68000\"",
                          &fees));
    assert_int_equal(fees.below.coin, 1000000000000000);
}

static void test_a_chain_without_that_oracle_takes_nothing(void **state) {
    (void)state;
    struct chain_fees fees;
    must(fees_of_optimism("\"0x\"", &fees));
    assert_int_equal(fees.below.coin, 0);
}

static void test_an_oracle_that_talks_nonsense_stops_the_plan(void **state) {
    (void)state;
    struct chain_fees fees;
    (void)fails(fees_of_optimism("\"0x0001\"", &fees), &ERR_NODE_ANSWER, "");
}

static void test_an_oracle_that_reverts_stops_the_plan(void **state) {
    (void)state;
    struct chain_fees fees;
    (void)fails(fees_of_optimism("{\"code\":3,\"message\":\"execution reverted\"}", &fees),
                &ERR_NODE_ANSWER, "reverted");
}

static void test_other_chains_are_not_asked_for_it(void **state) {
    (void)state;
    struct chain_fees fees;
    stage_both("eth_maxPriorityFeePerGas", "\"0x1\"");
    stage_both("eth_gasPrice", "\"0x1\"");
    must(accounts()->fees(stage.chain, stage.arena, &fees)); /* a call would be answered by 6 */
    assert_int_equal(fees.below.coin + fees.below.token + fees.below.operator_fee, 0);
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
    /* Coin, of no sum. */
    for (size_t node = 0; node < 2; node++) {
        stage.nodes[node].answers[stage.nodes[node].answer_count - 1].words =
            "\"from\":\"0x0000000000000000000000000000000000000001\","
            "\"to\":\"0x0000000000000000000000000000000000000002\",\"value\":\"0x0\"}";
    }
    move.token = NULL;
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
        TEST(test_a_chain_of_the_op_stack_says_what_bytes_and_its_operator_cost),
        TEST(test_bytes_that_are_dear_below_do_not_stop_the_plan),
        TEST(test_a_chain_without_that_oracle_takes_nothing),
        TEST(test_an_oracle_that_talks_nonsense_stops_the_plan),
        TEST(test_an_oracle_that_reverts_stops_the_plan),
        TEST(test_other_chains_are_not_asked_for_it),
        TEST(test_coin_nonce_and_tokens_are_asked_for_in_batches),
        TEST(test_a_transaction_that_waits_is_told),
        TEST(test_a_balance_that_is_no_word_is_no_balance),
        TEST(test_the_gas_of_a_transfer_is_the_nodes_estimate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
