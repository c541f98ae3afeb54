/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/script.h"
#include "core/spend.h"

static const struct asset *coin(const char *code) {
    return asset_by_code(str_from_c(code));
}

static struct amount sat(uint64_t units) {
    return amount_from_u64(coin("BTC"), units);
}

static struct script wpkh(void) {
    struct witness_program program = {.version = 0, .len = HASH_160_BYTES};
    return script_witness(&program);
}

static struct script of_type(enum account_type type) {
    static const uint8_t hash[HASH_160_BYTES];
    struct witness_program taproot = {.version = 1, .len = 32};
    return type == ACCOUNT_P2PKH         ? script_p2pkh(hash)
           : type == ACCOUNT_P2SH_P2WPKH ? script_p2sh(hash)
           : type == ACCOUNT_P2TR        ? script_witness(&taproot)
                                         : wpkh();
}

static void ok(struct result result) {
    assert_true(result_is_ok(result));
}

static uint64_t vsize(enum account_type type, size_t inputs, size_t outputs) {
    struct spend spend;
    struct spend_sums sums;
    struct script program = of_type(type);
    spend_init(&spend, coin("BTC"), 1000);
    for (size_t i = 0; i < outputs; i++) {
        ok(spend_pay(&spend, &program, sat(1000)));
    }
    for (size_t i = 0; i < inputs; i++) {
        ok(spend_gather(&spend, type, sat(1000 * outputs + 1000000)));
    }
    ok(spend_settle(&spend, &program, type, &sums));
    assert_false(amount_is_zero(sums.change));
    return sums.vsize;
}

/* The sizes that wallets' handbooks give: 2 outputs with the change. */
static void test_sizes_are_those_of_signed_transactions(void **state) {
    (void)state;
    assert_int_equal(vsize(ACCOUNT_P2PKH, 1, 1), 226);
    assert_int_equal(vsize(ACCOUNT_P2WPKH, 1, 1), 141);
    assert_int_equal(vsize(ACCOUNT_P2SH_P2WPKH, 1, 1), 166);
    assert_int_equal(vsize(ACCOUNT_P2TR, 1, 1), 154);
    assert_int_equal(vsize(ACCOUNT_P2WPKH, 2, 1), 209);
    assert_int_equal(vsize(ACCOUNT_P2WPKH, 1, 2), 172);
    /* Two more bytes for the count of inputs from the 253rd on. */
    assert_int_equal(vsize(ACCOUNT_P2PKH, 253, 1) - vsize(ACCOUNT_P2PKH, 252, 1), 148 + 2);
    /* The same of outputs; the change is one. */
    assert_int_equal(vsize(ACCOUNT_P2PKH, 1, 252) - vsize(ACCOUNT_P2PKH, 1, 251), 34 + 2);
}

static void test_inputs_without_a_witness_say_so_beside_those_with_one(void **state) {
    (void)state;
    struct spend spend;
    struct spend_sums sums;
    struct script program = wpkh();
    spend_init(&spend, coin("BTC"), 1000);
    ok(spend_pay(&spend, &program, sat(1500)));
    ok(spend_gather(&spend, ACCOUNT_P2PKH, sat(1000)));
    ok(spend_gather(&spend, ACCOUNT_P2WPKH, sat(1000)));
    ok(spend_settle(&spend, &program, ACCOUNT_P2WPKH, &sums));
    /* (10 + 148 + 41 + 31) * 4 + 2 + 108 + 1, by four, rounded up; the change is dust. */
    assert_int_equal(sums.vsize, 258);
    assert_true(amount_eq(sums.fee, sat(500)));
    assert_true(amount_is_zero(sums.change));
    /* (10 + 9 * 148 + 41 + 31) * 4 + 2 + 108 + 9 */
    spend_init(&spend, coin("BTC"), 1000);
    ok(spend_pay(&spend, &program, sat(8500)));
    for (int i = 0; i < 9; i++) {
        ok(spend_gather(&spend, ACCOUNT_P2PKH, sat(1000)));
    }
    ok(spend_gather(&spend, ACCOUNT_P2WPKH, sat(1000)));
    ok(spend_settle(&spend, &program, ACCOUNT_P2WPKH, &sums));
    assert_int_equal(sums.vsize, 1444);
}

