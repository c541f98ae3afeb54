/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/ip.h"
#include "http/pace_table.h"

enum { START_MS = 1000000 };

static const struct pace ten_a_second = {.calls = 10, .period_ms = 1000};

static struct pace_caller at(const char *address) {
    struct ip ip;
    assert_true(ip_from_text(str_from_c(address), &ip));
    return pace_caller_of_ip(&ip);
}

static unsigned taken(struct pace_table *table, const struct pace_caller *caller, unsigned calls,
                      int64_t now_ms) {
    unsigned count = 0;
    int64_t wait_ms;
    for (unsigned i = 0; i < calls; i++) {
        count += pace_take(table, caller, now_ms, &wait_ms);
    }
    return count;
}

static void test_a_burst_and_then_an_even_pace(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new(ten_a_second);
    struct pace_caller caller = at("192.0.2.1");
    assert_int_equal(taken(table, &caller, 100, START_MS), 10);
    assert_int_equal(taken(table, &caller, 100, START_MS + 99), 0);
    assert_int_equal(taken(table, &caller, 100, START_MS + 100), 1);
    assert_int_equal(taken(table, &caller, 100, START_MS + 350), 2);
    assert_int_equal(taken(table, &caller, 100, START_MS + 60000), 10);
    pace_table_free(table);
}

static void test_a_refusal_says_how_long_to_wait(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new((struct pace){.calls = 2, .period_ms = 60000});
    struct pace_caller caller = at("192.0.2.1");
    assert_int_equal(taken(table, &caller, 2, START_MS), 2);
    int64_t wait_ms;
    assert_false(pace_take(table, &caller, START_MS, &wait_ms));
    assert_int_equal(wait_ms, 30000);
    assert_false(pace_take(table, &caller, START_MS + 29999, &wait_ms));
    assert_int_equal(wait_ms, 1);
    assert_true(pace_take(table, &caller, START_MS + 30000, &wait_ms));
    pace_table_free(table);
}

static void test_each_caller_has_a_pace_of_its_own(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new(ten_a_second);
    struct pace_caller first = at("192.0.2.1");
    struct pace_caller second = at("192.0.2.2");
    struct pace_caller home = at("2001:db8::1");
    struct pace_caller same_home = at("2001:db8::ffff:1");
    struct pace_caller neighbour = at("2001:db8:0:1::1");
    assert_int_equal(taken(table, &first, 20, START_MS), 10);
    assert_int_equal(taken(table, &second, 20, START_MS), 10);
    assert_int_equal(taken(table, &home, 20, START_MS), 10);
    assert_int_equal(taken(table, &same_home, 20, START_MS), 0);
    assert_int_equal(taken(table, &neighbour, 20, START_MS), 10);
    for (int64_t id = 1; id <= 100; id++) {
        struct pace_caller key = pace_caller_of_id(id);
        assert_int_equal(taken(table, &key, 20, START_MS), 10);
    }
    pace_table_free(table);
}

static void test_a_charge_is_paid_off_by_waiting(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new(ten_a_second);
    struct pace_caller caller = at("192.0.2.1");
    assert_int_equal(taken(table, &caller, 1, START_MS), 1);
    pace_charge(table, &caller, 9, START_MS);
    assert_int_equal(taken(table, &caller, 10, START_MS), 0);
    assert_int_equal(taken(table, &caller, 10, START_MS + 100), 1);
    pace_charge(table, &caller, 9, START_MS + 100);
    assert_int_equal(taken(table, &caller, 10, START_MS + 1099), 0);
    assert_int_equal(taken(table, &caller, 10, START_MS + 1100), 1);
    pace_table_free(table);
}

static void test_nobody_falls_behind_for_ever(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new(ten_a_second);
    struct pace_caller caller = at("192.0.2.1");
    for (int i = 0; i < 1000; i++) {
        pace_charge(table, &caller, 1000, START_MS);
    }
    assert_int_equal(taken(table, &caller, 100, START_MS + 1099), 0);
    assert_int_equal(taken(table, &caller, 100, START_MS + 1100), 1);
    pace_table_free(table);
}

/* Whoever comes from very many addresses is not stopped, but neither does he stop another. */
static void test_a_crowd_larger_than_the_table_is_survived(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new(ten_a_second);
    for (int64_t id = 1; id <= 200000; id++) {
        struct pace_caller crowd = pace_caller_of_id(id);
        assert_int_equal(taken(table, &crowd, 1, START_MS), 1);
    }
    struct pace_caller caller = at("192.0.2.1");
    assert_int_equal(taken(table, &caller, 100, START_MS), 10);
    pace_table_free(table);
}

static void test_without_a_limit_there_is_no_table(void **state) {
    (void)state;
    struct pace_table *table = pace_table_new((struct pace){0});
    struct pace_caller caller = at("192.0.2.1");
    assert_null(table);
    assert_int_equal(taken(table, &caller, 1000, START_MS), 1000);
    pace_charge(table, &caller, 1000, START_MS);
    pace_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_and_then_an_even_pace),
        cmocka_unit_test(test_a_refusal_says_how_long_to_wait),
        cmocka_unit_test(test_each_caller_has_a_pace_of_its_own),
        cmocka_unit_test(test_a_charge_is_paid_off_by_waiting),
        cmocka_unit_test(test_nobody_falls_behind_for_ever),
        cmocka_unit_test(test_a_crowd_larger_than_the_table_is_survived),
        cmocka_unit_test(test_without_a_limit_there_is_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
