/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/descriptor.h"
#include "core/error.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The parser takes text apart; whether the key is one is decided elsewhere. */
#define KEY                                                                                        \
    "xpub6DJ2dNUysrn5Vt36jH2KLBT2i1auw1tTSSomg8PhqNiUtx8QX2SvC9nrHu81fT41fvDUnhMjEzQgXnQjKEu3oaqM" \
    "Sz"                                                                                           \
    "hSrHMxyyoEAmUHQbY"

static struct descriptor parsed(const char *text) {
    struct descriptor descriptor;
    struct result result = descriptor_parse(str_from_c(text), &descriptor);
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", text, result_text(result));
    }
    return descriptor;
}

static void assert_refused(const char *text) {
    struct descriptor descriptor;
    struct result result = descriptor_parse(str_from_c(text), &descriptor);
    if (result_is_ok(result)) {
        fail_msg("accepted: %s", text);
    }
    assert_ptr_equal(result.code, &ERR_DESCRIPTOR_INVALID);
    assert_non_null(result.detail);
}

static void test_bip380_checksum_vectors(void **state) {
    (void)state;
    char checksum[DESCRIPTOR_CHECKSUM_LEN];
    assert_true(descriptor_checksum(STR("raw(deadbeef)"), checksum));
    assert_memory_equal(checksum, "89f8spxm", sizeof checksum);
    assert_true(descriptor_checksum(STR("raw(deedbeef)"), checksum));
    assert_memory_not_equal(checksum, "89f8spxm", sizeof checksum);
    assert_false(descriptor_checksum(STR("raw(\xc3\x9c)"), checksum));
    assert_false(descriptor_checksum(((struct str){.ptr = "raw(\0)", .len = 6}), checksum));
}

static void test_a_checksum_is_verified_when_present(void **state) {
    (void)state;
    static const char plain[] = "wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)";
    parsed(plain);
    parsed("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#cjjspncu");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#cjjspncv");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#cjjspnc");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#cjjspncuu");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)##jjspncu");
    assert_refused("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#CJJSPNCU");
    assert_refused("wpkh([d34db33e/84h/0h/0h]" KEY "/0/*)#cjjspncu");
}

static void test_the_four_wrappers_and_the_branch_forms_are_read(void **state) {
    (void)state;
    assert_int_equal(parsed("pkh(" KEY ")").type, ACCOUNT_P2PKH);
    assert_int_equal(parsed("wpkh(" KEY ")").type, ACCOUNT_P2WPKH);
    assert_int_equal(parsed("sh(wpkh(" KEY "))").type, ACCOUNT_P2SH_P2WPKH);
    assert_int_equal(parsed("tr(" KEY ")").type, ACCOUNT_P2TR);

    assert_int_equal(parsed("tr(" KEY ")").branch, ACCOUNT_BRANCH_EXTERNAL);
    assert_false(parsed("tr(" KEY ")").branch_written);
    assert_int_equal(parsed("tr(" KEY "/0/*)").branch, ACCOUNT_BRANCH_EXTERNAL);
    assert_true(parsed("tr(" KEY "/0/*)").branch_written);
    assert_int_equal(parsed("tr(" KEY "/<0;1>/*)").branch, ACCOUNT_BRANCH_EXTERNAL);
    assert_int_equal(parsed("tr(" KEY "/*)").branch, ACCOUNT_BRANCH_SELF);
    assert_true(str_eq(parsed("tr([00000000]" KEY "/*)").key_text, STR(KEY)));
}

static void test_the_origin_is_read_with_every_mark_of_hardening(void **state) {
    (void)state;
    struct descriptor descriptor = parsed("pkh([DEADbeef/44'/0h/7H/2147483647/0]" KEY "/0/*)");
    static const uint8_t fingerprint[] = {0xde, 0xad, 0xbe, 0xef};
    static const uint32_t steps[] = {44 | CHILD_HARDENED, CHILD_HARDENED, 7 | CHILD_HARDENED,
                                     2147483647, 0};
    assert_true(descriptor.origin.present);
    assert_memory_equal(descriptor.origin.fingerprint, fingerprint, sizeof fingerprint);
    assert_int_equal(descriptor.origin.step_count, COUNT_OF(steps));
    assert_memory_equal(descriptor.origin.steps, steps, sizeof steps);
    assert_int_equal(parsed("pkh([deadbeef]" KEY ")").origin.step_count, 0);
    assert_false(parsed("pkh(" KEY ")").origin.present);
}

