/* SPDX-License-Identifier: MIT */
#include "ports/store_token.h"

#include <string.h>

#include "store_fixture.h"

static void test_a_token_is_pinned_once_and_keeps_what_is_told_instead(void **state) {
    struct fixture *fixture = *state;
    const struct asset *asset = asset_by_code(STR("USDT_ERC20"));
    struct token_pin_row put = {.network = asset->network, .asset = asset, .pinned_at_ms = 7};
    memset(put.pinned.address, 0xaa, sizeof put.pinned.address);
    memset(put.pinned.code_hash, 0xab, sizeof put.pinned.code_hash);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_token_pin_insert(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_token_pin_insert(fixture->writer, &put), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
    struct token_pin_row got;
    assert_ok(store_token_pin_by_asset(fixture->reader, asset, &got));
    assert_ptr_equal(got.network, asset->network);
    assert_ptr_equal(got.asset, asset);
    assert_int_equal(got.pinned_at_ms, 7);
    assert_false(got.has_changed);
    assert_memory_equal(&got.pinned, &put.pinned, sizeof put.pinned);
    put.has_changed = true;
    memset(&put.told, 0xbb, sizeof put.told);
    put.told.has_implementation = true;
    put.pinned.has_implementation = true;
    memset(put.pinned.implementation, 0xac, sizeof put.pinned.implementation);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_token_pin_update(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_token_pin_by_asset(fixture->reader, asset, &got));
    assert_true(got.has_changed);
    assert_memory_equal(&got.pinned, &put.pinned, sizeof put.pinned);
    assert_memory_equal(&got.told, &put.told, sizeof put.told);
    assert_fault(store_token_pin_by_asset(fixture->reader, asset_by_code(STR("USDC_ERC20")), &got),
                 ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_is_pinned_once_and_keeps_what_is_told_instead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
