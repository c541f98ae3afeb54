/* SPDX-License-Identifier: MIT */
/* Which addresses a plan looks at, and what it says of them, over a chain that says what it is told
 * to. */

#include "app/sweep_plan.h"
#include "bank_stage.h"
#include "base/arena.h"
#include "core/error.h"

static struct sweep_plan plan_of(struct stage *stage, const char *asset) {
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id,
                                       .asset = asset == NULL ? NULL : money_asset(asset)};
    struct sweep_plan plan;
    assert_true(
        result_is_ok(sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan)));
    return plan;
}

/* ---- the tests */

static void test_what_was_paid_is_looked_at_and_what_is_there_is_planned(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    bank_pay(stage, 2, ADDRESS_INVOICE, "ETH"); /* swept already */
    bank_pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
    stage->bank.coins[1] = money("ETH", "1");
    stage->bank.tokens[3] = money("USDT_ERC20", "20");
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.looked_at, 3);
    assert_int_equal(plan.entry_count, 2);
    assert_false(plan.more);
    /* The latest payment first; 2 x 1 gwei + 0.5. */
    assert_int_equal(plan.max_fee_per_gas, 2500000000);
    assert_int_equal(plan.token_efforts[0], 50000);
    const struct sweep_entry *token = &plan.entries[0];
    assert_int_equal(token->row.address_index, 3);
    assert_string_equal(str_to_c(stage->fixture->arena, token->path), "0/3");
    assert_true(amount_eq(token->account.top_up, money("ETH", "0.000125")));
    const struct sweep_entry *coin = &plan.entries[1];
    assert_int_equal(coin->nonce, 1);
    assert_true(amount_eq(coin->account.lines[0].amount, money("ETH", "0.9999475")));
    assert_string_equal(str_to_c(stage->fixture->arena, plan.account_path), "m/44'/60'/0'");
    assert_false(plan.account_path_said);
}

/* 21000 and 50000 of gas for 2.5 gwei; the bytes twice; the operator's fee rounded up. */
static void test_what_the_chain_below_takes_is_in_the_fees(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    bank_pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
    stage->bank.coins[1] = money("ETH", "1");
    stage->bank.tokens[3] = money("USDT_ERC20", "20");
    stage->bank.below = (struct chain_below_fees){.coin = 1000000000000,
                                                  .token = 3000000000000,
                                                  .operator_fee = 7,
                                                  .operator_fee_of_million = 1000001};
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_true(amount_eq(plan.terms.coin_fee, money("ETH", "0.000054500000021008")));
    assert_true(amount_eq(plan.terms.token_fees[0], money("ETH", "0.000131000000050008")));
    assert_true(amount_eq(plan.entries[0].account.top_up, money("ETH", "0.000131000000050008")));
    assert_true(
        amount_eq(plan.entries[1].account.lines[0].amount, money("ETH", "0.999945499999978992")));
}

static void test_coin_takes_the_gas_that_its_receiver_takes(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[1] = money("ETH", "1");
    stage->bank.coin_gas = 28000;
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.coin_effort, 35000);
    assert_true(amount_eq(plan.terms.coin_fee, money("ETH", "0.0000875")));
    assert_true(amount_eq(plan.entries[0].account.lines[0].amount, money("ETH", "0.9999125")));
    stage->bank.coin_gas = 20999; /* no transaction takes less */
    assert_int_equal(plan_of(stage, NULL).coin_effort, 21000);
    stage->bank.refuses_coin = true; /* without a sum; nobody knows what it does with one */
    assert_int_equal(plan_of(stage, NULL).coin_effort, 21000);
}

static void test_coin_that_no_transfer_showed_is_looked_for_too(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_STATIC, "ETH");
    bank_pay(stage, 2, ADDRESS_INVOICE, NULL);
    stage->bank.coins[2] = money("ETH", "1");
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(stage->bank.asked, 2);
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 2);
}

static void test_an_address_without_an_option_is_moved_like_any_other(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 4, ADDRESS_QUARANTINED, "ETH");
    stage->bank.coins[4] = money("ETH", "1");
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 4);
}

static void test_an_address_that_is_not_the_wallets_stops_the_plan(void **state) {
    struct stage *stage = *state;
    stage->bank.programs[5].bytes[0] ^= 1;
    bank_pay(stage, 5, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[5] = money("ETH", "1");
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id};
    struct sweep_plan plan;
    assert_ptr_equal(
        sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan).code,
        &ERR_ADDRESS_TAMPERED);
}

static void test_a_plan_goes_on_where_another_one_ended(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    bank_pay(stage, 2, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[1] = money("ETH", "1");
    stage->bank.coins[2] = money("ETH", "1");
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id, .start = 1};
    struct sweep_plan plan;
    assert_true(
        result_is_ok(sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan)));
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 1);
    assert_false(plan.more);
}

static void test_a_token_that_its_contract_holds_back_is_left(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
    stage->bank.tokens[3] = money("USDT_ERC20", "20");
    stage->bank.is_blocked[3] = true;
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.entries[0].account.lines[0].verdict, SWEEP_REFUSED);
    assert_true(amount_is_zero(plan.entries[0].account.top_up));
}

