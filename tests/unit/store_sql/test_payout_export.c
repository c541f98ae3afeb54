/* SPDX-License-Identifier: MIT */
#include "ports/store_payout.h"
#include "store_fixture.h"

#define NOW_MS   INT64_C(1700000000000)
#define SINCE_MS (NOW_MS - 1000)

static int64_t put_key(struct fixture *fixture) {
    struct api_key_row key = {.shop_id = fixture->shop_id,
                              .hash = {1},
                              .hint = STR("abcd"),
                              .scope = KEY_SCOPE_PAYOUT,
                              .created_at_ms = NOW_MS};
    int64_t id;
    assert_ok(store_api_key_insert(fixture->writer, &key, &id));
    return id;
}

static struct payout_row put_payout(struct fixture *fixture, int64_t id, int64_t key_id) {
    struct payout_row payout = {
        .id = id,
        .shop_id = fixture->shop_id,
        .api_key_id = key_id,
        .status = PAYOUT_CREATED,
        .network = fixture->btc,
        .amount = amount_from_u64(fixture->coin, 1234),
        .to_address = STR("bcrt1qsomewhere"),
        .note = STR(""),
        .created_at_ms = NOW_MS + id,
    };
    assert_ok(store_payout_insert(fixture->writer, &payout));
    return payout;
}

/* A confirmed payment to an address of its own. */
static int64_t put_coin(struct fixture *fixture, uint32_t number, uint64_t amount_sat,
                        enum payment_state state) {
    struct address_row address = an_address(fixture, 0, number);
    address.kind = ADDRESS_CHANGE;
    address.due = amount_zero(fixture->coin);
    assert_ok(store_address_insert(fixture->writer, &address, &address.id));
    struct payment_row payment = a_payment(fixture, &address, (uint8_t)number);
    payment.amount = amount_from_u64(fixture->coin, amount_sat);
    payment.invoice_id = 0;
    payment.state = state;
    payment.height = 100 + number;
    payment.block_hash = (struct block_hash){{(uint8_t)number}};
    int64_t id;
    assert_ok(store_payment_insert(fixture->writer, &payment, &id));
    return id;
}

static int64_t put_export(struct fixture *fixture, int64_t change_address_id) {
    struct payout_export_row row = {.shop_id = fixture->shop_id,
                                    .network = fixture->btc,
                                    .fee = amount_from_u64(fixture->coin, 141),
                                    .change_address_id = change_address_id,
                                    .created_at_ms = NOW_MS};
    int64_t id;
    assert_ok(store_payout_export_insert(fixture->writer, &row, &id));
    return id;
}

static struct store_coin_filter all_coins(const struct fixture *fixture) {
    return (struct store_coin_filter){.network = fixture->btc,
                                      .shop_id = fixture->shop_id,
                                      .account_key_id = fixture->account_key_id,
                                      .done_since_ms = SINCE_MS,
                                      .height_max = 1000,
                                      .limit = 10};
}

/* The payments that are free, in the store's sequence; ends with 0. */
static void assert_free(struct fixture *fixture, const struct store_coin_filter *filter,
                        const int64_t *expected) {
    const struct coin_row *coins;
    size_t count;
    assert_ok(store_coin_list(fixture->writer, fixture->arena, filter, &coins, &count));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(coins[i].payment_id, expected[i]);
    }
    assert_int_equal(expected[count], 0);
}

#define FREE(...) ((const int64_t[]){__VA_ARGS__, 0})

static void test_coins_are_listed_largest_first_and_only_confirmed_ones(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t small = put_coin(fixture, 1, 500, PAYMENT_CONFIRMED);
    int64_t large = put_coin(fixture, 2, 5000000000, PAYMENT_CONFIRMED);
    int64_t middle = put_coin(fixture, 3, 70000, PAYMENT_CONFIRMED);
    (void)put_coin(fixture, 4, 80000, PAYMENT_SHALLOW);
    struct store_coin_filter filter = all_coins(fixture);
    assert_free(fixture, &filter, FREE(large, middle, small));
    filter.limit = 2;
    assert_free(fixture, &filter, FREE(large, middle));
    filter.limit = 10;
    filter.height_max = 102;
    assert_free(fixture, &filter, FREE(large, small));
    filter.height_max = 1000;
    filter.account_key_id++;
    assert_free(fixture, &filter, FREE(0));
    filter.account_key_id--;
    filter.shop_id++;
    assert_free(fixture, &filter, FREE(0));
    assert_ok(store_commit(fixture->writer));
}