static void test_malformed_origins_are_refused(void **state) {
    (void)state;
    /* BIP-380, "Invalid expression", and neighbours. */
    static const char *const refused[] = {
        "pkh([deadbeef/0h/0h/0h/*]" KEY ")",
        "pkh([deadbeef/0h/0h/0h/]" KEY ")",
        "pkh([deadbef/0h/0h/0h]" KEY ")",
        "pkh([deadbeeef/0h/0h/0h]" KEY ")",
        "pkh([deadbeef/0f/0f/0f]" KEY ")",
        "pkh([deadbeef/2147483648]" KEY ")",
        "pkh([deadbeef/-0/0]" KEY ")",
        "pkh([deadbeef/<0;1>]" KEY ")",
        "pkh([deadbeef/0hh]" KEY ")",
        "pkh([deadbeef/0h" KEY ")",
        "pkh([]" KEY ")",
        "pkh([deadbeeg]" KEY ")",
        "pkh([deadbeef/99999999999999999999]" KEY ")",
        "pkh([deadbeef/0/1/2/3/4/5/6/7/8/9/10]" KEY ")",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        assert_refused(refused[i]);
    }
}

static void test_what_is_not_one_receiving_key_is_refused(void **state) {
    (void)state;
    static const char *const refused[] = {
        "",
        "()",
        "pkh",
        "pkh(",
        "wsh(pkh(" KEY "))",
        "sh(" KEY ")",
        "sh(wpkh(" KEY ")",
        "wpkh(" KEY "))",
        "wpkh (" KEY ")",
        "wpkh(" KEY ") ",
        "WPKH(" KEY ")",
        "combo(" KEY ")",
        "multi(1," KEY ")",
        "tr(" KEY ",{pk(" KEY "),pk(" KEY ")})",
        "wpkh(" KEY "/1/*)",
        "wpkh(" KEY "/<1;0>/*)",
        "wpkh(" KEY "/<0;1;2>/*)",
        "wpkh(" KEY "/<0;0>/*)",
        "wpkh(" KEY "/<0;>/*)",
        "wpkh(" KEY "/<>/*)",
        "wpkh(" KEY "/0>/*)",
        "wpkh(" KEY "/<0/*)",
        "wpkh(" KEY "/0h/*)",
        "wpkh(" KEY "/0/*h)",
        "wpkh(" KEY "/0/*')",
        "wpkh(" KEY "/0)",
        "wpkh(" KEY "/)",
        "wpkh(" KEY "/0/*/0)",
        "wpkh(" KEY "/00/*)",
        "wpkh(" KEY "/0/0/*)",
        "wpkh(/" KEY "/0/*)",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct descriptor descriptor;
        struct result result = descriptor_parse(str_from_c(refused[i]), &descriptor);
        /* Some leave a key text that is none, which account_key_parse refuses. */
        if (result_is_ok(result) && str_eq(descriptor.key_text, STR(KEY))) {
            fail_msg("accepted: %s", refused[i]);
        }
    }
}

static void test_a_long_text_is_refused_at_once(void **state) {
    (void)state;
    static char text[DESCRIPTOR_TEXT_MAX + 1];
    struct descriptor descriptor;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = 'a';
    }
    struct result result =
        descriptor_parse((struct str){.ptr = text, .len = sizeof text}, &descriptor);
    assert_ptr_equal(result.code, &ERR_DESCRIPTOR_INVALID);
}

static void test_the_canonical_text_has_one_spelling(void **state) {
    (void)state;
    static const char *const spellings[] = {
        "wpkh([D34DB33F/84'/0'/0']" KEY "/<0;1>/*)",
        "wpkh([d34db33f/84H/0h/0']" KEY ")",
        "wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)",
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        struct descriptor descriptor = parsed(spellings[i]);
        assert_true(str_eq(descriptor_text(arena, &descriptor),
                           STR("wpkh([d34db33f/84h/0h/0h]" KEY "/0/*)#cjjspncu")));
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bip380_checksum_vectors),
        cmocka_unit_test(test_a_checksum_is_verified_when_present),
        cmocka_unit_test(test_the_four_wrappers_and_the_branch_forms_are_read),
        cmocka_unit_test(test_the_origin_is_read_with_every_mark_of_hardening),
        cmocka_unit_test(test_malformed_origins_are_refused),
        cmocka_unit_test(test_what_is_not_one_receiving_key_is_refused),
        cmocka_unit_test(test_a_long_text_is_refused_at_once),
        cmocka_unit_test(test_the_canonical_text_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
