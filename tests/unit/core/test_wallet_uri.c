/* SPDX-License-Identifier: MIT */
/* Exact to the digit: a wallet sends what stands here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/wallet_uri.h"
#include "support/money.h"

enum { ARENA_BYTES = 1 << 16 };

static const char payee[] = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static const char *uri_of(struct arena *arena, const char *asset, const char *amount,
                          uint64_t chain_id, const char *contract) {
    struct wallet_request request = {.address = str_from_c(payee),
                                     .amount = money(asset, amount),
                                     .chain_id = chain_id,
                                     .contract = str_from_c(contract)};
    return str_to_c(arena, wallet_uri(arena, &request));
}

static void test_coins_of_bitcoin_like_chains_are_asked_for_in_whole_coins(void **state) {
    struct wallet_request request = {.address = STR("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
                                     .amount = money("BTC", "0.00050000")};
    assert_string_equal(str_to_c(*state, wallet_uri(*state, &request)),
                        "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.0005");
}

static void test_native_coin_is_asked_for_in_wei_on_its_own_chain(void **state) {
    assert_string_equal(
        uri_of(*state, "ETH", "2.014", 1, ""),
        "ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@1?value=2014000000000000000");
    assert_string_equal(uri_of(*state, "ETH", "0.000000000000000001", 31337, ""),
                        "ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@31337?value=1");
    assert_string_equal(uri_of(*state, "BNB", "1000000000000", 56, ""),
                        "ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@56?value="
                        "1000000000000000000000000000000");
}

static void test_a_token_is_its_contracts_transfer_in_base_units(void **state) {
    assert_string_equal(
        uri_of(*state, "USDT_ERC20", "25.005002", 1, "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
        "ethereum:0xdAC17F958D2ee523a2206206994597C13D831ec7@1/transfer?address="
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359&uint256=25005002");
    assert_string_equal(
        uri_of(*state, "TUSD_ERC20", "1", 31337, "0x0000000000085d4780B73119b644AE5ecd22b376"),
        "ethereum:0x0000000000085d4780B73119b644AE5ecd22b376@31337/transfer?address="
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359&uint256=1000000000000000000");
}

static void test_the_largest_sum_keeps_all_its_digits(void **state) {
    struct wallet_request request = {
        .address = str_from_c(payee),
        .amount = amount_from_units(money_asset("ETH"), ~(unsigned __int128)0),
        .chain_id = 1};
    assert_string_equal(str_to_c(*state, wallet_uri(*state, &request)),
                        "ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@1?value="
                        "340282366920938463463374607431768211455");
}

static void test_without_a_chain_or_a_contract_there_is_none(void **state) {
    assert_string_equal(uri_of(*state, "ETH", "1", 0, ""), "");
    assert_string_equal(uri_of(*state, "USDT_ERC20", "1", 1, ""), "");
    assert_string_equal(
        uri_of(*state, "USDT_ERC20", "1", 0, "0xdAC17F958D2ee523a2206206994597C13D831ec7"), "");
    /* A coin has none; somebody mixed things up. */
    assert_string_equal(uri_of(*state, "ETH", "1", 1, "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
                        "");
}

static void test_tron_has_the_bare_address_only(void **state) {
    assert_string_equal(uri_of(*state, "TRX", "1", 728126428, ""), "");
    assert_string_equal(
        uri_of(*state, "USDT_TRC20", "1", 728126428, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"), "");
}

static void test_the_address_comes_first_on_evm_chains_only(void **state) {
    (void)state;
    assert_true(wallet_uri_comes_second(money_asset("USDC_ERC20")));
    assert_true(wallet_uri_comes_second(money_asset("BNB")));
    assert_false(wallet_uri_comes_second(money_asset("LTC")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_coins_of_bitcoin_like_chains_are_asked_for_in_whole_coins),
        TEST(test_native_coin_is_asked_for_in_wei_on_its_own_chain),
        TEST(test_a_token_is_its_contracts_transfer_in_base_units),
        TEST(test_the_largest_sum_keeps_all_its_digits),
        TEST(test_without_a_chain_or_a_contract_there_is_none),
        TEST(test_tron_has_the_bare_address_only),
        TEST(test_the_address_comes_first_on_evm_chains_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
