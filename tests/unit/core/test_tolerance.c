/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/tolerance.h"
#include "support/money.h"

static struct tolerance tolerance(const char *text) {
    struct tolerance tolerance;
    assert_true(result_is_ok(tolerance_from_text(str_from_c(text), &tolerance)));
    return tolerance;
}

static void test_texts_come_back_in_one_form(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"", "0"},
        {"0", "0"},
        {"0%", "0"},
        {"0 USD", "0"},
        {"0.5%", "0.5%"},
        {" 5 % ", "5%"},
        {"100%", "100%"},
        {"1e1%", "10%"},
        {"0.0001%", "0.0001%"},
        {"99.9999%", "99.9999%"},
        {"1.25USD", "1.25USD"},
        {"10 USD", "10USD"},
        {"0.50USD", "0.5USD"},
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str text = tolerance_to_text(arena, tolerance(rows[i][0]));
        assert_true(str_eq(text, str_from_c(rows[i][1])));
    }
    arena_free(arena);
}

static void test_what_is_no_tolerance_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"101%", "100.0001%", "0.00001%", "-1%",      "1",
                                        "x",    "%",         "USD",      "1.255USD", "-1USD",
                                        "1EUR", "5%%",       "1e9999%",  "NaN%"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct tolerance kept = {.kind = TOLERANCE_PER_MILLION, .parts_per_million = 3};
        assert_ptr_equal(tolerance_from_text(str_from_c(texts[i]), &kept).code,
                         &ERR_TOLERANCE_INVALID);
        assert_int_equal(kept.parts_per_million, 3);
    }
}

static void test_allowances_are_rounded_down_to_base_units(void **state) {
    (void)state;
    struct amount due = money("BTC", "0.00050001");
    struct amount usd = money("USD", "30");
    assert_true(amount_is_zero(tolerance_allowance(tolerance("0"), due, usd)));
    assert_true(amount_eq(tolerance_allowance(tolerance("0.5%"), due, usd),
                          money("BTC", "0.0000025"))); /* 250.005 satoshi */
    assert_true(amount_eq(tolerance_allowance(tolerance("100%"), due, usd), due));
    assert_true(amount_eq(tolerance_allowance(tolerance("0.01USD"), due, usd),
                          money("BTC", "0.00000016"))); /* 16.667 */
    assert_true(amount_eq(tolerance_allowance(tolerance("30USD"), due, usd), due));
}

static void test_a_sum_in_usd_allows_nothing_where_due_is_worth_nothing(void **state) {
    (void)state;
    struct amount due = money("BTC", "0.00000546");
    assert_true(amount_is_zero(tolerance_allowance(tolerance("1USD"), due, money("USD", "0"))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_come_back_in_one_form),
        cmocka_unit_test(test_what_is_no_tolerance_is_refused),
        cmocka_unit_test(test_allowances_are_rounded_down_to_base_units),
        cmocka_unit_test(test_a_sum_in_usd_allows_nothing_where_due_is_worth_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