static void test_a_coin_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t id = put_coin(fixture, 9, 70000, PAYMENT_CONFIRMED);
    assert_ok(store_commit(fixture->writer));
    struct store_coin_filter filter = all_coins(fixture);
    const struct coin_row *coins;
    size_t count;
    assert_ok(store_coin_list(fixture->reader, fixture->arena, &filter, &coins, &count));
    assert_int_equal(count, 1);
    struct address_row address = an_address(fixture, 0, 9);
    struct payment_row payment = a_payment(fixture, &address, 9);
    assert_int_equal(coins[0].payment_id, id);
    assert_true(txid_eq(coins[0].txid, payment.txid));
    assert_int_equal(coins[0].vout, payment.ordinal);
    assert_true(amount_eq(coins[0].amount, amount_from_u64(fixture->coin, 70000)));
    assert_int_equal(coins[0].height, 109);
    assert_int_equal(coins[0].block_hash.bytes[0], 9);
    assert_true(script_eq(&coins[0].program, &address.program));
    assert_int_equal(coins[0].wallet_id, fixture->wallet_id);
    assert_int_equal(coins[0].address_index, address.address_index);
}

static void test_a_coin_is_held_while_its_payout_is_open_and_a_while_longer(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t coin = put_coin(fixture, 1, 500, PAYMENT_CONFIRMED);
    struct payout_row payout = put_payout(fixture, 7, put_key(fixture));
    struct store_coin_filter filter = all_coins(fixture);
    payout.export_id = put_export(fixture, 0);
    assert_ok(store_coin_hold(fixture->writer, coin, payout.export_id));
    int64_t holder;
    assert_ok(store_coin_holder(fixture->writer, coin, SINCE_MS, &holder));
    assert_int_equal(holder, 0); /* nobody's yet */
    assert_ok(store_payout_update(fixture->writer, &payout));
    assert_ok(store_coin_holder(fixture->writer, coin, SINCE_MS, &holder));
    assert_int_equal(holder, payout.export_id);
    assert_free(fixture, &filter, FREE(0));

    payout.status = PAYOUT_DONE;
    payout.finished_at_ms = NOW_MS;
    assert_ok(store_payout_update(fixture->writer, &payout));
    assert_free(fixture, &filter, FREE(0));
    filter.done_since_ms = NOW_MS;
    assert_free(fixture, &filter, FREE(coin));
    filter.done_since_ms = SINCE_MS;
    payout.status = PAYOUT_CANCELED;
    assert_ok(store_payout_update(fixture->writer, &payout));
    assert_free(fixture, &filter, FREE(coin));
    assert_ok(store_commit(fixture->writer));
}

static void test_an_export_takes_over_what_another_held(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t coin = put_coin(fixture, 1, 500, PAYMENT_CONFIRMED);
    int64_t first = put_export(fixture, 0);
    struct payout_row payout = put_payout(fixture, 7, put_key(fixture));
    payout.export_id = first;
    assert_ok(store_payout_update(fixture->writer, &payout));
    assert_ok(store_coin_hold(fixture->writer, coin, first));
    int64_t second = put_export(fixture, 0);
    payout.export_id = second;
    assert_ok(store_payout_update(fixture->writer, &payout));
    assert_ok(store_coin_hold(fixture->writer, coin, second));
    const struct coin_row *coins;
    const struct payout_row *payouts;
    size_t count;
    assert_ok(store_coin_of_export(fixture->writer, fixture->arena, first, &coins, &count));
    assert_int_equal(count, 0);
    assert_ok(store_payout_of_export(fixture->writer, fixture->arena, first, &payouts, &count));
    assert_int_equal(count, 0);
    assert_ok(store_coin_of_export(fixture->writer, fixture->arena, second, &coins, &count));
    assert_int_equal(count, 1);
    assert_int_equal(coins[0].payment_id, coin);
    assert_ok(store_payout_of_export(fixture->writer, fixture->arena, second, &payouts, &count));
    assert_int_equal(count, 1);
    assert_int_equal(payouts[0].id, 7);
    assert_int_equal(payouts[0].export_id, second);
    assert_ok(store_commit(fixture->writer));
}

