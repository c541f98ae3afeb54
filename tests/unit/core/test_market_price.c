/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/market_price.h"

static struct arena *arena;

static int make_arena(void **state) {
    (void)state;
    arena = arena_new((size_t)1 << 20);
    return 0;
}

static int free_arena(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct market_price price(const char *text) {
    struct market_price price;
    assert_true(market_price_from_text(str_from_c(text), &price));
    return price;
}

static const char *text(struct market_price price) {
    return str_to_c(arena, market_price_to_text(arena, price));
}

static void test_texts_come_back(void **state) {
    (void)state;
    assert_string_equal(text(price("61234.5")), "61234.5");
    assert_string_equal(text(price("1")), "1");
    assert_string_equal(text(price("1.0")), "1");
    assert_string_equal(text(price("0.00004036245")), "0.00004036245");
    assert_string_equal(text(price("1e-9")), "0.000000001");
    assert_string_equal(text(price("1E9")), "1000000000");
}

static void test_ten_digits_are_shown(void **state) {
    (void)state;
    assert_string_equal(text(price("66899.50231948572")), "66899.50232");
    assert_string_equal(text(price("0.99999999996")), "1");
    assert_string_equal(text(price("0.000040362453229198")), "0.00004036245323");
    assert_string_equal(text(price("0.1234567890123456789")), "0.123456789");
}

static void test_what_no_market_says_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "0",
        "0.0",
        "-1",
        "-0",
        "NaN",
        "nan",
        "Infinity",
        "1,5",
        "0x10",
        " 1",
        "1 ",
        "+1",
        "null",
        "1e10",
        "1e-10",
        "1e400",
        "1e-400",
        "1000000000.1",
        "0.0000000009999",
        "99999999999999999999999999999999999999999",
        "<html>",
        "05",
        ".5",
        "1.",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct market_price price = {7};
        if (market_price_from_text(str_from_c(wrong[i]), &price)) {
            fail_msg("\"%s\" was taken", wrong[i]);
        }
        assert_true(price.e18 == 7);
    }
}

static void test_the_inverse_of_what_a_dollar_buys(void **state) {
    (void)state;
    struct market_price inverse;
    assert_true(market_price_inverse(price("0.5"), &inverse));
    assert_string_equal(text(inverse), "2");
    assert_true(market_price_inverse(price("0.0000149477503871"), &inverse));
    assert_string_equal(text(inverse), "66899.69889");
    assert_true(market_price_inverse(price("24775.5"), &inverse));
    assert_string_equal(text(inverse), "0.00004036245484");
    assert_true(market_price_inverse(price("1e9"), &inverse));
    assert_string_equal(text(inverse), "0.000000001");
    assert_false(market_price_inverse((struct market_price){0}, &inverse));
}

static void test_a_cross_is_a_product(void **state) {
    (void)state;
    struct market_price product;
    assert_true(market_price_times(price("66894.01"), price("1.0002"), &product));
    assert_string_equal(text(product), "66907.3888");
    assert_true(market_price_times(price("0.12207"), price("0.9"), &product));
    assert_string_equal(text(product), "0.109863");
    assert_false(market_price_times(price("1e9"), price("1e9"), &product));
    assert_false(market_price_times(price("1e-9"), price("0.1"), &product));
}

static void test_near_counts_from_the_smaller(void **state) {
    (void)state;
    assert_true(market_price_near(price("100"), price("105"), 50000));
    assert_true(market_price_near(price("105"), price("100"), 50000));
    assert_false(market_price_near(price("100"), price("105.0000001"), 50000));
    assert_false(market_price_near(price("95"), price("100"), 50000));
    assert_true(market_price_near(price("1e9"), price("1e9"), 0));
    assert_false(market_price_near(price("1e-9"), price("1e9"), 4000000000u));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_come_back),
        cmocka_unit_test(test_ten_digits_are_shown),
        cmocka_unit_test(test_what_no_market_says_is_refused),
        cmocka_unit_test(test_the_inverse_of_what_a_dollar_buys),
        cmocka_unit_test(test_a_cross_is_a_product),
        cmocka_unit_test(test_near_counts_from_the_smaller),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
