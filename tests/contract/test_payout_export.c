/* SPDX-License-Identifier: MIT */
/* Payouts as transactions to sign, over a node that says what a test wants it to. */
#include <string.h>

#include "api_client.h"
#include "app/block_undo.h"
#include "app/payout_export.h"
#include "app/payout_finish.h"
#include "app/payout_record.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"
#include "ports/store.h"
#include "ports/store_payment.h"
#include "ports/store_payout.h"

enum { COINS_MAX = 8, DAY_MS = 24 * 3600 * 1000, RIPE_BLOCKS = 6 };

static const struct shop_row wanted_shop = {.name = STR("Demo")};

/* ---- the node */

struct known_coin {
    struct txid txid;
    struct chain_coin coin;
};

static struct node {
    struct chain chain; /* first */
    struct app_fixture *fixture;
    struct known_coin coins[COINS_MAX];
    size_t coin_count;
    size_t asked;
    uint64_t fee_rate;  /* 0: no estimate */
    bool has_no_blocks; /* they are pruned */
    size_t takes_bytes; /* to read a transaction */
    bool is_ahead;
} node;

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    (void)chain;
    (void)arena;
    *ret_tip = (struct block_header){.height = node.fixture->height, .hash = node.fixture->tip};
    ret_tip->hash.bytes[31] ^= node.is_ahead ? 1 : 0;
    return RESULT_OK;
}

static struct result find(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                          struct chain_coin *ret_coin) {
    (void)chain;
    (void)arena;
    node.asked++;
    *ret_coin = (struct chain_coin){.state = COIN_SPENT};
    for (size_t i = 0; i < node.coin_count; i++) {
        if (txid_eq(node.coins[i].txid, outpoint.txid) && outpoint.vout == 0) {
            *ret_coin = node.coins[i].coin;
        }
    }
    return RESULT_OK;
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes) {
    (void)chain;
    (void)txid;
    (void)block;
    if (node.has_no_blocks) {
        return result_failf(arena, &ERR_NODE_ANSWER, "block not available (pruned)");
    }
    (void)arena_alloc(arena, node.takes_bytes + 1);
    static const uint8_t bytes[] = {1, 2, 3};
    *ret_bytes = BYTES_OF(bytes);
    return RESULT_OK;
}

static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    (void)chain;
    (void)arena;
    assert_int_equal(blocks, FEE_TARGET_BLOCKS);
    ENSURE(node.fee_rate != 0, ERR_FEE_RATE_NEEDED);
    *ret_fee_rate = node.fee_rate;
    return RESULT_OK;
}

static const struct chain_coin_ops coin_ops = {find, transaction, fee_rate};
static const struct chain_ops ops = {.tip = tip, .coins = &coin_ops};

/* ---- a shop that earns and pays out */

struct payer {
    struct app_fixture *fixture;
    struct fixture_shop shop;
};

static struct payer a_payer(struct app_fixture *fixture) {
    node =
        (struct node){.chain = {.ops = &ops, .network = fixture->ltc.network}, .fixture = fixture};
    fixture->ltc.operators_chain = &node.chain;
    return (struct payer){fixture, fixture_add_shop(fixture, &wanted_shop)};
}

