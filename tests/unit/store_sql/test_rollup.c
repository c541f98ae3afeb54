/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ports/store_rollup.h"
#include "store_fixture.h"

static struct shop_day_row a_day(const struct fixture *fixture, int64_t day) {
    struct shop_day_row row = {.shop_id = fixture->shop_id, .day = day};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        row.counts[i] = day * 10 + i;
        row.usd[i] = amount_from_u64(fiat_usd(), (uint64_t)day * 1000 + (uint64_t)i);
    }
    return row;
}

static void test_a_day_comes_back_as_it_was_put_last(void **state) {
    struct fixture *fixture = *state;
    struct shop_day_row put = a_day(fixture, 3);
    struct shop_day_row got;
    assert_fault(store_shop_day_get(fixture->reader, fixture->shop_id, 3, &got), ERR_NOT_FOUND);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_shop_day_put(fixture->writer, &put));
    put.counts[INVOICE_PAID] = 99;
    put.usd[INVOICE_CANCELED] = amount_from_u64(fiat_usd(), 77);
    assert_ok(store_shop_day_put(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_shop_day_get(fixture->reader, fixture->shop_id, 3, &got));
    assert_int_equal(got.shop_id, fixture->shop_id);
    assert_int_equal(got.day, 3);
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        assert_int_equal(got.counts[i], put.counts[i]);
        assert_true(amount_eq(got.usd[i], put.usd[i]));
    }
}

static void test_days_are_summed_within_both_ends(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t day = 1; day <= 5; day++) {
        struct shop_day_row row = a_day(fixture, day);
        assert_ok(store_shop_day_put(fixture->writer, &row));
    }
    assert_ok(store_commit(fixture->writer));
    struct day_range days = {2, 4};
    struct shop_day_row sum;
    assert_ok(store_shop_day_sum(fixture->reader, fixture->shop_id, days, &sum));
    assert_int_equal(sum.counts[INVOICE_CREATED], 90);
    assert_int_equal(sum.counts[INVOICE_CANCELED], 90 + 3 * INVOICE_CANCELED);
    assert_true(
        amount_eq(sum.usd[INVOICE_PAID], amount_from_u64(fiat_usd(), 9000 + 3 * INVOICE_PAID)));
    assert_ok(store_shop_day_sum(fixture->reader, fixture->shop_id + 1, days, &sum));
    assert_int_equal(sum.counts[INVOICE_CREATED], 0);
    assert_true(amount_is_zero(sum.usd[INVOICE_CREATED]));
    const struct day_count *counts;
    size_t count;
    assert_ok(store_shop_day_counts(fixture->reader, fixture->arena, fixture->shop_id, days,
                                    &counts, &count));
    assert_int_equal(count, 3);
    assert_int_equal(counts[0].day, 4);
    assert_int_equal(counts[0].count, 5 * 40 + 10);
    assert_int_equal(counts[2].day, 2);
    int64_t total;
    assert_ok(store_shop_day_total(fixture->reader, &total));
    assert_int_equal(total, 5 * (10 + 20 + 30 + 40 + 50) + 5 * 10);
}

static void test_receipts_stand_once_for_each_network_and_asset(void **state) {
    struct fixture *fixture = *state;
    struct shop_asset_row put = {
        .shop_id = fixture->shop_id,
        .network = fixture->btc,
        .asset = fixture->coin,
        .received = amount_from_u64(fixture->coin, 5),
        .received_usd = amount_from_u64(fiat_usd(), 6),
    };
    struct shop_asset_row got;
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_shop_asset_get(fixture->writer, put.shop_id, put.network, put.asset, &got),
                 ERR_NOT_FOUND);
    assert_ok(store_shop_asset_put(fixture->writer, &put));
    put.received = amount_from_u64(fixture->coin, 7);
    put.received_usd = amount_from_u64(fiat_usd(), 8);
    assert_ok(store_shop_asset_put(fixture->writer, &put));
    put.network = network_sandbox();
    assert_ok(store_shop_asset_put(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_shop_asset_get(fixture->reader, put.shop_id, fixture->btc, put.asset, &got));
    assert_int_equal(got.shop_id, fixture->shop_id);
    assert_ptr_equal(got.network, fixture->btc);
    assert_ptr_equal(got.asset, fixture->coin);
    assert_true(amount_eq(got.received, put.received));
    assert_true(amount_eq(got.received_usd, put.received_usd));
    const struct shop_asset_row *rows;
    size_t count;
    assert_ok(
        store_shop_asset_list(fixture->reader, fixture->arena, fixture->shop_id, &rows, &count));
    assert_int_equal(count, 2);
    assert_ok(store_shop_asset_list(fixture->reader, fixture->arena, fixture->shop_id + 1, &rows,
                                    &count));
    assert_int_equal(count, 0);
}

static void test_clearing_forgets_all_of_it(void **state) {
    struct fixture *fixture = *state;
    struct shop_day_row day = a_day(fixture, 3);
    struct shop_asset_row asset = {
        .shop_id = fixture->shop_id,
        .network = fixture->btc,
        .asset = fixture->coin,
        .received = amount_from_u64(fixture->coin, 5),
        .received_usd = amount_from_u64(fiat_usd(), 6),
    };
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_shop_day_put(fixture->writer, &day));
    assert_ok(store_shop_asset_put(fixture->writer, &asset));
    assert_ok(store_rollup_clear(fixture->writer));
    assert_ok(store_commit(fixture->writer));
    int64_t total;
    assert_ok(store_shop_day_total(fixture->reader, &total));
    assert_int_equal(total, 0);
    const struct shop_asset_row *rows;
    size_t count;
    assert_ok(
        store_shop_asset_list(fixture->reader, fixture->arena, fixture->shop_id, &rows, &count));
    assert_int_equal(count, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_day_comes_back_as_it_was_put_last),
        TEST(test_days_are_summed_within_both_ends),
        TEST(test_receipts_stand_once_for_each_network_and_asset),
        TEST(test_clearing_forgets_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
