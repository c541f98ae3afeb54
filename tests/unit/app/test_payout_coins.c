/* SPDX-License-Identifier: MIT */
/* Which key spends a coin: the wallet's if it makes the coin's address, else that of the wallet the
 * address was made for; an address that neither makes was changed by somebody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/ledger.h"
#include "app/payout_coins.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "support/app_fixture.h"
#include "support/money.h"

#define PLAIN  "wpkh(" FIXTURE_TPUB "/0/*)"
#define ORIGIN "wpkh([d34db33f/84h/1h/0h]" FIXTURE_TPUB "/0/*)"
#define NESTED "sh(" PLAIN ")"

enum { INDEX = 3, EARNED_HEIGHT = 5, TIP_HEIGHT = 500 };

struct stage {
    struct app_fixture *fixture;
    struct fixture_shop shop;
    struct script program; /* of the one coin there is */
};

static struct stage stage;

/* The node knows the coin as the store does. */
static struct result find(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                          struct chain_coin *ret_coin) {
    (void)chain;
    (void)arena;
    (void)outpoint;
    *ret_coin = (struct chain_coin){.state = COIN_UNSPENT,
                                    .amount = money("LTC", "3"),
                                    .program = stage.program,
                                    .confirmations = TIP_HEIGHT - EARNED_HEIGHT + 1};
    return RESULT_OK;
}

static const struct chain_coin_ops coin_ops = {.find = find};
static const struct chain_ops chain_ops = {.coins = &coin_ops};

static const struct network *ltc(void) {
    return stage.fixture->ltc.network;
}

static struct wallet_add *add_wallet(const char *text) {
    struct wallet_add *add = ARENA_NEW(stage.fixture->arena, struct wallet_add);
    const struct wallet_wanted wallet = {.shop_id = stage.shop.id,
                                         .network = ltc(),
                                         .text = str_from_c(text),
                                         .type = ACCOUNT_TYPE_UNSAID};
    assert_true(
        result_is_ok(wallet_prepare(&stage.fixture->app, stage.fixture->arena, &wallet, add)));
    fixture_run(stage.fixture, &wallet_add_use_case, add);
    return add;
}

static struct result put_coin(void *input, struct ledger *ledger) {
    const struct wallet_add *wallet = input;
    struct address_row address = {.kind = ADDRESS_QUARANTINED,
                                  .network = ltc(),
                                  .program = stage.program,
                                  .wallet_id = wallet->wallet_id,
                                  .account_key_id = wallet->account_key_id,
                                  .address_index = INDEX,
                                  .issued_at_ms = FIXTURE_NOW_MS};
    TRY(store_address_insert(ledger_conn(ledger), &address, &address.id));
    struct payment_row payment = {.network = ltc(),
                                  .address_id = address.id,
                                  .amount = money("LTC", "3"),
                                  .state = PAYMENT_CONFIRMED,
                                  .height = EARNED_HEIGHT,
                                  .matures_height = EARNED_HEIGHT};
    int64_t id;
    return store_payment_insert(ledger_conn(ledger), &payment, &id);
}

/* At the address that the wallet has at `index`, although its row says INDEX. */
static void earn(struct wallet_add *wallet, uint32_t index) {
    static const struct use_case put = {.name = "put", .job_class = JOB_REQUEST, .apply = put_coin};
    assert_true(result_is_ok(account_script_at(&wallet->account, index, &stage.program)));
    fixture_run(stage.fixture, &put, wallet);
}

static struct result gather(const struct wallet_add *with, struct payout_coins *ret_coins) {
    struct chain chain = {.ops = &chain_ops, .network = ltc()};
    struct store_conn *reader;
    assert_true(result_is_ok(store_reader_open(stage.fixture->app.store, &reader)));
    struct wallet_row wallet = with->wallet;
    wallet.id = with->wallet_id;
    wallet.account_key_id = with->account_key_id;
    struct block_header tip = {.height = TIP_HEIGHT};
    struct payout_coins_wanted wanted = {.app = &stage.fixture->app,
                                         .reader = reader,
                                         .chain = &chain,
                                         .wallet = &wallet,
                                         .account = &with->account,
                                         .tip = &tip,
                                         .shop_id = stage.shop.id};
    struct spend spend;
    spend_init(&spend, money_asset("LTC"), 1000);
    assert_true(result_is_ok(spend_pay(&spend, &stage.program, money("LTC", "1"))));
    struct result gathered = payout_coins_gather(&wanted, stage.fixture->arena, &spend, ret_coins);
    store_reader_close(reader);
    return gathered;
}

static struct spend_coin coin_for(const struct wallet_add *with) {
    struct payout_coins coins;
    struct result gathered = gather(with, &coins);
    assert_string_equal(result_text(gathered), "ok");
    assert_int_equal(coins.count, 1);
    return coins.coins[0];
}

static int set_up(void **state) {
    (void)state;
    stage = (struct stage){.fixture = app_fixture_new()};
    const struct shop_row shop = {.name = STR("Shop")};
    stage.shop = fixture_add_bare_shop(stage.fixture, &shop);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    app_fixture_free(stage.fixture);
    return 0;
}

static void test_a_coin_is_spent_by_the_wallet_that_knows_where_its_key_comes_from(void **state) {
    (void)state;
    struct wallet_add *before = add_wallet(PLAIN);
    earn(before, INDEX);
    struct spend_coin coin = coin_for(add_wallet(ORIGIN));
    assert_int_equal(coin.type, ACCOUNT_P2WPKH);
    assert_memory_equal(coin.place.fingerprint, "\xd3\x4d\xb3\x3f", FINGERPRINT_BYTES);
    assert_int_equal(coin.place.steps[coin.place.step_count - 1], INDEX);
}

static void test_a_coin_of_another_type_is_spent_as_its_own_wallet_says(void **state) {
    (void)state;
    struct wallet_add *before = add_wallet(PLAIN);
    earn(before, INDEX);
    struct wallet_add *now = add_wallet(NESTED);
    assert_int_equal(now->account_key_id, before->account_key_id);
    struct spend_coin coin = coin_for(now);
    assert_int_equal(coin.type, ACCOUNT_P2WPKH);
    assert_true(script_eq(&coin.row.program, &stage.program));
}

static void test_a_coin_at_an_address_that_no_wallet_makes_stops_the_payout(void **state) {
    (void)state;
    struct wallet_add *wallet = add_wallet(PLAIN);
    earn(wallet, INDEX + 1);
    struct payout_coins coins;
    assert_ptr_equal(gather(wallet, &coins).code, &ERR_ADDRESS_TAMPERED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_coin_is_spent_by_the_wallet_that_knows_where_its_key_comes_from),
        TEST(test_a_coin_of_another_type_is_spent_as_its_own_wallet_says),
        TEST(test_a_coin_at_an_address_that_no_wallet_makes_stops_the_payout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