/* A paid invoice, its coin ripe. */
static struct known_coin *earn(const struct payer *payer, const char *amount) {
    struct app_fixture *fixture = payer->fixture;
    struct answer made = create_as(fixture, &payer->shop, FORM_BODY,
                                   "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    const struct fixture_payment payment = {value(fixture, &made, "result.address"), amount};
    fixture_mine(fixture, &payment, 1);
    struct known_coin *known = &node.coins[node.coin_count++];
    *known = (struct known_coin){.coin = {.state = COIN_UNSPENT, .confirmations = 100}};
    u32_store_be(known->txid.bytes, 1);
    u64_store_be(known->txid.bytes + 24, (uint64_t)fixture->height);
    const struct chain_params *params = chain_params_by_name(STR("ltc"), STR("regtest"));
    assert_true(
        result_is_ok(address_decode(params, str_from_c(payment.address), &known->coin.program)));
    assert_true(result_is_ok(
        amount_from_text(asset_by_code(STR("LTC")), str_from_c(amount), &known->coin.amount)));
    for (int i = 1; i < RIPE_BLOCKS; i++) {
        fixture_mine(fixture, NULL, 0);
    }
    return known;
}

static int64_t ask_for(const struct payer *payer, const char *amount) {
    struct app_fixture *fixture = payer->fixture;
    const char *key = fixture_add_key(fixture, &payer->shop, KEY_SCOPE_PAYOUT, NULL);
    struct answer answer = post(
        fixture, "/v2/invoice/api/out/create", arena_printf(fixture->arena, "Token %s", key),
        FORM_BODY,
        arena_printf(fixture->arena,
                     "currency_code=LTC&to_address=rltc1q6rz28mcfaxtmd6v789l9rrlrusdprr9puuzgkg"
                     "&amount=%s",
                     amount));
    assert_int_equal(answer.status, 200);
    int64_t id;
    assert_true(result_is_ok(app_invoice_id_parse(
        &fixture->app, str_from_c(value(fixture, &answer, "result.uuid")), &id)));
    return id;
}

static struct result export(const struct payer *payer, const int64_t *ids, size_t count,
                            const char *rate, struct payout_export *ret_export) {
    struct payout_export_wanted wanted = {.payout_ids = ids, .count = count};
    if (rate != NULL) {
        assert_true(result_is_ok(fee_rate_from_text(str_from_c(rate), &wanted.fee_rate)));
    }
    return payout_export_make(&payer->fixture->app, payer->fixture->arena, &wanted, ret_export);
}

static struct payout_export exported(const struct payer *payer, int64_t id) {
    struct payout_export made;
    struct result done = export(payer, &id, 1, "1", &made);
    assert_string_equal(result_text(done), "ok");
    return made;
}

static void assert_export_refused(const struct payer *payer, int64_t id,
                                  const struct error_code *code, const char *words) {
    struct payout_export made;
    struct result refused = export(payer, &id, 1, "1", &made);
    assert_ptr_equal(refused.code, code);
    if (strstr(result_text(refused), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", result_text(refused), words);
    }
}

static void finish(const struct payer *payer, int64_t id, enum payout_status status) {
    struct payout_finish finish = {.payout_id = id, .status = status, .note = STR("")};
    fixture_run(payer->fixture, &payout_finish_use_case, &finish);
}

/* After the undo of a block. */
static void take_tip(struct app_fixture *fixture) {
    struct store_conn *reader;
    struct block_header header;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(store_block_tip(reader, fixture->ltc.network, &header)));
    reader_give(fixture->service.readers, reader);
    fixture->height = header.height;
    fixture->tip = header.hash;
}

/* ---- tests */

static void test_the_largest_coin_pays_and_the_sums_are_exact(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "0.5");
    const struct known_coin *large = earn(&payer, "3");
    struct payout_export made = exported(&payer, ask_for(&payer, "1"));
    assert_int_equal(made.coin_count, 1);
    assert_true(txid_eq(made.coins[0].row.txid, large->txid));
    struct amount sum;
    assert_true(result_is_ok(amount_add(made.paid, made.fee, &sum)));
    assert_true(result_is_ok(amount_add(sum, made.change, &sum)));
    assert_true(amount_eq(sum, large->coin.amount));
    assert_int_equal(made.vsize, 141);
    assert_true(made.change_address.len > 0);
    assert_memory_equal(made.psbt.ptr, "psbt\xff", 5);
    assert_int_equal(node.asked, 1);
}

static void test_what_the_node_estimates_is_the_rate(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    struct payout_export made;
    assert_ptr_equal(export(&payer, &id, 1, NULL, &made).code, &ERR_FEE_RATE_NEEDED);
    node.fee_rate = 12345;
    assert_true(result_is_ok(export(&payer, &id, 1, NULL, &made)));
    assert_int_equal(made.fee_rate, 12345);
    node.fee_rate = FEE_RATE_MAX + 1;
    assert_ptr_equal(export(&payer, &id, 1, NULL, &made).code, &ERR_FEE_RATE_NEEDED);
}

static void test_what_the_node_does_not_confirm_is_not_spent(void **state) {
    struct payer payer = a_payer(*state);
    struct known_coin *coin = earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    const struct chain_coin good = coin->coin;
    coin->coin.state = COIN_CLAIMED;
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "0 LTC are there to spend");
    coin->coin = good;
    coin->coin.confirmations = RIPE_BLOCKS - 1;
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    coin->coin.confirmations = 99;
    coin->coin.coinbase = true;
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    coin->coin = good;
    coin->coin.amount = amount_from_u64(good.amount.asset, 1);
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    coin->coin = good;
    coin->coin.program.bytes[5] ^= 1;
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    coin->coin = good;
    node.is_ahead = true;
    assert_export_refused(&payer, id, &ERR_NODE_NOT_READY, "ask again in a moment");
    node.is_ahead = false;
    (void)exported(&payer, id);
}

