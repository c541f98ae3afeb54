/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/account.h"
#include "core/asset.h"
#include "core/chain_params.h"
#include "sandbox_accounts.h"

static const struct sandbox_account *account_for(const struct asset *asset) {
    for (size_t i = 0; i < sandbox_account_count; i++) {
        if (strcmp(sandbox_accounts[i].asset, asset->code) == 0) {
            return &sandbox_accounts[i];
        }
    }
    return NULL;
}

static void test_every_asset_has_a_wallet_on_the_sandbox(void **state) {
    (void)state;
    size_t count = 0;
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++, count++) {
        const struct sandbox_account *row = account_for(*asset);
        assert_non_null(row);
        const struct chain_params *params =
            chain_params_by_name(str_from_c((*asset)->network->key), STR("regtest"));
        struct account account;
        assert_true(result_is_ok(account_parse(params, str_from_c(row->key), row->type, &account)));
    }
    assert_int_equal(count, sandbox_account_count);
}

static void test_no_two_assets_share_one(void **state) {
    (void)state;
    for (size_t i = 0; i < sandbox_account_count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(sandbox_accounts[i].key, sandbox_accounts[j].key);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_asset_has_a_wallet_on_the_sandbox),
        cmocka_unit_test(test_no_two_assets_share_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
