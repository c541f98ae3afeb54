/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/confirmations.h"
#include "core/error.h"
#include "support/money.h"

static struct confirmation_tiers tiers(const char *text) {
    struct confirmation_tiers tiers;
    assert_true(result_is_ok(confirmation_tiers_from_text(str_from_c(text), &tiers)));
    return tiers;
}

static struct confirmation_tier deep(uint32_t depth_blocks) {
    return (struct confirmation_tier){.depth_blocks = depth_blocks};
}

static void test_the_tier_begins_with_its_own_sum(void **state) {
    (void)state;
    struct confirmation_tiers btc = tiers("2 6@10000USD 24@100000.50USD");
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "0")).depth_blocks, 2);
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "9999.99")).depth_blocks, 2);
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "10000")).depth_blocks, 6);
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "100000.49")).depth_blocks, 6);
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "100000.50")).depth_blocks, 24);
    assert_int_equal(confirmation_tier_for(&btc, money("USD", "1e12")).depth_blocks, 24);
}

static void test_texts_come_back_in_one_form(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct confirmation_tiers read = tiers("  2   6@10000.00USD ");
    assert_true(str_eq(confirmation_tiers_to_text(arena, &read), STR("2 6@10000USD")));
    arena_free(arena);
}

static void test_what_is_no_tier_list_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "0",
        "6@10000USD",
        "2 6",
        "2 6@10000",
        "2 6@0USD",
        "2 1@10USD",
        "2 6@10USD 7@10USD",
        "2 6@10USD 7@9USD",
        "1001",
        "-1",
        "2 6@-1USD",
        "2@",
        "x",
        "2 @10USD",
        "safe 12@10USD",
        "finalized safe@10USD",
        "safe@10USD",
        "Safe",
        "final",
        "safe finalized",
        "1 1@1USD 1@2USD 1@3USD 1@4USD 1@5USD 1@6USD 1@7USD 1@8USD",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct confirmation_tiers read;
        assert_ptr_equal(confirmation_tiers_from_text(str_from_c(texts[i]), &read).code,
                         &ERR_CONFIRMATIONS_INVALID);
    }
}

static void test_a_block_may_have_to_be_safe_or_finalized(void **state) {
    (void)state;
    struct confirmation_tiers eth = tiers("2 safe@1000USD finalized@10000USD");
    assert_int_equal(confirmation_tier_for(&eth, money("USD", "999")).rule, CONFIRMED_DEEP);
    assert_int_equal(confirmation_tier_for(&eth, money("USD", "1000")).rule, CONFIRMED_SAFE);
    assert_int_equal(confirmation_tier_for(&eth, money("USD", "1e9")).rule, CONFIRMED_FINALIZED);
    assert_int_equal(confirmation_tier_last(&eth).rule, CONFIRMED_FINALIZED);
    struct confirmation_place place = {.network = network_by_key(STR("eth")), .height = 700};
    assert_int_equal(confirmation_matures_height(place, confirmation_tier_last(&eth)), 0);
    struct arena *arena = arena_new(1 << 16);
    assert_true(
        str_eq(confirmation_tiers_to_text(arena, &eth), STR("2 safe@1000USD finalized@10000USD")));
    arena_free(arena);
    eth = tiers("safe finalized@10000USD");
    assert_int_equal(confirmation_tier_for(&eth, money("USD", "0")).rule, CONFIRMED_SAFE);
}

static void test_only_evm_networks_call_blocks_safe(void **state) {
    (void)state;
    struct confirmation_tiers deep_ones = tiers("2 6@10USD");
    struct confirmation_tiers final_ones = tiers("2 finalized@10USD");
    for (const struct network *const *row = network_list(); *row != NULL; row++) {
        assert_true(confirmation_tiers_fit(&deep_ones, *row));
        assert_int_equal(confirmation_tiers_fit(&final_ones, *row), (*row)->kind == CHAIN_EVM);
    }
}

static void test_every_network_has_a_default(void **state) {
    (void)state;
    struct confirmation_tiers ltc = confirmation_tiers_default(network_by_key(STR("ltc")));
    assert_int_equal(confirmation_tier_for(&ltc, money("USD", "5")).depth_blocks, 6);
}

static void test_depth_one_is_the_tip_itself(void **state) {
    (void)state;
    struct confirmation_place place = {.network = network_by_key(STR("btc")), .height = 700};
    assert_int_equal(confirmation_matures_height(place, deep(1)), 700);
    assert_int_equal(confirmation_matures_height(place, deep(6)), 705);
}

static void test_a_coinbase_waits_for_its_maturity(void **state) {
    (void)state;
    struct confirmation_place place = {
        .network = network_by_key(STR("btc")), .height = 700, .coinbase = true};
    assert_int_equal(confirmation_matures_height(place, deep(6)), 799);
    assert_int_equal(confirmation_matures_height(place, deep(120)), 819);
    place.network = network_sandbox();
    assert_int_equal(confirmation_matures_height(place, deep(1)), 700);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tier_begins_with_its_own_sum),
        cmocka_unit_test(test_texts_come_back_in_one_form),
        cmocka_unit_test(test_what_is_no_tier_list_is_refused),
        cmocka_unit_test(test_a_block_may_have_to_be_safe_or_finalized),
        cmocka_unit_test(test_only_evm_networks_call_blocks_safe),
        cmocka_unit_test(test_every_network_has_a_default),
        cmocka_unit_test(test_depth_one_is_the_tip_itself),
        cmocka_unit_test(test_a_coinbase_waits_for_its_maturity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
