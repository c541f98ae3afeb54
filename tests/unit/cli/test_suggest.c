/* SPDX-License-Identifier: MIT */
/* Guessing what was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"
#include "cli/suggest.h"

static const char *meant(const char *first, const char *second) {
    struct str words[2] = {str_from_c(first), str_from_c(second == NULL ? "" : second)};
    return suggest_command(&till_commands, words, second == NULL ? 1 : 2);
}

static void test_a_slip_is_understood(void **state) {
    (void)state;
    assert_string_equal(meant("shpo", "list"), "shop list");
    assert_string_equal(meant("invoice", "explian"), "invoice explain");
    assert_string_equal(meant("invocie", "shwo"), "invoice show");
    assert_string_equal(meant("wallets", "list"), "wallet list");
    assert_string_equal(meant("docter", NULL), "doctor");
}

static void test_a_noun_alone_leads_to_its_first_verb(void **state) {
    (void)state;
    assert_string_equal(meant("invoice", NULL), "invoice create");
    assert_string_equal(meant("chain", NULL), "chain status");
}

static void test_nonsense_is_not_guessed_at(void **state) {
    (void)state;
    assert_null(meant("xyzzy", NULL));
    assert_null(meant("completely", "different"));
    assert_null(
        meant("a-word-that-is-much-longer-than-any-command-could-ever-be-in-this-table", NULL));
}

static void test_the_nearest_wins(void **state) {
    (void)state;
    struct suggestion suggestion = suggestion_for(STR("--nmae"));
    suggestion_offer(&suggestion, "--note");
    suggestion_offer(&suggestion, "--name");
    suggestion_offer(&suggestion, "--nature");
    assert_string_equal(suggestion.best, "--name");
    assert_int_equal(suggestion.distance, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slip_is_understood),
        cmocka_unit_test(test_a_noun_alone_leads_to_its_first_verb),
        cmocka_unit_test(test_nonsense_is_not_guessed_at),
        cmocka_unit_test(test_the_nearest_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
