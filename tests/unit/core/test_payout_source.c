/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/payout_source.h"
#include "support/money.h"

static struct payout_source holding(const char *coin, const char *usdt) {
    return (struct payout_source){.coin = money("ETH", coin),
                                  .tokens = {money("USDT_ERC20", usdt)}};
}

static struct payout_need of_coin(const char *amount) {
    return (struct payout_need){
        .token = SWEEP_COIN, .amount = money("ETH", amount), .fee = money("ETH", "0.01")};
}

static struct payout_need of_token(const char *amount) {
    return (struct payout_need){
        .token = 0, .amount = money("USDT_ERC20", amount), .fee = money("ETH", "0.01")};
}

static void test_the_one_with_the_least_beyond_it_pays(void **state) {
    (void)state;
    const struct payout_source sources[] = {holding("5", "0"), holding("0.5", "0"),
                                            holding("1", "0"), holding("1", "0")};
    struct payout_need need = of_coin("0.6");
    struct payout_choice choice = payout_source_choose(sources, 4, &need);
    assert_int_equal(choice.verdict, PAYOUT_SOURCE_FOUND);
    assert_int_equal(choice.source, 2); /* the first of equals */
    assert_true(amount_is_zero(choice.lack));
}

static void test_coin_must_cover_its_fee_to_the_last_unit(void **state) {
    (void)state;
    struct payout_source sources[] = {holding("0.61", "0")};
    struct payout_need need = of_coin("0.6");
    assert_int_equal(payout_source_choose(sources, 1, &need).verdict, PAYOUT_SOURCE_FOUND);
    sources[0] = holding("0.609999999999999999", "0");
    assert_int_equal(payout_source_choose(sources, 1, &need).verdict, PAYOUT_SOURCE_TOO_LITTLE);
}

static void test_tokens_without_coin_for_the_fee_are_told_what_lacks(void **state) {
    (void)state;
    struct payout_source sources[] = {holding("0.001", "20"), holding("0.004", "30"),
                                      holding("9", "19")};
    struct payout_need need = of_token("20");
    struct payout_choice choice = payout_source_choose(sources, 3, &need);
    assert_int_equal(choice.verdict, PAYOUT_SOURCE_LACKS_FEE);
    assert_int_equal(choice.source, 1); /* the one that lacks the least */
    assert_true(amount_eq(choice.lack, money("ETH", "0.006")));
    sources[0] = holding("0.01", "200");
    choice = payout_source_choose(sources, 3, &need);
    assert_int_equal(choice.verdict, PAYOUT_SOURCE_FOUND);
    assert_int_equal(choice.source, 0);
}

static void test_what_is_scattered_is_told_from_what_is_too_little(void **state) {
    (void)state;
    struct payout_source sources[] = {holding("1", "12"), holding("1", "8"), holding("1", "0")};
    struct payout_need need = of_token("20");
    struct payout_choice choice = payout_source_choose(sources, 3, &need);
    assert_int_equal(choice.verdict, PAYOUT_SOURCE_SCATTERED);
    assert_int_equal(choice.holders, 2);
    assert_true(amount_eq(choice.common, money("USDT_ERC20", "20")));
    assert_int_equal(choice.source, 0); /* the largest */
    assert_true(amount_eq(choice.lack, money("USDT_ERC20", "8")));
    sources[1].shut = true;
    choice = payout_source_choose(sources, 3, &need);
    assert_int_equal(choice.verdict, PAYOUT_SOURCE_TOO_LITTLE);
    assert_true(amount_eq(choice.common, money("USDT_ERC20", "12")));
    assert_true(amount_eq(choice.lack, money("USDT_ERC20", "8")));
    assert_int_equal(payout_source_choose(sources, 0, &need).verdict, PAYOUT_SOURCE_TOO_LITTLE);
}

static void test_one_that_is_shut_pays_nothing(void **state) {
    (void)state;
    struct payout_source sources[] = {holding("1", "20"), holding("1", "50")};
    struct payout_need need = of_token("20");
    assert_int_equal(payout_source_choose(sources, 2, &need).source, 0);
    sources[0].shut = true;
    assert_int_equal(payout_source_choose(sources, 2, &need).source, 1);
}

static void test_what_one_payout_takes_is_no_others(void **state) {
    (void)state;
    struct payout_source source = holding("1", "50");
    struct payout_need token = of_token("20");
    payout_source_take(&source, &token);
    assert_true(amount_eq(source.coin, money("ETH", "0.99")));
    assert_true(amount_eq(source.tokens[0], money("USDT_ERC20", "30")));
    struct payout_need coin = of_coin("0.9");
    payout_source_take(&source, &coin);
    assert_true(amount_eq(source.coin, money("ETH", "0.08")));
    assert_int_equal(payout_source_choose(&source, 1, &coin).verdict, PAYOUT_SOURCE_TOO_LITTLE);
    assert_int_equal(payout_source_choose(&source, 1, &token).verdict, PAYOUT_SOURCE_FOUND);
}

static void test_the_largest_come_first_and_no_more_than_were_asked_for(void **state) {
    (void)state;
    struct payout_source sources[] = {holding("1", "3"), holding("1", "7"), holding("1", "0"),
                                      holding("1", "5"), holding("1", "9"), holding("1", "5")};
    size_t found[4] = {99, 99, 99, 99};
    sources[4].shut = true;
    assert_int_equal(payout_source_largest(sources, 6, 0, found, 3), 3);
    const size_t expected[] = {1, 3, 5, 99};
    assert_memory_equal(found, expected, sizeof expected);
    assert_int_equal(payout_source_largest(sources, 6, 0, found, 4), 4);
    assert_int_equal(found[3], 0);
    assert_int_equal(payout_source_largest(sources, 6, 0, found, 0), 0);
    assert_int_equal(payout_source_largest(sources, 0, 0, found, 4), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_one_with_the_least_beyond_it_pays),
        cmocka_unit_test(test_coin_must_cover_its_fee_to_the_last_unit),
        cmocka_unit_test(test_tokens_without_coin_for_the_fee_are_told_what_lacks),
        cmocka_unit_test(test_what_is_scattered_is_told_from_what_is_too_little),
        cmocka_unit_test(test_one_that_is_shut_pays_nothing),
        cmocka_unit_test(test_what_one_payout_takes_is_no_others),
        cmocka_unit_test(test_the_largest_come_first_and_no_more_than_were_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
