/* SPDX-License-Identifier: MIT */
#include "core/proxy_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "core/hash.h"

#define ZEROS_24 "000000000000000000000000"
#define SOMEBODY "00000000000000000000000000000000005107e5"

static void test_the_places_are_those_of_the_specifications(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint8_t less; /* "minus 1" */
    } named[PROXY_SLOTS] = {{"eip1967.proxy.implementation", 1},
                            {"org.zeppelinos.proxy.implementation", 0},
                            {"trueUSD.proxy.implementation", 0}};
    for (size_t i = 0; i < PROXY_SLOTS; i++) {
        uint8_t wanted[PROXY_WORD_BYTES];
        uint8_t slot[PROXY_WORD_BYTES];
        struct str name = str_from_c(named[i].name);
        hash_keccak256((struct bytes){(const uint8_t *)name.ptr, name.len}, wanted);
        assert_true(wanted[PROXY_WORD_BYTES - 1] >= named[i].less);
        wanted[PROXY_WORD_BYTES - 1] = (uint8_t)(wanted[PROXY_WORD_BYTES - 1] - named[i].less);
        assert_memory_equal(proxy_slot(i), "0x", 2);
        assert_true(hex_decode(str_from_c(proxy_slot(i) + 2), slot, sizeof slot));
        assert_memory_equal(slot, wanted, sizeof slot);
    }
}

static void test_the_first_place_that_is_not_empty_counts(void **state) {
    (void)state;
    struct proxy_words words = {.is_told = {false}};
    uint8_t address[SCRIPT_EVM_BYTES];
    uint8_t wanted[SCRIPT_EVM_BYTES] = {0};
    assert_false(proxy_implementation(&words, address));
    for (size_t i = 0; i < PROXY_SLOTS; i++) {
        proxy_words_take(&words, i,
                         i == 1 ? STR("0x0") : STR("0x" ZEROS_24 ZEROS_24 "0000000000000000"));
    }
    assert_true(proxy_implementation(&words, address));
    assert_memory_equal(address, wanted, sizeof wanted);
    proxy_words_take(&words, 2, STR("0x" ZEROS_24 SOMEBODY));
    assert_true(proxy_implementation(&words, address));
    assert_true(hex_decode(STR(SOMEBODY), wanted, sizeof wanted));
    assert_memory_equal(address, wanted, sizeof wanted);
    proxy_words_take(&words, 1, STR(ZEROS_24 "ff00000000000000000000000000000000000000"));
    assert_true(proxy_implementation(&words, address));
    assert_int_equal(address[0], 0xff);
}

static void test_what_is_no_word_is_not_told(void **state) {
    (void)state;
    static const char *const odd[] = {"",
                                      "0x",
                                      "0x1",
                                      "0x00",
                                      "0x" SOMEBODY,
                                      "0x" ZEROS_24 SOMEBODY "00",
                                      "0x" ZEROS_24 "zz00000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct proxy_words words = {.is_told = {true, true, true}};
        uint8_t address[SCRIPT_EVM_BYTES];
        static const uint8_t nobody[SCRIPT_EVM_BYTES];
        proxy_words_take(&words, 0, str_from_c(odd[i]));
        assert_false(proxy_implementation(&words, address));
        assert_memory_equal(address, nobody, sizeof nobody);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_places_are_those_of_the_specifications),
        cmocka_unit_test(test_the_first_place_that_is_not_empty_counts),
        cmocka_unit_test(test_what_is_no_word_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
