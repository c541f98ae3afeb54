/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/quote.h"
#include "core/rate.h"
#include "support/money.h"

static struct rate rate(const char *asset, const char *fiat, const char *text) {
    struct rate rate;
    assert_true(result_is_ok(
        rate_from_text(money_asset(asset), money_asset(fiat), str_from_c(text), 1000, &rate)));
    return rate;
}

static struct amount due(const char *fiat, const char *price, const char *asset,
                         const char *per_coin) {
    struct rate priced = rate(asset, fiat, per_coin);
    struct amount due;
    assert_true(result_is_ok(quote_due(money(fiat, price), money_asset(asset), &priced, &due)));
    return due;
}

static void test_due_is_rounded_up_once(void **state) {
    (void)state;
    assert_true(amount_eq(due("USD", "30", "BTC", "60000"), money("BTC", "0.0005")));
    /* 1/3 of a cent's worth more is a whole satoshi more. */
    assert_true(amount_eq(due("USD", "100", "BTC", "30000"), money("BTC", "0.00333334")));
    assert_true(amount_eq(due("USD", "0.10", "ETH", "3000"), money("ETH", "0.00003334")));
    assert_true(amount_eq(due("USD", "25", "USDT_TRC20", "1"), money("USDT_TRC20", "25")));
    assert_true(
        amount_eq(due("USD", "25", "USDT_TRC20", "0.9998"), money("USDT_TRC20", "25.005002")));
    assert_true(amount_eq(due("JPY", "1000", "BTC", "9123456"), money("BTC", "0.00010961")));
}

static void test_due_fits_fifteen_digits(void **state) {
    (void)state;
    assert_true(amount_eq(due("USD", "99999999999", "ETH", "7"), money("ETH", "14285714285.5715")));
}

static void test_no_rate_is_a_refusal_for_stablecoins_too(void **state) {
    (void)state;
    struct amount due = money("BTC", "7");
    assert_ptr_equal(quote_due(money("USD", "10"), money_asset("USDT_TRC20"), NULL, &due).code,
                     &ERR_RATE_MISSING);
    assert_true(amount_eq(due, money("BTC", "7")));
    struct amount usd;
    assert_ptr_equal(quote_usd(money("EUR", "10"), NULL, &usd).code, &ERR_RATE_MISSING);
}

static void test_sums_that_cannot_be_paid_are_refused(void **state) {
    (void)state;
    struct rate btc = rate("BTC", "USD", "60000");
    struct amount due;
    const struct asset *asset = money_asset("BTC");
    assert_ptr_equal(quote_due(money("USD", "0"), asset, &btc, &due).code, &ERR_AMOUNT_INVALID);
    assert_ptr_equal(quote_due(money("USD", "0.01"), asset, &btc, &due).code,
                     &ERR_AMOUNT_TOO_SMALL);
    assert_ptr_equal(quote_due(money("USD", "0.32"), asset, &btc, &due).code,
                     &ERR_AMOUNT_TOO_SMALL); /* 534 satoshi */
    assert_true(result_is_ok(quote_due(money("USD", "0.33"), asset, &btc, &due)));
    assert_true(result_is_ok(quote_due(money("USD", "1000000000000"), asset, &btc, &due)));
    assert_ptr_equal(quote_due(money("USD", "1000000000000.01"), asset, &btc, &due).code,
                     &ERR_AMOUNT_OVERFLOW);
}

static void test_a_price_in_another_currency_has_a_sum_in_usd(void **state) {
    (void)state;
    struct amount usd;
    assert_true(result_is_ok(quote_usd(money("USD", "54.5"), NULL, &usd)));
    assert_true(amount_eq(usd, money("USD", "54.50")));
    struct rate eur = rate("EUR", "USD", "1.0843");
    assert_true(result_is_ok(quote_usd(money("EUR", "50"), &eur, &usd)));
    assert_true(amount_eq(usd, money("USD", "54.22"))); /* 54.215 */
    struct rate jpy = rate("JPY", "USD", "0.0066");
    assert_true(result_is_ok(quote_usd(money("JPY", "1000"), &jpy, &usd)));
    assert_true(amount_eq(usd, money("USD", "6.60")));
}

static void test_a_cross_rate_is_exact(void **state) {
    (void)state;
    struct rate btc = rate("BTC", "USD", "60000.5");
    struct rate eur = rate("EUR", "USD", "1.0843");
    eur.at_ms = 500;
    struct rate cross;
    assert_true(result_is_ok(rate_cross(&btc, &eur, &cross)));
    assert_int_equal(cross.at_ms, 500);
    struct amount due;
    assert_true(result_is_ok(quote_due(money("EUR", "50"), money_asset("BTC"), &cross, &due)));
    assert_true(amount_eq(due, money("BTC", "0.00090358"))); /* 54.215 / 60000.5 = 0.000903575 */
    struct arena *arena = arena_new(1 << 16);
    assert_string_equal(rate_to_text(arena, &cross).ptr, "55335.7004519045");
    arena_free(arena);
}

static void test_rates_come_back_as_they_were_read(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    static const char *const texts[] = {"60000",    "1",          "0.000012345678901234",
                                        "1e3",      "68123.4567", "0.000000000000000001",
                                        "99999999", "0.00812345"};
    static const char *const plain[] = {"60000",    "1",          "0.000012345678901234",
                                        "1000",     "68123.4567", "0.000000000000000001",
                                        "99999999", "0.00812345"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct rate btc = rate("BTC", "USD", texts[i]);
        struct rate tusd = rate("TUSD_ERC20", "JPY", texts[i]);
        assert_string_equal(rate_to_text(arena, &btc).ptr, plain[i]);
        assert_string_equal(rate_to_text(arena, &tusd).ptr, plain[i]);
    }
    arena_free(arena);
}

static void test_what_is_no_rate_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"0",    "0.0", "-1",  "NaN", "Infinity", "",     "1e-19",
                                        "1e99", "x",   "1,5", " 1",  "0x1",      "1e400"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct rate rate;
        assert_ptr_equal(
            rate_from_text(money_asset("BTC"), money_asset("USD"), str_from_c(texts[i]), 0, &rate)
                .code,
            &ERR_RATE_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due_is_rounded_up_once),
        cmocka_unit_test(test_due_fits_fifteen_digits),
        cmocka_unit_test(test_no_rate_is_a_refusal_for_stablecoins_too),
        cmocka_unit_test(test_sums_that_cannot_be_paid_are_refused),
        cmocka_unit_test(test_a_price_in_another_currency_has_a_sum_in_usd),
        cmocka_unit_test(test_a_cross_rate_is_exact),
        cmocka_unit_test(test_rates_come_back_as_they_were_read),
        cmocka_unit_test(test_what_is_no_rate_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