static void test_a_spent_coin_is_asked_after_once_until_a_block_is_undone(void **state) {
    struct payer payer = a_payer(*state);
    struct known_coin *coin = earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    coin->coin.state = COIN_SPENT;
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    assert_export_refused(&payer, id, &ERR_FUNDS_INSUFFICIENT, "lacking");
    assert_int_equal(node.asked, 1);
    struct block_undo undo = {.network = payer.fixture->ltc.network,
                              .tip = {payer.fixture->height, payer.fixture->tip}};
    fixture_run(payer.fixture, &block_undo_use_case, &undo);
    take_tip(payer.fixture);
    fixture_mine(payer.fixture, NULL, 0);
    coin->coin.state = COIN_UNSPENT;
    (void)exported(&payer, id);
}

static void test_each_shop_pays_with_its_own_coins(void **state) {
    struct payer payer = a_payer(*state);
    struct payer other = {payer.fixture, fixture_add_shop(payer.fixture, &wanted_shop)};
    (void)earn(&other, "30"); /* to a wallet with the same key */
    (void)earn(&payer, "0.5");
    int64_t ids[] = {ask_for(&payer, "1"), ask_for(&other, "1")};
    assert_export_refused(&payer, ids[0], &ERR_FUNDS_INSUFFICIENT, "0.5 LTC are there to spend");
    struct payout_export made;
    assert_ptr_equal(export(&payer, ids, 2, "1", &made).code, &ERR_PAYOUT_MIXED);
    ids[1] = ids[0];
    assert_ptr_equal(export(&payer, ids, 2, "1", &made).code, &ERR_FIELD_INVALID);
}

static void test_the_wallet_of_another_shop_pays_nothing(void **state) {
    struct payer payer = a_payer(*state);
    struct payer other = {payer.fixture, fixture_add_shop(payer.fixture, &wanted_shop)};
    (void)earn(&other, "30");
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    int64_t theirs = ask_for(&other, "1");
    struct payout_export_wanted wanted = {.payout_ids = &theirs, .count = 1, .fee_rate = 1000};
    struct payout_export made;
    const struct app *app = &payer.fixture->app;
    assert_true(result_is_ok(payout_export_make(app, payer.fixture->arena, &wanted, &made)));
    wanted.wallet_id = made.wallet_id;
    wanted.payout_ids = &id;
    struct result refused = payout_export_make(app, payer.fixture->arena, &wanted, &made);
    assert_ptr_equal(refused.code, &ERR_FIELD_INVALID);
    assert_non_null(strstr(result_text(refused), "is not this shop's"));
}

/* Else one payout could be paid by two transactions that do not exclude each other. */
static void test_what_was_exported_together_stays_together(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    int64_t ids[] = {ask_for(&payer, "1"), ask_for(&payer, "0.5")};
    struct payout_export made;
    assert_true(result_is_ok(export(&payer, ids, 2, "1", &made)));
    assert_export_refused(&payer, ids[0], &ERR_PAYOUT_MIXED, "name both");
    assert_true(result_is_ok(export(&payer, ids, 2, "2", &made)));
    finish(&payer, ids[1], PAYOUT_CANCELED);
    (void)exported(&payer, ids[0]);
}

static void test_an_export_that_was_probably_sent_is_not_made_again(void **state) {
    struct payer payer = a_payer(*state);
    struct known_coin *first = earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    (void)exported(&payer, id);
    (void)earn(&payer, "5");
    first->coin.state = COIN_SPENT;
    assert_export_refused(&payer, id, &ERR_PAYOUT_SENT, "was probably sent");
    first->coin.state = COIN_CLAIMED;
    assert_export_refused(&payer, id, &ERR_PAYOUT_SENT, "was probably sent");
}

/* Whatever the node says of it. */
static void test_a_coin_of_the_latest_block_is_not_spent(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "0.5");
    struct known_coin *late = earn(&payer, "3");
    for (int i = 1; i < RIPE_BLOCKS; i++) {
        struct block_undo undo = {.network = payer.fixture->ltc.network,
                                  .tip = {payer.fixture->height, payer.fixture->tip}};
        fixture_run(payer.fixture, &block_undo_use_case, &undo);
        take_tip(payer.fixture);
    }
    assert_int_equal(late->coin.confirmations, 100);
    assert_export_refused(&payer, ask_for(&payer, "1"), &ERR_FUNDS_INSUFFICIENT,
                          "0.5 LTC are there to spend");
}

static void test_a_fee_above_the_sum_is_refused(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "0.0001");
    struct payout_export made;
    struct result refused = export(&payer, &id, 1, "100", &made);
    assert_ptr_equal(refused.code, &ERR_FEE_TOO_HIGH);
    assert_non_null(strstr(result_text(refused), "0.000141 LTC to pay out 0.0001"));
}