/* Whoever pays with money that its issuer then blocks keeps only that back. */
static void test_a_blocked_address_holds_back_no_other(void **state) {
    struct stage *stage = *state;
    for (uint32_t i = 1; i < 4; i++) {
        bank_pay(stage, i, ADDRESS_INVOICE, "USDT_ERC20");
        stage->bank.tokens[i] = money("USDT_ERC20", "20");
    }
    stage->bank.is_blocked[3] = true; /* the latest, which is looked at first */
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.entry_count, 3);
    assert_int_equal(plan.entries[0].row.address_index, 3);
    assert_int_equal(plan.entries[0].account.lines[0].verdict, SWEEP_REFUSED);
    assert_int_equal(plan.entries[1].account.lines[0].verdict, SWEEP_MOVE);
    assert_int_equal(plan.entries[2].account.lines[0].verdict, SWEEP_MOVE);
    assert_int_equal(plan.token_efforts[0], 50000);
}

static void test_a_plan_for_one_asset_leaves_the_others_out(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    bank_pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
    stage->bank.coins[1] = money("ETH", "1");
    stage->bank.tokens[3] = money("USDT_ERC20", "20");
    struct sweep_plan plan = plan_of(stage, "USDT_ERC20");
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].account.line_count, 1);
    plan = plan_of(stage, "ETH");
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 1);
}

static void test_a_token_that_is_not_there_holds_back_no_coin(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[1] = money("ETH", "1");
    network_set_token_fault(&stage->eth, money_asset("USDT_ERC20"), CHAIN_TOKEN_MISSING);
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.terms.token_count, 0); /* balanceOf would fail, and the plan with it */
    assert_int_equal(plan.entry_count, 1);
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id,
                                       .asset = money_asset("USDT_ERC20")};
    struct result made =
        sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan);
    assert_ptr_equal(made.code, &ERR_FIELD_INVALID);
    assert_non_null(strstr(result_text(made), "knows no contract"));
}

static void test_nothing_is_swept_to_an_address_that_was_given_out(void **state) {
    struct stage *stage = *state;
    bank_pay(stage, 1, ADDRESS_INVOICE, "ETH");
    struct address_text text;
    struct sweep_plan plan;
    for (uint32_t i = 1; i < 3; i++) {
        assert_true(result_is_ok(account_address_at(&stage->wallet->account, i, &text)));
        struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id,
                                           .to = address_str(&text)};
        struct result made =
            sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan);
        assert_ptr_equal(made.code, i == 1 ? &ERR_FIELD_INVALID : NULL);
        assert_true(i == 2 || strstr(result_text(made), "was given to a payer") != NULL);
    }
}

static void test_what_cannot_be_planned_is_said(void **state) {
    struct stage *stage = *state;
    struct arena *arena = stage->fixture->arena;
    const struct app *app = &stage->fixture->app;
    struct sweep_plan plan;
    struct sweep_plan_wanted wanted = {.wallet_id = 4711};
    assert_ptr_equal(sweep_plan_make(app, arena, &wanted, &plan).code, &ERR_NOT_FOUND);
    wanted.wallet_id = stage->wallet->wallet_id;
    wanted.asset = money_asset("LTC");
    assert_ptr_equal(sweep_plan_make(app, arena, &wanted, &plan).code, &ERR_FIELD_INVALID);
    wanted.asset = NULL;
    wanted.to = STR("0x1234");
    assert_ptr_equal(sweep_plan_make(app, arena, &wanted, &plan).code, &ERR_ADDRESS_INVALID);
    wanted.to = STR("");
    struct network_health blind = {.blind = true, .reason = "no node"};
    network_health_set(&stage->eth, &blind);
    assert_ptr_equal(sweep_plan_make(app, arena, &wanted, &plan).code, &ERR_NETWORK_NOT_READY);
    stage->eth.operators_chain = NULL;
    assert_ptr_equal(sweep_plan_make(app, arena, &wanted, &plan).code, &ERR_SWEEP_UNPLANNABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bank_set_up, bank_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_paid_is_looked_at_and_what_is_there_is_planned),
        TEST(test_what_the_chain_below_takes_is_in_the_fees),
        TEST(test_coin_takes_the_gas_that_its_receiver_takes),
        TEST(test_coin_that_no_transfer_showed_is_looked_for_too),
        TEST(test_an_address_without_an_option_is_moved_like_any_other),
        TEST(test_an_address_that_is_not_the_wallets_stops_the_plan),
        TEST(test_a_plan_goes_on_where_another_one_ended),
        TEST(test_a_token_that_its_contract_holds_back_is_left),
        TEST(test_a_blocked_address_holds_back_no_other),
        TEST(test_a_plan_for_one_asset_leaves_the_others_out),
        TEST(test_a_token_that_is_not_there_holds_back_no_coin),
        TEST(test_nothing_is_swept_to_an_address_that_was_given_out),
        TEST(test_what_cannot_be_planned_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
