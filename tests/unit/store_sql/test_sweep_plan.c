/* SPDX-License-Identifier: MIT */
#include "ports/store_sweep.h"
#include "store_fixture.h"

#define MADE_MS INT64_C(1700000000000)

static int64_t put_plan(struct fixture *fixture, int64_t made_at_ms) {
    struct sweep_plan_row row = {.wallet_id = fixture->wallet_id,
                                 .address_count = 3,
                                 .made_at_ms = made_at_ms,
                                 .holds_until_ms = made_at_ms + 1000};
    int64_t id;
    assert_ok(store_sweep_plan_insert(fixture->writer, &row, &id));
    return id;
}

static int64_t put_address(struct fixture *fixture) {
    struct address_row address = an_address(fixture, 0, 5);
    address.kind = ADDRESS_CHANGE;
    address.due = amount_zero(fixture->coin);
    assert_ok(store_address_insert(fixture->writer, &address, &address.id));
    return address.id;
}

static struct sweep_hold_row hold_of(struct fixture *fixture, int64_t address_id) {
    struct sweep_hold_row hold;
    assert_ok(store_sweep_hold_by_address(fixture->writer, address_id, &hold));
    return hold;
}

static void test_a_plan_is_there_until_it_is_ended_and_after(void **state) {
    struct fixture *fixture = *state;
    struct sweep_plan_row plan;
    assert_ok(store_begin(fixture->writer));
    int64_t id = put_plan(fixture, MADE_MS);
    assert_ok(store_sweep_plan_by_id(fixture->writer, id, &plan));
    assert_int_equal(plan.id, id);
    assert_int_equal(plan.wallet_id, fixture->wallet_id);
    assert_int_equal(plan.address_count, 3);
    assert_int_equal(plan.made_at_ms, MADE_MS);
    assert_int_equal(plan.holds_until_ms, MADE_MS + 1000);
    assert_int_equal(plan.ended_at_ms, 0);
    assert_ok(store_sweep_plan_end(fixture->writer, id, MADE_MS + 7));
    assert_ok(store_sweep_plan_by_id(fixture->writer, id, &plan));
    assert_int_equal(plan.ended_at_ms, MADE_MS + 7);
    assert_fault(store_sweep_plan_by_id(fixture->writer, id + 1, &plan), ERR_NOT_FOUND);
    assert_fault(store_sweep_plan_end(fixture->writer, id + 1, MADE_MS), ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
}

static void test_plans_are_listed_newest_first(void **state) {
    struct fixture *fixture = *state;
    const struct sweep_plan_row *plans;
    size_t count;
    assert_ok(store_begin(fixture->writer));
    (void)put_plan(fixture, MADE_MS);
    int64_t second = put_plan(fixture, MADE_MS);
    int64_t third = put_plan(fixture, MADE_MS);
    assert_ok(store_sweep_plan_list(fixture->writer, fixture->arena, 2, &plans, &count));
    assert_int_equal(count, 2);
    assert_int_equal(plans[0].id, third);
    assert_int_equal(plans[1].id, second);
    assert_ok(store_commit(fixture->writer));
}

static void test_a_plan_takes_an_address_over_and_leaves_what_was_asked_for(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t address_id = put_address(fixture);
    struct sweep_hold_row got;
    assert_fault(store_sweep_hold_by_address(fixture->writer, address_id, &got), ERR_NOT_FOUND);
    struct sweep_hold_row hold = {
        .address_id = address_id, .plan_id = put_plan(fixture, MADE_MS), .nonce_end = 2};
    assert_ok(store_sweep_hold_put(fixture->writer, &hold));
    assert_null(hold_of(fixture, address_id).top_up.asset);

    hold.plan_id = put_plan(fixture, MADE_MS);
    hold.top_up = amount_from_u64(fixture->coin, 4000);
    assert_ok(store_sweep_hold_put(fixture->writer, &hold));
    int64_t last = put_plan(fixture, MADE_MS);
    hold = (struct sweep_hold_row){.address_id = address_id, .plan_id = last, .nonce_end = 3};
    assert_ok(store_sweep_hold_put(fixture->writer, &hold));
    got = hold_of(fixture, address_id);
    assert_int_equal(got.address_id, address_id);
    assert_int_equal(got.plan_id, last);
    assert_int_equal(got.nonce_end, 3);
    assert_true(amount_eq(got.top_up, amount_from_u64(fixture->coin, 4000)));
    assert_ok(store_commit(fixture->writer));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_plan_is_there_until_it_is_ended_and_after),
        TEST(test_plans_are_listed_newest_first),
        TEST(test_a_plan_takes_an_address_over_and_leaves_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