static void test_coins_stay_reserved_for_two_weeks_after_done(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    struct payout_export made = exported(&payer, id);
    int64_t next = ask_for(&payer, "1");
    assert_export_refused(&payer, next, &ERR_FUNDS_INSUFFICIENT, "lacking");
    finish(&payer, id, PAYOUT_DONE);
    assert_export_refused(&payer, next, &ERR_FUNDS_INSUFFICIENT, "lacking");
    assert_export_refused(&payer, id, &ERR_PAYOUT_FINISHED, "done or canceled already");
    payer.fixture->now_ms += DONE_HOLD_DAYS * (int64_t)DAY_MS;
    struct payout_export freed = exported(&payer, next);
    assert_true(txid_eq(freed.coins[0].row.txid, made.coins[0].row.txid));
    finish(&payer, next, PAYOUT_CANCELED);
    (void)exported(&payer, ask_for(&payer, "1"));
}

static void assert_changed(const struct payer *payer, struct payout_row planned,
                           const struct payout_export *coins_of) {
    struct payout_record record = {.payouts = &planned,
                                   .payout_count = 1,
                                   .coins = coins_of->coins,
                                   .coin_count = coins_of->coin_count,
                                   .fee = coins_of->fee};
    struct app_fixture *fixture = payer->fixture;
    assert_ptr_equal(
        job_run(fixture->app.queue, &payout_record_use_case, &record, fixture->arena).code,
        &ERR_PAYOUT_CHANGED);
}

/* While the node was asked: exported by another operator, or finished; or its coins were taken. */
static void test_a_payout_that_changed_meanwhile_is_not_exported(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    int64_t other = ask_for(&payer, "1");
    struct payout_export made = exported(&payer, id);
    struct payout_export none = {.fee = made.fee};
    struct payout_row planned = made.payouts[0];
    planned.export_id = 0;
    assert_changed(&payer, planned, &none);
    (void)exported(&payer, other);
    struct payout_row row_of_other;
    struct store_conn *reader;
    struct app_fixture *fixture = payer.fixture;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(store_payout_by_id(reader, fixture->arena, other, &row_of_other)));
    reader_give(fixture->service.readers, reader);
    assert_changed(&payer, row_of_other, &made);
    finish(&payer, other, PAYOUT_CANCELED);
    assert_changed(&payer, row_of_other, &none);
}

static void test_an_old_coin_needs_the_transaction_that_made_it(void **state) {
    struct payer payer = a_payer(*state);
    struct wallet_add *add = ARENA_NEW(payer.fixture->arena, struct wallet_add);
    struct wallet_wanted wallet = {.shop_id = payer.shop.id,
                                   .network = payer.fixture->ltc.network,
                                   .text = STR(FIXTURE_TPUB),
                                   .type = ACCOUNT_P2PKH};
    assert_true(
        result_is_ok(wallet_prepare(&payer.fixture->app, payer.fixture->arena, &wallet, add)));
    fixture_run(payer.fixture, &wallet_add_use_case, add);
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    node.has_no_blocks = true;
    assert_export_refused(&payer, id, &ERR_PAYOUT_UNSIGNABLE, "pruned");
    node.has_no_blocks = false;
    (void)exported(&payer, id);
}

/* A payer who makes hundreds of coins by one large transaction cannot fill the memory. */
static void test_what_it_takes_to_read_transactions_is_not_kept(void **state) {
    struct payer payer = a_payer(*state);
    (void)earn(&payer, "3");
    int64_t id = ask_for(&payer, "1");
    node.takes_bytes = 4 << 20;
    size_t used_before = arena_used_bytes(payer.fixture->arena);
    (void)exported(&payer, id);
    assert_true(arena_used_bytes(payer.fixture->arena) - used_before < node.takes_bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_largest_coin_pays_and_the_sums_are_exact),
        TEST(test_what_the_node_estimates_is_the_rate),
        TEST(test_what_the_node_does_not_confirm_is_not_spent),
        TEST(test_a_spent_coin_is_asked_after_once_until_a_block_is_undone),
        TEST(test_each_shop_pays_with_its_own_coins),
        TEST(test_the_wallet_of_another_shop_pays_nothing),
        TEST(test_what_was_exported_together_stays_together),
        TEST(test_an_export_that_was_probably_sent_is_not_made_again),
        TEST(test_a_coin_of_the_latest_block_is_not_spent),
        TEST(test_a_fee_above_the_sum_is_refused),
        TEST(test_coins_stay_reserved_for_two_weeks_after_done),
        TEST(test_a_payout_that_changed_meanwhile_is_not_exported),
        TEST(test_an_old_coin_needs_the_transaction_that_made_it),
        TEST(test_what_it_takes_to_read_transactions_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
