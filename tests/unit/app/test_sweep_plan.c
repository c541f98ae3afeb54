/* SPDX-License-Identifier: MIT */
/* Which addresses a plan looks at, and what it says of them, over a chain that says what it is told
 * to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/ledger.h"
#include "app/sweep_plan.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "support/app_fixture.h"
#include "support/money.h"

enum { INDEXES = 8, ANVIL_CHAIN_ID = 31337 };

#define USDT_CONTRACT "0x5FbDB2315678afecb367f032d93F642f64180aa3"

/* What each index of the wallet holds. */
struct bank {
    struct chain chain;
    struct script programs[INDEXES];
    struct amount coins[INDEXES];
    struct amount tokens[INDEXES];
    bool is_blocked[INDEXES];
    size_t asked;
};

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    (void)chain;
    (void)arena;
    *ret_fees = (struct chain_fees){.block = {.height = 77},
                                    .has_base_fee = true,
                                    .base_fee = 1000000000,
                                    .priority_fee = 500000000};
    return RESULT_OK;
}

static size_t index_of(const struct bank *bank, const struct script *program) {
    for (size_t i = 0; i < INDEXES; i++) {
        if (script_eq(&bank->programs[i], program)) {
            return i;
        }
    }
    fail_msg("a stranger's address was asked for");
    return 0;
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    (void)arena;
    struct bank *bank = (struct bank *)chain;
    for (size_t i = 0; i < wanted->count; i++) {
        size_t at = index_of(bank, &wanted->programs[i]);
        ret_holdings[i] = (struct chain_holding){.coin = bank->coins[at], .nonce = at};
        if (wanted->token_count > 0) {
            ret_holdings[i].tokens[0] = bank->tokens[at];
        }
        bank->asked++;
    }
    return RESULT_OK;
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    (void)arena;
    const struct bank *bank = (const struct bank *)chain;
    ENSURE(!bank->is_blocked[index_of(bank, &move->from)], ERR_NODE_ANSWER);
    *ret_effort = 40000;
    return RESULT_OK;
}

static const struct chain_account_ops account_ops = {fees, holdings, effort};
static const struct chain_ops bank_ops = {.accounts = &account_ops};

struct stage {
    struct app_fixture *fixture;
    struct followed_network eth;
    struct bank bank;
    struct wallet_add *wallet;
    int64_t invoices;
    int64_t payments;
};

/* ---- rows */

struct paid {
    struct stage *stage;
    struct address_row address;
    const char *asset;
    bool is_inflow;
};

static struct result put_paid(void *input, struct ledger *ledger) {
    struct paid *paid = input;
    struct stage *stage = paid->stage;
    struct store_conn *conn = ledger_conn(ledger);
    if (paid->address.kind == ADDRESS_INVOICE) {
        struct invoice_row invoice = {.id = 1000 + stage->invoices,
                                      .shop_id = stage->wallet->wallet.shop_id,
                                      .status = INVOICE_CREATED,
                                      .price = money("USD", "25"),
                                      .price_usd = money("USD", "25"),
                                      .underpaid_tolerance = STR("0"),
                                      .overpaid_tolerance = STR("0"),
                                      .created_at_ms = FIXTURE_NOW_MS,
                                      .expires_at_ms = FIXTURE_NOW_MS + 1000};
        paid->address.invoice_id = invoice.id;
        TRY(ledger_insert_invoice(ledger, &invoice));
    }
    TRY(store_address_insert(conn, &paid->address, &paid->address.id));
    if (paid->is_inflow) {
        struct native_inflow_row inflow = {.address_id = paid->address.id,
                                           .network = stage->eth.network,
                                           .amount = money("ETH", "1")};
        return store_native_inflow_put(conn, &inflow);
    }
    struct payment_row payment = {.network = stage->eth.network,
                                  .ordinal = (uint32_t)stage->payments,
                                  .address_id = paid->address.id,
                                  .invoice_id = paid->address.invoice_id,
                                  .amount = money(paid->asset, "1"),
                                  .state = PAYMENT_CONFIRMED,
                                  .height = 5,
                                  .matures_height = 5};
    int64_t id;
    return store_payment_insert(conn, &payment, &id);
}

/* An address of the wallet that money came to, once. */
static void pay(struct stage *stage, uint32_t index, enum address_kind kind, const char *asset) {
    static const struct use_case put = {.name = "put", .job_class = JOB_REQUEST, .apply = put_paid};
    struct paid *paid = ARENA_NEW(stage->fixture->arena, struct paid);
    bool has_option = kind != ADDRESS_QUARANTINED;
    stage->invoices++;
    stage->payments++;
    *paid = (struct paid){.stage = stage, .asset = asset, .is_inflow = asset == NULL};
    paid->address = (struct address_row){
        .kind = kind,
        .network = stage->eth.network,
        .program = stage->bank.programs[index],
        .asset = has_option ? money_asset("ETH") : NULL,
        .due = has_option ? money("ETH", "0.01") : (struct amount){0},
        .wallet_id = stage->wallet->wallet_id,
        .account_key_id = stage->wallet->account_key_id,
        .address_index = index,
        .issued_at_ms = FIXTURE_NOW_MS,
    };
    fixture_run(stage->fixture, &put, paid);
}

