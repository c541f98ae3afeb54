/* SPDX-License-Identifier: MIT */
#include "ports/store_payout.h"
#include "store_fixture.h"

#define NOW_MS INT64_C(1700000000000)

static struct payout_row a_payout(const struct fixture *fixture, int64_t id, int64_t key_id) {
    return (struct payout_row){
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
}

static int64_t put_key(struct fixture *fixture, uint8_t first_byte) {
    struct api_key_row key = {.shop_id = fixture->shop_id,
                              .hash = {first_byte},
                              .hint = STR("abcd"),
                              .scope = KEY_SCOPE_PAYOUT,
                              .created_at_ms = NOW_MS};
    int64_t id;
    assert_ok(store_api_key_insert(fixture->writer, &key, &id));
    return id;
}

static void test_a_payout_comes_back_as_it_was_put_and_is_finished(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t key_id = put_key(fixture, 1);
    struct payout_row put = a_payout(fixture, 7, key_id);
    assert_ok(store_payout_insert(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct payout_row got;
    assert_ok(store_payout_by_id(fixture->reader, fixture->arena, 7, &got));
    assert_int_equal(got.shop_id, fixture->shop_id);
    assert_int_equal(got.api_key_id, key_id);
    assert_int_equal(got.status, PAYOUT_CREATED);
    assert_ptr_equal(got.network, fixture->btc);
    assert_true(amount_eq(got.amount, put.amount));
    assert_str(got.to_address, "bcrt1qsomewhere");
    assert_str(got.note, "");
    assert_int_equal(got.created_at_ms, NOW_MS + 7);
    assert_int_equal(got.finished_at_ms, 0);
    put.status = PAYOUT_DONE;
    put.note = STR("txid 1");
    put.finished_at_ms = 99;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_payout_update(fixture->writer, &put));
    put.id = 8;
    assert_fault(store_payout_update(fixture->writer, &put), ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payout_by_id(fixture->reader, fixture->arena, 7, &got));
    assert_int_equal(got.status, PAYOUT_DONE);
    assert_str(got.note, "txid 1");
    assert_int_equal(got.finished_at_ms, 99);
    assert_fault(store_payout_by_id(fixture->reader, fixture->arena, 8, &got), ERR_NOT_FOUND);
}

static void assert_listed(struct fixture *fixture, const struct store_payout_filter *filter,
                          int64_t first, size_t expected) {
    const struct payout_row *payouts;
    size_t count;
    assert_ok(store_payout_list(fixture->reader, fixture->arena, filter, &payouts, &count));
    assert_int_equal(count, expected);
    if (count > 0) {
        assert_int_equal(payouts[0].id, first);
    }
}

static void test_payouts_are_listed_newest_first_by_shop_and_status(void **state) {
    struct fixture *fixture = *state;
    int64_t latest;
    int64_t highest;
    assert_ok(store_payout_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 0);
    assert_ok(store_begin(fixture->writer));
    int64_t key_id = put_key(fixture, 1);
    int64_t other_id = put_key(fixture, 2);
    for (int64_t id = 1; id <= 4; id++) {
        struct payout_row put = a_payout(fixture, id, key_id);
        put.status = id == 2 ? PAYOUT_CANCELED : PAYOUT_CREATED;
        assert_ok(store_payout_insert(fixture->writer, &put));
    }
    assert_ok(store_commit(fixture->writer));
    assert_listed(fixture, &(struct store_payout_filter){.limit = 3}, 4, 3);
    assert_listed(fixture, &(struct store_payout_filter){.limit = 9, .before_id = 3}, 2, 2);
    assert_listed(
        fixture,
        &(struct store_payout_filter){.limit = 9, .by_status = true, .status = PAYOUT_CANCELED}, 2,
        1);
    assert_listed(fixture, &(struct store_payout_filter){.limit = 9, .shop_id = fixture->shop_id},
                  4, 4);
    assert_listed(fixture,
                  &(struct store_payout_filter){.limit = 9, .shop_id = fixture->shop_id + 1}, 0, 0);
    struct store_payout_filter of_shop = {.limit = 9, .shop_id = fixture->shop_id, .before_id = 3};
    assert_listed(fixture, &of_shop, 2, 2);
    of_shop.by_status = true;
    of_shop.status = PAYOUT_CREATED;
    assert_listed(fixture, &of_shop, 1, 1);
    of_shop.shop_id = 0;
    assert_listed(fixture, &of_shop, 1, 1);
    assert_ok(store_payout_latest(fixture->reader, key_id, &latest));
    assert_int_equal(latest, NOW_MS + 4);
    assert_ok(store_payout_latest(fixture->reader, other_id, &latest));
    assert_int_equal(latest, 0);
    assert_ok(store_payout_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 4);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_payout_comes_back_as_it_was_put_and_is_finished),
        TEST(test_payouts_are_listed_newest_first_by_shop_and_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
