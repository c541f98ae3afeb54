/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "core/public_text.h"

static void test_all_letters_are_equally_likely(void **state) {
    (void)state;
    uint8_t every_byte[256];
    for (size_t i = 0; i < sizeof(every_byte); i++) {
        every_byte[i] = (uint8_t)i;
    }
    char text[249];
    assert_true(random_text_from_bytes(BYTES_OF(every_byte), 248, text));
    assert_int_equal(strlen(text), 248);
    size_t counts[128] = {0};
    for (size_t i = 0; i < 248; i++) {
        counts[(unsigned char)text[i]]++;
    }
    size_t letters = 0;
    for (size_t i = 0; i < 128; i++) {
        assert_true(counts[i] == 0 || counts[i] == 4);
        letters += counts[i] == 4;
    }
    assert_int_equal(letters, 62);
    assert_false(random_text_from_bytes(BYTES_OF(every_byte), 249, (char[250]){0}));
}

static void test_too_few_bytes_are_said(void **state) {
    (void)state;
    uint8_t bytes[RANDOM_TEXT_BYTES(SHOP_ID_CHARS)];
    memset(bytes, 7, sizeof(bytes));
    char text[SHOP_SECRET_CHARS + 1];
    assert_true(random_text_from_bytes(BYTES_OF(bytes), SHOP_ID_CHARS, text));
    assert_string_equal(text, "HHHHHHHHHHHHHHHH");
    memset(bytes, 255, sizeof(bytes));
    assert_false(random_text_from_bytes(BYTES_OF(bytes), SHOP_ID_CHARS, text));
}

static void test_times_are_what_the_c_library_says(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (int64_t second = 0; second < 253402300800; second += 86400 * 3 + 12345) {
        time_t clock = second;
        struct tm parts;
        char expected[64];
        assert_non_null(gmtime_r(&clock, &parts));
        strftime(expected, sizeof(expected), "%Y-%m-%d %H:%M:%S.042000", &parts);
        if (parts.tm_year + 1900 > 2400) {
            break;
        }
        assert_string_equal(public_time_to_text(arena, second * 1000 + 42).ptr, expected);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_times_at_the_edges(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    static const struct {
        int64_t at_ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01 00:00:00.000000"},
        {INT64_C(951782400000), "2000-02-29 00:00:00.000000"},
        {INT64_C(4107542399999), "2100-02-28 23:59:59.999000"},
        {INT64_C(4107542400000), "2100-03-01 00:00:00.000000"},
        {INT64_C(1804151700120), "2027-03-04 09:15:00.120000"},
        {INT64_MAX, "9999-12-31 23:59:59.999000"},
        {INT64_MIN, "1970-01-01 00:00:00.000000"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str text = public_time_to_text(arena, rows[i].at_ms);
        assert_string_equal(text.ptr, rows[i].text);
        assert_int_equal(text.len, strlen(rows[i].text));
    }
    arena_free(arena);
}

static void test_days_are_read_in_one_form_only(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t day; /* -1: refused */
    } rows[] = {
        {"01.01.1970", 0},
        {"02.01.1970", 1},
        {"29.02.2028", 21243},
        {" 04.03.2027 ", 20881},
        {"31.12.9999", 2932896},
        {"31.12.1969", -1},
        {"29.02.2027", -1},
        {"00.01.2027", -1},
        {"01.13.2027", -1},
        {"1.1.2027", -1},
        {"01.01.27", -1},
        {"01-01-2027", -1},
        {"2027.01.01", -1},
        {"01.01.2027x", -1},
        {"-1.01.2027", -1},
        {"01.01.+027", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t day = -1;
        bool good = public_day_from_text(str_from_c(rows[i].text), &day);
        assert_int_equal(good, rows[i].day >= 0);
        assert_int_equal(day, rows[i].day);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_letters_are_equally_likely),
        cmocka_unit_test(test_too_few_bytes_are_said),
        cmocka_unit_test(test_times_are_what_the_c_library_says),
        cmocka_unit_test(test_times_at_the_edges),
        cmocka_unit_test(test_days_are_read_in_one_form_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
