/* SPDX-License-Identifier: MIT */
/* Private keys on the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/key_guard.h"

enum { LINE_BYTES_MAX = 1024, WORDS_MAX = 64 };

/* The published root of BIP-32's first test vector. */
#define PRIVATE_KEY                                                                                \
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TG" \
    "t"                                                                                            \
    "RBeJgk33yuGBxrMPHi"
#define PUBLIC_KEY                                                                                 \
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TM" \
    "g"                                                                                            \
    "7usUDFdp6W1EGMcet8"
#define WORDS                                                                                      \
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon"

/* Splits at single spaces, as a shell does. */
static bool wipes(const char *text, char *line) {
    char *argv[WORDS_MAX];
    int argc = 0;
    size_t len = strlen(text);
    assert_true(len < LINE_BYTES_MAX);
    memcpy(line, text, len + 1);
    argv[argc++] = line;
    for (size_t i = 0; i < len; i++) {
        if (line[i] == ' ') {
            line[i] = '\0';
            argv[argc++] = line + i + 1;
            assert_true(argc < WORDS_MAX);
        }
    }
    return key_guard_wipes(argc, argv);
}

static void assert_wiped(const char *text) {
    char line[LINE_BYTES_MAX];
    assert_true(wipes(text, line));
    assert_string_equal(line, "till");
    for (size_t i = sizeof "till"; i < strlen(text); i++) {
        assert_int_equal(line[i], 0);
    }
}

static void assert_left_alone(const char *text) {
    char line[LINE_BYTES_MAX];
    assert_false(wipes(text, line));
    for (size_t i = 0; i < strlen(text); i++) {
        assert_true(line[i] == text[i] || text[i] == ' ');
    }
}

static void test_a_private_key_is_wiped_in_every_form(void **state) {
    (void)state;
    assert_wiped("till wallet add --shop s --xpub " PRIVATE_KEY);
    assert_wiped("till wallet add --xpub=" PRIVATE_KEY " --shop s");
    assert_wiped("till --descriptor wpkh([73c5da0a/84h/0h/0h]" PRIVATE_KEY "/0/*)");
    assert_wiped("till wallet " PRIVATE_KEY);
    assert_wiped("till wallet add --xpub " WORDS " about --network btc");
    assert_wiped("till wallet add " WORDS " about");
}

static void test_public_keys_and_other_commands_are_left_alone(void **state) {
    (void)state;
    assert_left_alone("till wallet add --shop s --xpub " PUBLIC_KEY " --type wpkh");
    assert_left_alone("till wallet add --descriptor wpkh([73c5da0a/84h/0h/0h]" PUBLIC_KEY "/0/*)");
    assert_left_alone("till invoice confirm INV-1 --reason " WORDS " about");
    assert_left_alone("till");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_private_key_is_wiped_in_every_form),
        cmocka_unit_test(test_public_keys_and_other_commands_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
