/* SPDX-License-Identifier: MIT */
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "store_fixture.h"

static void test_an_inflow_comes_back_as_it_was_put_and_is_replaced(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct native_inflow_row put = {.address_id = put_invoice(fixture, 1),
                                    .network = fixture->btc,
                                    .amount = amount_from_u64(fixture->coin, 777),
                                    .height = 9,
                                    .noticed_at_ms = 12345};
    assert_ok(store_native_inflow_put(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct native_inflow_row got;
    assert_ok(store_native_inflow_by_address(fixture->reader, put.address_id, &got));
    assert_int_equal(got.address_id, put.address_id);
    assert_ptr_equal(got.network, fixture->btc);
    assert_true(amount_eq(got.amount, put.amount));
    assert_int_equal(got.height, 9);
    assert_int_equal(got.noticed_at_ms, 12345);
    put.amount = amount_from_u64(fixture->coin, 778);
    put.height = 10;
    put.noticed_at_ms = 12346;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_native_inflow_put(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_native_inflow_by_address(fixture->reader, put.address_id, &got));
    assert_true(amount_eq(got.amount, put.amount));
    assert_int_equal(got.height, 10);
    assert_int_equal(got.noticed_at_ms, 12346);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_native_inflow_delete(fixture->writer, put.address_id));
    assert_ok(store_native_inflow_delete(fixture->writer, put.address_id));
    assert_ok(store_commit(fixture->writer));
    assert_fault(store_native_inflow_by_address(fixture->reader, put.address_id, &got),
                 ERR_NOT_FOUND);
}

static void test_inflows_are_walked_through_by_network(void **state) {
    struct fixture *fixture = *state;
    int64_t ids[3];
    assert_ok(store_begin(fixture->writer));
    for (int i = 0; i < 3; i++) {
        ids[i] = put_invoice(fixture, i + 1);
        struct native_inflow_row put = {.address_id = ids[i],
                                        .network = fixture->btc,
                                        .amount = amount_from_u64(fixture->coin, 1)};
        assert_ok(store_native_inflow_put(fixture->writer, &put));
    }
    assert_ok(store_commit(fixture->writer));
    const struct native_inflow_row *rows;
    size_t count;
    assert_ok(store_native_inflow_after(fixture->reader, fixture->arena, fixture->btc, 0, 2, &rows,
                                        &count));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].address_id, ids[0]);
    assert_ok(store_native_inflow_after(fixture->reader, fixture->arena, fixture->btc, ids[1], 2,
                                        &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].address_id, ids[2]);
    assert_ok(store_native_inflow_after(fixture->reader, fixture->arena, network_sandbox(), 0, 9,
                                        &rows, &count));
    assert_int_equal(count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_inflow_comes_back_as_it_was_put_and_is_replaced),
        TEST(test_inflows_are_walked_through_by_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
