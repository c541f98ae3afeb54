/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "base/arena.h"
#include "base/checked.h"
#include "core/error.h"
#include "support/money.h"

enum verdict { VERDICT_OK, VERDICT_INVALID, VERDICT_OVERFLOW };

struct halves {
    uint64_t high;
    uint64_t low;
};

struct text_row {
    const char *asset;
    const char *text;
    enum verdict verdict;
    struct halves units;
    const char *plain;
};

struct rounded_row {
    const char *asset;
    const char *text;
    enum rounding rounding;
    enum verdict verdict;
    struct halves units;
};

struct scale_row {
    struct halves a;
    struct halves b;
    struct halves c;
    enum rounding rounding;
    enum verdict verdict;
    struct halves units;
};

#include "amount_vectors_gen.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct amount amount_of(const struct asset *asset, struct halves units) {
    return amount_from_units(asset, (u128)units.high << 64 | units.low);
}

static enum verdict verdict_of(struct result result) {
    if (result_is_ok(result)) {
        return VERDICT_OK;
    }
    assert_true(result.code == &ERR_AMOUNT_INVALID || result.code == &ERR_AMOUNT_OVERFLOW);
    return result.code == &ERR_AMOUNT_INVALID ? VERDICT_INVALID : VERDICT_OVERFLOW;
}

static void test_text_means_what_python_decimal_says(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 22);
    for (size_t i = 0; i < COUNT(text_rows); i++) {
        const struct text_row *row = &text_rows[i];
        const struct asset *asset = money_asset(row->asset);
        struct amount amount;
        enum verdict verdict = verdict_of(amount_from_text(asset, str_from_c(row->text), &amount));
        if (verdict != row->verdict) {
            fail_msg("%s %s: %d, not %d", row->asset, row->text, verdict, row->verdict);
        }
        if (verdict != VERDICT_OK) {
            continue;
        }
        assert_true(amount_eq(amount, amount_of(asset, row->units)));
        assert_string_equal(amount_to_text(arena, amount).ptr, row->plain);
        struct amount again;
        assert_true(result_is_ok(amount_from_text(asset, amount_to_json(arena, amount), &again)));
        assert_true(amount_eq(amount, again));
    }
    arena_free(arena);
}

static void test_text_is_rounded_as_python_rounds(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rounded_rows); i++) {
        const struct rounded_row *row = &rounded_rows[i];
        const struct asset *asset = money_asset(row->asset);
        struct amount amount;
        enum verdict verdict = verdict_of(
            amount_from_text_rounded(asset, str_from_c(row->text), row->rounding, &amount));
        if (verdict != row->verdict ||
            (verdict == VERDICT_OK && !amount_eq(amount, amount_of(asset, row->units)))) {
            fail_msg("%s %s rounding %d", row->asset, row->text, row->rounding);
        }
    }
}

static void test_products_and_quotients_are_exact_in_256_bits(void **state) {
    (void)state;
    const struct asset *btc = money_asset("BTC");
    for (size_t i = 0; i < COUNT(scale_rows); i++) {
        const struct scale_row *row = &scale_rows[i];
        struct amount amount;
        enum verdict verdict =
            verdict_of(amount_scale(amount_of(btc, row->a), amount_of(btc, row->b),
                                    amount_of(btc, row->c), btc, row->rounding, &amount));
        if (verdict != row->verdict ||
            (verdict == VERDICT_OK && !amount_eq(amount, amount_of(btc, row->units)))) {
            fail_msg("scale row %zu", i);
        }
    }
}

static void test_a_failure_leaves_the_output_alone(void **state) {
    (void)state;
    struct amount amount = money("BTC", "7");
    assert_false(result_is_ok(amount_from_text(money_asset("BTC"), STR("0.000000001"), &amount)));
    assert_false(result_is_ok(amount_from_text(money_asset("BTC"), STR("1e40"), &amount)));
    assert_true(amount_eq(amount, money("BTC", "7")));
}

static void test_numbers_for_typed_clients_have_a_decimal(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    assert_string_equal(amount_to_json(arena, money("USD", "100")).ptr, "100.0");
    assert_string_equal(amount_to_json(arena, money("USD", "0")).ptr, "0.0");
    assert_string_equal(amount_to_json(arena, money("USD", "54.50")).ptr, "54.5");
    assert_string_equal(amount_to_json(arena, money("JPY", "7")).ptr, "7.0");
    assert_string_equal(amount_to_text(arena, money("JPY", "7")).ptr, "7");
    assert_string_equal(amount_to_text(arena, money("BTC", "1e-8")).ptr, "0.00000001");
    assert_string_equal(amount_to_text(arena, money("ETH", "1e-18")).ptr, "0.000000000000000001");
    arena_free(arena);
}

