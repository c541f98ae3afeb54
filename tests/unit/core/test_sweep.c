/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rate.h"
#include "core/sweep.h"
#include "support/money.h"

static struct rate rate_of(const char *asset, const char *text) {
    struct rate rate;
    assert_true(
        result_is_ok(rate_from_text(money_asset(asset), fiat_usd(), str_from_c(text), 1, &rate)));
    return rate;
}

/* Moving a token costs 0.002 ETH, or 5 USD; moving the coin 0.0005. */
static struct sweep_terms terms_with(const struct rate *eth, const struct rate *usdt,
                                     const struct rate *usdc) {
    return (struct sweep_terms){
        .coin = money_asset("ETH"),
        .coin_fee = money("ETH", "0.0005"),
        .coin_rate = eth,
        .moves_coin = true,
        .token_count = 2,
        .token_fees = {money("ETH", "0.002"), money("ETH", "0.002")},
        .token_rates = {usdt, usdc},
    };
}

static struct sweep_account judge(const struct sweep_terms *terms, const char *coin,
                                  const char *usdt, const char *usdc) {
    struct amount tokens[] = {money("USDT_ERC20", usdt), money("USDC_ERC20", usdc)};
    struct sweep_holding holding = {.coin = money("ETH", coin), .tokens = tokens};
    struct sweep_account account;
    assert_true(result_is_ok(sweep_judge(terms, &holding, &account)));
    return account;
}

static void test_coin_is_moved_less_its_own_fee(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct sweep_account account = judge(&terms, "1.000000000000000001", "0", "0");
    assert_int_equal(account.line_count, 1);
    assert_int_equal(account.lines[0].token, SWEEP_COIN);
    assert_int_equal(account.lines[0].verdict, SWEEP_MOVE);
    assert_true(amount_eq(account.lines[0].amount, money("ETH", "0.999500000000000001")));
    assert_true(amount_is_zero(account.top_up));
}

static void test_coin_below_its_fee_is_left(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct sweep_account account = judge(&terms, "0.0005", "0", "0");
    assert_int_equal(account.lines[0].verdict, SWEEP_BELOW_FEE);
    assert_true(amount_eq(account.lines[0].amount, money("ETH", "0.0005")));
    account = judge(&terms, "0.000500000000000001", "0", "0");
    assert_int_equal(account.lines[0].verdict, SWEEP_MOVE);
    assert_true(amount_eq(account.lines[0].amount, money("ETH", "0.000000000000000001")));
}

static void test_tokens_come_first_and_the_coin_pays_for_them(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct sweep_account account = judge(&terms, "1", "100", "50");
    assert_int_equal(account.line_count, 3);
    assert_int_equal(account.lines[0].token, 0);
    assert_int_equal(account.lines[1].token, 1);
    assert_int_equal(account.lines[2].token, SWEEP_COIN);
    assert_true(amount_eq(account.lines[0].amount, money("USDT_ERC20", "100")));
    assert_true(amount_eq(account.lines[2].amount, money("ETH", "0.9955")));
    assert_true(amount_is_zero(account.top_up));
}

static void test_an_address_without_coin_needs_a_top_up(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct sweep_account account = judge(&terms, "0", "100", "0");
    assert_int_equal(account.line_count, 1);
    assert_true(amount_eq(account.top_up, money("ETH", "0.002")));
    /* What is there is used, and not moved. */
    account = judge(&terms, "0.0015", "100", "50");
    assert_int_equal(account.line_count, 2);
    assert_true(amount_eq(account.top_up, money("ETH", "0.0025")));
}

static void test_a_token_that_is_worth_less_than_its_fee_is_left(void **state) {
    (void)state;
    struct rate eth = rate_of("ETH", "2500");
    struct rate usdt = rate_of("USDT_ERC20", "1");
    struct rate usdc = rate_of("USDC_ERC20", "1");
    struct sweep_terms terms = terms_with(&eth, &usdt, &usdc);
    /* 5 USD with coin there, 6.25 with the top-up. */
    struct sweep_account account = judge(&terms, "1", "5", "4.99");
    assert_int_equal(account.lines[0].verdict, SWEEP_MOVE);
    assert_int_equal(account.lines[1].verdict, SWEEP_NOT_WORTH);
    assert_true(amount_eq(account.lines[2].amount, money("ETH", "0.9975")));
    account = judge(&terms, "0", "6.25", "6.24");
    assert_int_equal(account.lines[0].verdict, SWEEP_MOVE);
    assert_int_equal(account.lines[1].verdict, SWEEP_NOT_WORTH);
    assert_true(amount_eq(account.top_up, money("ETH", "0.002")));
    /* Without a rate the operator decides. */
    terms.coin_rate = NULL;
    account = judge(&terms, "0", "0.01", "0");
    assert_int_equal(account.lines[0].verdict, SWEEP_MOVE);
}

static void test_what_a_contract_refuses_costs_nothing(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    terms.token_refused[0] = true;
    struct sweep_account account = judge(&terms, "1", "100", "0");
    assert_int_equal(account.lines[0].verdict, SWEEP_REFUSED);
    assert_true(amount_eq(account.lines[1].amount, money("ETH", "0.9995")));
}

static void test_a_plan_for_one_token_leaves_the_coin_alone(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    terms.moves_coin = false;
    struct sweep_account account = judge(&terms, "1", "100", "0");
    assert_int_equal(account.line_count, 1);
    account = judge(&terms, "1", "0", "0");
    assert_int_equal(account.line_count, 0);
}

static void test_what_is_in_use_is_left_whole_and_asks_for_nothing(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct amount tokens[] = {money("USDT_ERC20", "0"), money("USDC_ERC20", "20")};
    struct sweep_holding holding = {.coin = money("ETH", "0.001"), .tokens = tokens};
    struct sweep_account account = sweep_leave(&terms, &holding);
    assert_int_equal(account.line_count, 2);
    assert_int_equal(account.lines[0].token, 1);
    assert_int_equal(account.lines[0].verdict, SWEEP_IN_USE);
    assert_int_equal(account.lines[1].token, SWEEP_COIN);
    assert_true(amount_eq(account.lines[1].amount, money("ETH", "0.001")));
    assert_true(amount_is_zero(account.top_up));
    assert_int_equal(sweep_move_count(&account), 0);
    terms.moves_coin = false;
    assert_int_equal(sweep_leave(&terms, &holding).line_count, 1);
}

static void test_what_is_moved_is_counted(void **state) {
    (void)state;
    struct sweep_terms terms = terms_with(NULL, NULL, NULL);
    struct sweep_account account = judge(&terms, "1", "5", "6");
    assert_int_equal(sweep_move_count(&account), 3);
    terms.token_refused[0] = true;
    account = judge(&terms, "1", "5", "6");
    assert_int_equal(account.line_count, 3);
    assert_int_equal(sweep_move_count(&account), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coin_is_moved_less_its_own_fee),
        cmocka_unit_test(test_coin_below_its_fee_is_left),
        cmocka_unit_test(test_tokens_come_first_and_the_coin_pays_for_them),
        cmocka_unit_test(test_an_address_without_coin_needs_a_top_up),
        cmocka_unit_test(test_a_token_that_is_worth_less_than_its_fee_is_left),
        cmocka_unit_test(test_what_a_contract_refuses_costs_nothing),
        cmocka_unit_test(test_a_plan_for_one_token_leaves_the_coin_alone),
        cmocka_unit_test(test_what_is_in_use_is_left_whole_and_asks_for_nothing),
        cmocka_unit_test(test_what_is_moved_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
