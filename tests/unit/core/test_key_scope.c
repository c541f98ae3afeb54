/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/key_scope.h"

static void test_every_scope_has_a_name_that_leads_back(void **state) {
    (void)state;
    for (unsigned i = 0; i < KEY_SCOPE_COUNT; i++) {
        enum key_scope scope;
        assert_true(key_scope_from_name(str_from_c(key_scope_name((enum key_scope)i)), &scope));
        assert_int_equal(scope, i);
    }
    enum key_scope scope;
    assert_false(key_scope_from_name(STR("ALL"), &scope));
    assert_false(key_scope_from_name(STR(""), &scope));
}

static void test_a_scope_permits_itself_and_all_permits_everything_but_payouts(void **state) {
    (void)state;
    for (unsigned held = 0; held < KEY_SCOPE_COUNT; held++) {
        for (unsigned needed = 0; needed < KEY_SCOPE_COUNT; needed++) {
            assert_int_equal(key_scope_permits((enum key_scope)held, (enum key_scope)needed),
                             held == needed ||
                                 (held == KEY_SCOPE_ALL && needed != KEY_SCOPE_PAYOUT));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scope_has_a_name_that_leads_back),
        cmocka_unit_test(test_a_scope_permits_itself_and_all_permits_everything_but_payouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