static void test_what_lacks_is_told_and_the_fee_counts(void **state) {
    (void)state;
    struct spend spend;
    struct script program = wpkh();
    spend_init(&spend, coin("BTC"), 2000);
    ok(spend_pay(&spend, &program, sat(50000)));
    /* No input yet: 10 + 31 bytes. */
    assert_true(amount_eq(spend_lacks(&spend), sat(50000 + 82)));
    ok(spend_gather(&spend, ACCOUNT_P2WPKH, sat(50000)));
    assert_true(amount_eq(spend_lacks(&spend), sat(220)));
    ok(spend_gather(&spend, ACCOUNT_P2WPKH, sat(356)));
    assert_true(amount_is_zero(spend_lacks(&spend)));
}

static struct spend_sums settled(uint64_t gathered_sat, uint64_t fee_rate) {
    struct spend spend;
    struct spend_sums sums;
    struct script program = wpkh();
    spend_init(&spend, coin("BTC"), fee_rate);
    ok(spend_pay(&spend, &program, sat(100000)));
    ok(spend_gather(&spend, ACCOUNT_P2WPKH, sat(gathered_sat)));
    ok(spend_settle(&spend, &program, ACCOUNT_P2WPKH, &sums));
    struct amount out;
    ok(amount_add(sums.fee, sums.change, &out));
    assert_true(amount_eq(out, sat(gathered_sat - 100000)));
    return sums;
}

static void test_change_that_is_dust_or_not_worth_spending_is_left_to_the_fee(void **state) {
    (void)state;
    assert_true(amount_eq(settled(100110, 1000).fee, sat(110)));
    assert_true(amount_is_zero(settled(100110, 1000).change));
    /* 141 vB with change, and dust is below 546. */
    assert_true(amount_is_zero(settled(100000 + 141 + 545, 1000).change));
    assert_true(amount_eq(settled(100000 + 141 + 546, 1000).change, sat(546)));
    /* At 100 sat/vB an input costs 6800. */
    assert_true(amount_is_zero(settled(100000 + 14100 + 6800, 100000).change));
    assert_true(amount_eq(settled(100000 + 14100 + 6801, 100000).change, sat(6801)));
}

static void test_fee_rates_are_exact_texts_within_bounds(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(4096);
    static const struct {
        const char *text;
        uint64_t rate;
        const char *shown;
    } rates[] = {{"1", 1000, "1"},
                 {"1.5", 1500, "1.5"},
                 {"0.1", 100, "0.1"},
                 {"12.345", 12345, "12.345"},
                 {"10000", 10000000, "10000"},
                 {"2.050", 2050, "2.05"}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        uint64_t rate;
        ok(fee_rate_from_text(str_from_c(rates[i].text), &rate));
        assert_int_equal(rate, rates[i].rate);
        assert_string_equal(str_to_c(arena, fee_rate_to_text(arena, rate)), rates[i].shown);
    }
    static const char *const wrong[] = {"",
                                        "0",
                                        "0.099",
                                        "10000.001",
                                        "1.2345",
                                        "-1",
                                        "1e3",
                                        "1.",
                                        ".5",
                                        "1,5",
                                        " 1",
                                        "much",
                                        "99999999999999999999",
                                        "18446744073709551616"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint64_t rate;
        assert_true(fee_rate_from_text(str_from_c(wrong[i]), &rate).code == &ERR_FEE_RATE_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_those_of_signed_transactions),
        cmocka_unit_test(test_inputs_without_a_witness_say_so_beside_those_with_one),
        cmocka_unit_test(test_what_lacks_is_told_and_the_fee_counts),
        cmocka_unit_test(test_change_that_is_dust_or_not_worth_spending_is_left_to_the_fee),
        cmocka_unit_test(test_fee_rates_are_exact_texts_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