static void test_blobs_sort_as_the_numbers_do(void **state) {
    (void)state;
    const struct asset *eth = money_asset("ETH");
    const u128 values[] = {0, 1, 255, 256, UINT64_MAX, (u128)UINT64_MAX + 1, ~(u128)0};
    for (size_t i = 0; i < COUNT(values); i++) {
        uint8_t blob[AMOUNT_BLOB_BYTES];
        amount_to_blob(amount_from_units(eth, values[i]), blob);
        assert_true(amount_eq(amount_from_blob(eth, blob), amount_from_units(eth, values[i])));
        uint8_t next[AMOUNT_BLOB_BYTES];
        if (i + 1 < COUNT(values)) {
            amount_to_blob(amount_from_units(eth, values[i + 1]), next);
            assert_true(memcmp(blob, next, sizeof(blob)) < 0);
        }
    }
}

static void test_sums_do_not_wrap(void **state) {
    (void)state;
    const struct asset *eth = money_asset("ETH");
    struct amount most = amount_from_units(eth, ~(u128)0);
    struct amount one = amount_from_u64(eth, 1);
    struct amount sum = one;
    assert_ptr_equal(amount_add(most, one, &sum).code, &ERR_AMOUNT_OVERFLOW);
    assert_true(amount_eq(sum, one));
    assert_true(amount_eq(amount_add_to_max(most, one), most));
    assert_true(amount_is_zero(amount_subtract_to_zero(one, most)));
    assert_true(result_is_ok(amount_add(amount_subtract_to_zero(most, one), one, &sum)));
    assert_true(amount_eq(sum, most));
}

static void test_display_precision_survives_a_double(void **state) {
    (void)state;
    const struct {
        const char *asset;
        const char *from;
        const char *up;
        const char *down;
    } rows[] = {
        {"ETH", "0.012345678900000001", "0.01234568", "0.01234567"},
        {"ETH", "0.01234567", "0.01234567", "0.01234567"},
        {"ETH", "1234567.123456781", "1234567.12345679", "1234567.12345678"},
        {"ETH", "12345678.123456781", "12345678.1234568", "12345678.1234567"},
        {"ETH", "999999999.999999999", "1000000000", "999999999.999999"},
        {"BTC", "0.00000001", "0.00000001", "0.00000001"},
        {"USD", "12.34", "12.34", "12.34"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct amount from = money(rows[i].asset, rows[i].from);
        struct amount rounded;
        assert_true(result_is_ok(amount_to_display_precision(from, ROUND_UP, &rounded)));
        assert_true(amount_eq(rounded, money(rows[i].asset, rows[i].up)));
        assert_true(result_is_ok(amount_to_display_precision(from, ROUND_DOWN, &rounded)));
        assert_true(amount_eq(rounded, money(rows[i].asset, rows[i].down)));
    }
}

static void test_parts_of_a_million(void **state) {
    (void)state;
    struct amount part;
    assert_true(result_is_ok(amount_per_million(money("USD", "100"), 8000, ROUND_HALF_UP, &part)));
    assert_true(amount_eq(part, money("USD", "0.80")));
    assert_true(result_is_ok(amount_per_million(money("USD", "0.01"), 1, ROUND_UP, &part)));
    assert_true(amount_eq(part, money("USD", "0.01")));
}

static void test_the_locale_changes_nothing(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    /* Where no such locale is installed this proves little; the code has no call that could ask. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    assert_string_equal(amount_to_text(arena, money("BTC", "1234567.5")).ptr, "1234567.5");
    setlocale(LC_ALL, "C");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_means_what_python_decimal_says),
        cmocka_unit_test(test_text_is_rounded_as_python_rounds),
        cmocka_unit_test(test_products_and_quotients_are_exact_in_256_bits),
        cmocka_unit_test(test_a_failure_leaves_the_output_alone),
        cmocka_unit_test(test_numbers_for_typed_clients_have_a_decimal),
        cmocka_unit_test(test_blobs_sort_as_the_numbers_do),
        cmocka_unit_test(test_sums_do_not_wrap),
        cmocka_unit_test(test_display_precision_survives_a_double),
        cmocka_unit_test(test_parts_of_a_million),
        cmocka_unit_test(test_the_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