static struct sweep_plan plan_of(struct stage *stage, const char *asset) {
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id,
                                       .asset = asset == NULL ? NULL : money_asset(asset)};
    struct sweep_plan plan;
    assert_true(
        result_is_ok(sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan)));
    return plan;
}

static int set_up(void **state) {
    struct stage *stage = calloc(1, sizeof *stage);
    stage->fixture = app_fixture_new();
    stage->eth.network = network_by_key(STR("eth"));
    stage->eth.chain_name = "regtest";
    stage->eth.chain_id = ANVIL_CHAIN_ID;
    stage->eth.confirmations = confirmation_tiers_default(stage->eth.network);
    stage->eth.operators_chain = &stage->bank.chain;
    struct token token;
    assert_true(result_is_ok(
        token_from_text(stage->eth.network, STR("USDT_ERC20"), STR(USDT_CONTRACT ":6"), &token)));
    assert_true(result_is_ok(token_list_put(&stage->eth.tokens, &token)));
    assert_int_equal(pthread_mutex_init(&stage->eth.lock, NULL), 0);
    struct networks *networks = &stage->fixture->app.networks;
    networks->followed[networks->count++] = &stage->eth;
    stage->bank.chain = (struct chain){.ops = &bank_ops, .network = stage->eth.network};
    const struct shop_row row = {.name = STR("Shop")};
    struct fixture_shop shop = fixture_add_bare_shop(stage->fixture, &row);
    stage->wallet = ARENA_NEW(stage->fixture->arena, struct wallet_add);
    struct wallet_wanted wallet = {.shop_id = shop.id,
                                   .network = stage->eth.network,
                                   .text = STR(FIXTURE_TPUB),
                                   .type = ACCOUNT_TYPE_UNSAID};
    assert_true(result_is_ok(
        wallet_prepare(&stage->fixture->app, stage->fixture->arena, &wallet, stage->wallet)));
    fixture_run(stage->fixture, &wallet_add_use_case, stage->wallet);
    for (uint32_t i = 0; i < INDEXES; i++) {
        assert_true(
            result_is_ok(account_script_at(&stage->wallet->account, i, &stage->bank.programs[i])));
        stage->bank.coins[i] = money("ETH", "0");
        stage->bank.tokens[i] = money("USDT_ERC20", "0");
    }
    *state = stage;
    return 0;
}

static int tear_down(void **state) {
    struct stage *stage = *state;
    app_fixture_free(stage->fixture);
    free(stage);
    return 0;
}

/* ---- the tests */

static void test_what_was_paid_is_looked_at_and_what_is_there_is_planned(void **state) {
    struct stage *stage = *state;
    pay(stage, 1, ADDRESS_INVOICE, "ETH");
    pay(stage, 2, ADDRESS_INVOICE, "ETH"); /* swept already */
    pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
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

static void test_coin_that_no_transfer_showed_is_looked_for_too(void **state) {
    struct stage *stage = *state;
    pay(stage, 1, ADDRESS_STATIC, "ETH");
    pay(stage, 2, ADDRESS_INVOICE, NULL);
    stage->bank.coins[2] = money("ETH", "1");
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(stage->bank.asked, 2);
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 2);
}

static void test_an_address_without_an_option_is_moved_like_any_other(void **state) {
    struct stage *stage = *state;
    pay(stage, 4, ADDRESS_QUARANTINED, "ETH");
    stage->bank.coins[4] = money("ETH", "1");
    struct sweep_plan plan = plan_of(stage, NULL);
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.entries[0].row.address_index, 4);
}

static void test_an_address_that_is_not_the_wallets_stops_the_plan(void **state) {
    struct stage *stage = *state;
    stage->bank.programs[5].bytes[0] ^= 1;
    pay(stage, 5, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[5] = money("ETH", "1");
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id};
    struct sweep_plan plan;
    assert_ptr_equal(
        sweep_plan_make(&stage->fixture->app, stage->fixture->arena, &wanted, &plan).code,
        &ERR_ADDRESS_TAMPERED);
}

static void test_a_plan_goes_on_where_another_one_ended(void **state) {
    struct stage *stage = *state;
    pay(stage, 1, ADDRESS_INVOICE, "ETH");
    pay(stage, 2, ADDRESS_INVOICE, "ETH");
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
    pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
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
        pay(stage, i, ADDRESS_INVOICE, "USDT_ERC20");
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
    pay(stage, 1, ADDRESS_INVOICE, "ETH");
    pay(stage, 3, ADDRESS_INVOICE, "USDT_ERC20");
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
    pay(stage, 1, ADDRESS_INVOICE, "ETH");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_paid_is_looked_at_and_what_is_there_is_planned),
        TEST(test_coin_that_no_transfer_showed_is_looked_for_too),
        TEST(test_an_address_without_an_option_is_moved_like_any_other),
        TEST(test_an_address_that_is_not_the_wallets_stops_the_plan),
        TEST(test_a_plan_goes_on_where_another_one_ended),
        TEST(test_a_token_that_its_contract_holds_back_is_left),
        TEST(test_a_blocked_address_holds_back_no_other),
        TEST(test_a_plan_for_one_asset_leaves_the_others_out),
        TEST(test_a_token_that_is_not_there_holds_back_no_coin),
        TEST(test_what_cannot_be_planned_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