static void test_a_spent_coin_is_not_offered_until_a_block_is_undone(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t coin = put_coin(fixture, 1, 500, PAYMENT_CONFIRMED);
    struct store_coin_filter filter = all_coins(fixture);
    assert_ok(store_coin_set_spent(fixture->writer, coin, 150));
    assert_free(fixture, &filter, FREE(0));
    assert_ok(store_coin_forget_spent(fixture->writer, fixture->btc, 151));
    assert_free(fixture, &filter, FREE(0));
    assert_ok(store_coin_forget_spent(fixture->writer, fixture->btc, 150));
    assert_free(fixture, &filter, FREE(coin));
    assert_fault(store_coin_set_spent(fixture->writer, coin + 1, 150), ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
}

static void test_change_that_was_only_seen_can_be_gone(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct address_row address = an_address(fixture, 0, 5);
    address.kind = ADDRESS_CHANGE;
    address.due = amount_zero(fixture->coin);
    assert_ok(store_address_insert(fixture->writer, &address, &address.id));
    struct payment_row payment = a_payment(fixture, &address, 5);
    payment.invoice_id = 0;
    payment.state = PAYMENT_SEEN;
    payment.height = 0;
    int64_t seen;
    assert_ok(store_payment_insert(fixture->writer, &payment, &seen));
    int64_t mined = put_coin(fixture, 6, 500, PAYMENT_CONFIRMED);
    assert_ok(store_payment_forget_sighting(fixture->writer, seen));
    assert_ok(store_payment_forget_sighting(fixture->writer, mined));
    struct payment_row got;
    assert_ok(store_payment_by_outpoint(fixture->writer, fixture->btc, payment.txid,
                                        payment.ordinal, &got));
    assert_int_equal(got.state, PAYMENT_GONE);
    struct store_coin_filter filter = all_coins(fixture);
    assert_free(fixture, &filter, FREE(mined));
    assert_ok(store_commit(fixture->writer));
}

static void test_an_export_gives_back_what_it_wrote(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payout_export_row row = {.shop_id = fixture->shop_id,
                                    .network = fixture->btc,
                                    .fee = amount_from_u64(fixture->coin, 141),
                                    .file = STR("{\"format\":1}"),
                                    .created_at_ms = NOW_MS};
    int64_t id;
    struct str file;
    assert_ok(store_payout_export_insert(fixture->writer, &row, &id));
    assert_ok(store_payout_export_file(fixture->writer, fixture->arena, id, &file));
    assert_true(str_eq(file, row.file));
    assert_ok(
        store_payout_export_file(fixture->writer, fixture->arena, put_export(fixture, 0), &file));
    assert_int_equal(file.len, 0);
    assert_fault(store_payout_export_file(fixture->writer, fixture->arena, 4711, &file),
                 ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
}

static struct store_sender_use use_of(struct fixture *fixture, int64_t address_id) {
    struct store_sender_use use;
    assert_ok(store_payout_sender_use(fixture->writer, address_id, SINCE_MS, &use));
    return use;
}

static void
test_a_sender_is_held_while_its_payout_is_open_and_its_nonces_a_while_longer(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t key = put_key(fixture);
    struct payout_row first = put_payout(fixture, 7, key);
    struct payout_row second = put_payout(fixture, 8, key);
    struct address_row address = an_address(fixture, 0, 5);
    address.kind = ADDRESS_CHANGE;
    address.due = amount_zero(fixture->coin);
    assert_ok(store_address_insert(fixture->writer, &address, &address.id));
    assert_false(use_of(fixture, address.id).is_held);
    assert_int_equal(use_of(fixture, address.id).nonce_end, 0);
    struct payout_transfer_row one = {.payout_id = 7, .address_id = address.id, .nonce = 3};
    struct payout_transfer_row other = {.payout_id = 8, .address_id = address.id, .nonce = 4};
    assert_ok(store_payout_transfer_insert(fixture->writer, &one));
    assert_ok(store_payout_transfer_insert(fixture->writer, &other));
    struct payout_transfer_row got;
    assert_ok(store_payout_transfer_by_payout(fixture->writer, 8, &got));
    assert_int_equal(got.payout_id, 8);
    assert_int_equal(got.address_id, address.id);
    assert_int_equal(got.nonce, 4);
    assert_fault(store_payout_transfer_by_payout(fixture->writer, 9, &got), ERR_NOT_FOUND);
    assert_true(use_of(fixture, address.id).is_held);
    assert_int_equal(use_of(fixture, address.id).nonce_end, 5);
    assert_int_equal(use_of(fixture, address.id).payout_id, 8);

    first.status = PAYOUT_DONE;
    first.finished_at_ms = NOW_MS;
    second.status = PAYOUT_CANCELED;
    second.finished_at_ms = NOW_MS;
    assert_ok(store_payout_update(fixture->writer, &first));
    assert_ok(store_payout_update(fixture->writer, &second));
    assert_false(use_of(fixture, address.id).is_held);
    assert_int_equal(use_of(fixture, address.id).nonce_end, 4);
    assert_int_equal(use_of(fixture, address.id).payout_id, 7);
    first.finished_at_ms = SINCE_MS;
    assert_ok(store_payout_update(fixture->writer, &first));
    assert_int_equal(use_of(fixture, address.id).nonce_end, 0);
    assert_ok(store_commit(fixture->writer));
}

/* The index of coins, and the query that reads it, name them: a new one needs a migration. */
static void test_every_coin_of_a_chain_of_coins_is_in_the_index(void **state) {
    (void)state;
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        if ((*asset)->network->kind == CHAIN_BITCOIN) {
            struct str code = str_from_c((*asset)->code);
            assert_true(str_eq(code, STR("BTC")) || str_eq(code, STR("LTC")));
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_coins_are_listed_largest_first_and_only_confirmed_ones),
        TEST(test_a_coin_comes_back_as_it_was_put),
        TEST(test_a_coin_is_held_while_its_payout_is_open_and_a_while_longer),
        TEST(test_an_export_takes_over_what_another_held),
        TEST(test_an_export_gives_back_what_it_wrote),
        TEST(test_a_sender_is_held_while_its_payout_is_open_and_its_nonces_a_while_longer),
        cmocka_unit_test(test_every_coin_of_a_chain_of_coins_is_in_the_index),
        TEST(test_change_that_was_only_seen_can_be_gone),
        TEST(test_a_spent_coin_is_not_offered_until_a_block_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
