/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "support/money.h"

#define USDT_TEXT "0xdAC17F958D2ee523a2206206994597C13D831ec7"

static const struct network *network(const char *key) {
    return network_by_key(str_from_c(key));
}

static void test_every_built_in_contract_is_an_address_with_its_checksum(void **state) {
    (void)state;
    for (const struct network *const *row = network_list(); *row != NULL; row++) {
        struct token_list list;
        token_list_init(&list, *row, (*row)->chain_id);
        size_t expected = 0;
        for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
            if ((*asset)->network != *row || (*asset)->contract == NULL) {
                continue;
            }
            const struct token *token = token_by_asset(&list, *asset);
            assert_non_null(token);
            assert_string_equal(token->text.text, (*asset)->contract);
            assert_ptr_equal(token_by_contract(&list, script_bytes(&token->contract)), token);
            expected++;
        }
        assert_int_equal(list.count, expected);
    }
}

static void test_another_chain_id_has_no_built_in_token(void **state) {
    (void)state;
    struct token_list list;
    token_list_init(&list, network("eth"), 31337);
    assert_int_equal(list.count, 0);
    token_list_init(&list, network("eth"), 0);
    assert_int_equal(list.count, 0);
    token_list_init(&list, network("btc"), 0);
    assert_int_equal(list.count, 0);
}

static void test_bsc_has_dollars_of_18_decimals(void **state) {
    (void)state;
    assert_int_equal(money_asset("USDT_BSC")->decimals, 18);
    assert_int_equal(money_asset("USDC_BSC")->decimals, 18);
    assert_int_equal(money_asset("USDT_ARB")->decimals, 6);
}

static bool reads(const char *key, const char *code, const char *text) {
    struct token token;
    struct result read = token_from_text(network(key), str_from_c(code), str_from_c(text), &token);
    assert_true(result_is_ok(read) || read.code == &ERR_TOKEN_CONTRACT_INVALID);
    return result_is_ok(read);
}

static void test_a_contract_is_read_strictly(void **state) {
    (void)state;
    assert_true(reads("eth", "USDT_ERC20", USDT_TEXT ":6"));
    assert_true(reads("eth", "USDT_ERC20", "0xdac17f958d2ee523a2206206994597c13d831ec7:6"));
    assert_true(reads("tron", "USDT_TRC20", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t:6"));
    static const char *const wrong[] = {
        USDT_TEXT,
        USDT_TEXT ":",
        USDT_TEXT ":18",
        USDT_TEXT ":6 ",
        USDT_TEXT ":-6",
        ":6",
        "",
        "dAC17F958D2ee523a2206206994597C13D831ec7:6",
        "0xDAC17F958D2ee523a2206206994597C13D831ec7:6",
        "0xdac17f958d2ee523a2206206994597c13d831e:6",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t:6",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(reads("eth", "USDT_ERC20", wrong[i]));
    }
    assert_false(reads("tron", "USDT_TRC20", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T:6"));
    assert_false(reads("tron", "USDT_TRC20", "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c:6"));
}

static void test_only_a_token_of_the_network_has_a_contract(void **state) {
    (void)state;
    assert_false(reads("eth", "ETH", USDT_TEXT ":18"));
    assert_false(reads("eth", "USDT_BSC", USDT_TEXT ":18"));
    assert_false(reads("eth", "NONE_ERC20", USDT_TEXT ":6"));
    assert_false(reads("btc", "USDT_ERC20", USDT_TEXT ":6"));
}

static void test_a_named_contract_takes_the_built_in_ones_place(void **state) {
    (void)state;
    struct token_list list;
    token_list_init(&list, network("eth"), 1);
    size_t before = list.count;
    struct token token;
    assert_true(
        result_is_ok(token_from_text(network("eth"), STR("USDT_ERC20"),
                                     STR("0x00000000000000000000000000000000000000aa:6"), &token)));
    assert_true(result_is_ok(token_list_put(&list, &token)));
    assert_int_equal(list.count, before);
    assert_memory_equal(&token_by_asset(&list, money_asset("USDT_ERC20"))->contract,
                        &token.contract, sizeof token.contract);
    /* One contract cannot be two assets. */
    token.asset = money_asset("USDC_ERC20");
    assert_ptr_equal(token_list_put(&list, &token).code, &ERR_TOKEN_CONTRACT_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_built_in_contract_is_an_address_with_its_checksum),
        cmocka_unit_test(test_another_chain_id_has_no_built_in_token),
        cmocka_unit_test(test_bsc_has_dollars_of_18_decimals),
        cmocka_unit_test(test_a_contract_is_read_strictly),
        cmocka_unit_test(test_only_a_token_of_the_network_has_a_contract),
        cmocka_unit_test(test_a_named_contract_takes_the_built_in_ones_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
