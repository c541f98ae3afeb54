/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/base58.h"

static void test_payloads_of_every_length_come_back(void **state) {
    (void)state;
    uint8_t payload[BASE58_PAYLOAD_MAX];
    uint32_t noise = 1;
    for (size_t len = 1; len <= sizeof payload; len++) {
        for (size_t zeros = 0; zeros <= len; zeros += len / 3 + 1) {
            for (size_t i = 0; i < len; i++) {
                noise = noise * 1664525u + 1013904223u;
                payload[i] = i < zeros ? 0 : (uint8_t)(noise >> 24);
            }
            struct base58_text text;
            struct base58_payload again;
            base58check_encode((struct bytes){.ptr = payload, .len = len}, &text);
            assert_int_equal(strlen(text.text), text.len);
            assert_true(base58check_decode(str_from_c(text.text), &again));
            assert_int_equal(again.len, len);
            assert_memory_equal(again.bytes, payload, len);
        }
    }
}

static void test_the_largest_payload_fits_the_text(void **state) {
    (void)state;
    uint8_t payload[BASE58_PAYLOAD_MAX];
    struct base58_text text;
    struct base58_payload again;
    memset(payload, 0xff, sizeof payload);
    base58check_encode(BYTES_OF(payload), &text);
    assert_int_equal(text.len, BASE58_TEXT_MAX);
    assert_true(base58check_decode(str_from_c(text.text), &again));
}

static void test_zero_bytes_are_ones(void **state) {
    (void)state;
    static const uint8_t zeros[21];
    struct base58_text text;
    base58check_encode(BYTES_OF(zeros), &text);
    assert_string_equal(text.text, "1111111111111111111114oLvT2");
}

static void test_every_changed_character_is_noticed(void **state) {
    (void)state;
    static const char good[] = "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA";
    static const char foreign[] = "0OIl+/ \n\x7f\xff";
    struct base58_payload payload;
    assert_true(base58check_decode(STR("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"), &payload));
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char bad[sizeof good];
        memcpy(bad, good, sizeof good);
        bad[i] = good[i] == 'z' ? 'y' : 'z';
        assert_false(base58check_decode(str_from_c(bad), &payload));
        for (size_t f = 0; f < sizeof foreign; f++) { /* the NUL too */
            bad[i] = foreign[f];
            assert_false(
                base58check_decode((struct str){.ptr = bad, .len = sizeof good - 1}, &payload));
        }
    }
}

static void test_a_leading_one_more_or_less_is_refused(void **state) {
    (void)state;
    struct base58_payload payload;
    assert_false(base58check_decode(STR("LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"), &payload));
    assert_false(base58check_decode(STR("11LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"), &payload));
    assert_false(base58check_decode(STR(" 1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"), &payload));
    assert_false(base58check_decode(STR("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA "), &payload));
}

static void test_texts_that_hold_nothing_or_too_much_are_refused(void **state) {
    (void)state;
    char text[BASE58_TEXT_MAX + 2];
    struct base58_payload payload;
    assert_false(base58check_decode(STR(""), &payload));
    /* The checksum of no payload at all. */
    assert_false(base58check_decode(STR("3QJmnh"), &payload));
    memset(text, 'z', sizeof text);
    for (size_t len = 1; len <= sizeof text; len++) {
        assert_false(base58check_decode((struct str){.ptr = text, .len = len}, &payload));
    }
    memset(text, '1', sizeof text);
    for (size_t len = 1; len <= sizeof text; len++) {
        assert_false(base58check_decode((struct str){.ptr = text, .len = len}, &payload));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_payloads_of_every_length_come_back),
        cmocka_unit_test(test_the_largest_payload_fits_the_text),
        cmocka_unit_test(test_zero_bytes_are_ones),
        cmocka_unit_test(test_every_changed_character_is_noticed),
        cmocka_unit_test(test_a_leading_one_more_or_less_is_refused),
        cmocka_unit_test(test_texts_that_hold_nothing_or_too_much_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
