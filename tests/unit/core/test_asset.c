/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "support/money.h"

static void test_the_list_is_in_display_order_and_nothing_is_given_twice(void **state) {
    (void)state;
    const struct asset *const *list = asset_list();
    for (size_t i = 0; list[i] != NULL; i++) {
        assert_int_equal(list[i]->wire_order, i + 1);
        assert_ptr_equal(asset_by_code(str_from_c(list[i]->code)), list[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(list[i]->code, list[j]->code);
            assert_int_not_equal(list[i]->wire_id, list[j]->wire_id);
            if (list[i]->contract != NULL && list[j]->contract != NULL &&
                list[i]->network == list[j]->network) {
                assert_string_not_equal(list[i]->contract, list[j]->contract);
            }
        }
    }
}

static void test_every_row_is_whole(void **state) {
    (void)state;
    for (const struct asset *const *row = asset_list(); *row != NULL; row++) {
        const struct asset *asset = *row;
        assert_non_null(asset->network);
        assert_true(asset->contract == NULL || asset->kind == ASSET_TOKEN);
        assert_true(asset->display_decimals <= 8 && asset->display_decimals <= asset->decimals);
        assert_memory_equal(asset->code, asset->short_code, strlen(asset->short_code));
        assert_false(amount_is_zero(money(asset->code, asset->smallest)));
        struct amount shown;
        assert_true(result_is_ok(
            amount_to_display_precision(money(asset->code, asset->smallest), ROUND_DOWN, &shown)));
        assert_true(amount_eq(shown, money(asset->code, asset->smallest)));
    }
}

static void test_published_ids_stay(void **state) {
    (void)state;
    assert_int_equal(money_asset("ETH")->wire_id, 3);
    assert_int_equal(money_asset("ETH")->network->wire_id, 3);
    assert_int_equal(money_asset("ETH")->wire_order, 9);
    assert_int_equal(money_asset("USDT_TRC20")->wire_id, 4);
    assert_int_equal(money_asset("USDT_TRC20")->network->wire_id, 4);
    assert_int_equal(money_asset("USDT_TRC20")->wire_order, 1);
    assert_int_equal(money_asset("BNB")->wire_id, 20);
    assert_int_equal(money_asset("BNB")->network->wire_id, 20);
}

static void test_networks_are_found_by_key(void **state) {
    (void)state;
    static const char *const keys[] = {"btc", "ltc", "eth",  "tron",   "bsc",
                                       "arb", "opt", "base", "sandbox"};
    size_t count = 0;
    for (const struct network *const *row = network_list(); *row != NULL; row++) {
        assert_string_equal((*row)->key, keys[count++]);
        assert_ptr_equal(network_by_key(str_from_c((*row)->key)), *row);
        assert_true((*row)->confirmations >= 1);
        assert_true((*row)->reorg_limit_blocks > (*row)->confirmations);
    }
    assert_int_equal(count, sizeof(keys) / sizeof(keys[0]));
    assert_null(network_by_key(STR("BTC")));
    /* EIP-155's registry; Tron's are the last four bytes of its genesis id. */
    assert_int_equal(network_by_key(STR("eth"))->chain_id, 1);
    assert_int_equal(network_by_key(STR("tron"))->chain_id, 728126428);
    assert_int_equal(network_by_key(STR("bsc"))->chain_id, 56);
    assert_int_equal(network_by_key(STR("arb"))->chain_id, 42161);
    assert_int_equal(network_by_key(STR("opt"))->chain_id, 10);
    assert_int_equal(network_by_key(STR("base"))->chain_id, 8453);
    assert_int_equal(network_by_key(STR("btc"))->chain_id, 0);
    assert_int_equal(network_sandbox()->chain_id, 0);
    assert_int_equal(network_sandbox()->kind, CHAIN_SANDBOX);
}

static void test_fiat_currencies_have_their_iso_exponents(void **state) {
    (void)state;
    size_t count = 0;
    for (const struct asset *const *row = fiat_list(); *row != NULL; row++, count++) {
        assert_int_equal((*row)->kind, ASSET_FIAT);
        assert_int_equal((*row)->wire_order, count + 1);
        bool whole = strcmp((*row)->code, "JPY") == 0 || strcmp((*row)->code, "VND") == 0;
        assert_int_equal((*row)->decimals, whole ? 0 : 2);
        assert_ptr_equal(fiat_by_code(str_from_c((*row)->code)), *row);
        assert_null(asset_by_code(str_from_c((*row)->code)));
    }
    assert_int_equal(count, 25);
    assert_ptr_equal(fiat_list()[0], fiat_usd());
    assert_null(fiat_by_code(STR("usd")));
    assert_null(fiat_by_code(STR("BTC")));
}

static void test_transactions_are_written_as_their_network_does(void **state) {
    (void)state;
    static const struct {
        const char *network;
        const char *text;
    } wanted[] = {
        {"btc", "00ff"},   {"ltc", "00ff"},    {"tron", "00ff"},    {"eth", "0x00ff"},
        {"bsc", "0x00ff"}, {"base", "0x00ff"}, {"sandbox", "00ff"},
    };
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    const struct txid txid = {.bytes = {0, 0xff}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct network *network = network_by_key(str_from_c(wanted[i].network));
        struct str text = network_txid_text(arena, network, txid);
        size_t start = strlen(wanted[i].text);
        assert_int_equal(text.len, start + 2 * (HASH_BYTES - 2));
        assert_memory_equal(text.ptr, wanted[i].text, start);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list_is_in_display_order_and_nothing_is_given_twice),
        cmocka_unit_test(test_every_row_is_whole),
        cmocka_unit_test(test_published_ids_stay),
        cmocka_unit_test(test_networks_are_found_by_key),
        cmocka_unit_test(test_fiat_currencies_have_their_iso_exponents),
        cmocka_unit_test(test_transactions_are_written_as_their_network_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
