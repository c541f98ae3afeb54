/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/utc.h"

static void assert_text(int64_t unix_ms, const char *expected) {
    char memory[UTC_TEXT_BYTES];
    struct str text = utc_text(unix_ms, memory);
    assert_int_equal(text.len, UTC_TEXT_BYTES);
    assert_memory_equal(text.ptr, expected, UTC_TEXT_BYTES);
}

static void test_known_times_have_their_text(void **state) {
    (void)state;
    assert_text(0, "1970-01-01T00:00:00.000Z");
    assert_text(-1, "1969-12-31T23:59:59.999Z");
    assert_text(951782400000, "2000-02-29T00:00:00.000Z");
    assert_text(1231006505000, "2009-01-03T18:15:05.000Z");
    assert_text(1735689599999, "2024-12-31T23:59:59.999Z");
    assert_text(4107542400000, "2100-03-01T00:00:00.000Z");
    assert_text(INT64_MAX, "9999-12-31T23:59:59.999Z");
    assert_text(INT64_MIN, "0000-01-01T00:00:00.000Z");
}

static void test_every_day_of_eight_centuries_agrees_with_libc_and_comes_back(void **state) {
    (void)state;
    for (int64_t day = -150000; day < 150000; day++) {
        int64_t unix_ms = day * 86400000 + (day & 0x3ffffff);
        time_t seconds = (time_t)((unix_ms - (unix_ms % 1000 + 1000) % 1000) / 1000);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        struct utc utc = utc_from_ms(unix_ms);
        assert_int_equal(utc.year, tm.tm_year + 1900);
        assert_int_equal(utc.month, tm.tm_mon + 1);
        assert_int_equal(utc.day, tm.tm_mday);
        assert_int_equal(utc.hour, tm.tm_hour);
        assert_int_equal(utc.minute, tm.tm_min);
        assert_int_equal(utc.second, tm.tm_sec);
        int64_t again;
        assert_true(utc_to_ms(&utc, &again));
        assert_int_equal(again, unix_ms);
    }
}

static void test_dates_that_do_not_exist_are_refused(void **state) {
    (void)state;
    static const struct utc bad[] = {
        {.year = 2023, .month = 2, .day = 29},
        {.year = 1900, .month = 2, .day = 29},
        {.year = 2024, .month = 0, .day = 1},
        {.year = 2024, .month = 13, .day = 1},
        {.year = 2024, .month = 4, .day = 31},
        {.year = 2024, .month = 1, .day = 0},
        {.year = -1, .month = 1, .day = 1},
        {.year = 10000, .month = 1, .day = 1},
        {2024, 1, 1, 24, 0, 0, 0},
        {2024, 1, 1, 0, 60, 0, 0},
        {2024, 1, 1, 0, 0, 60, 0},
        {2024, 1, 1, 0, 0, 0, 1000},
    };
    int64_t unix_ms = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(utc_to_ms(&bad[i], &unix_ms));
    }
    assert_int_equal(unix_ms, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_times_have_their_text),
        cmocka_unit_test(test_every_day_of_eight_centuries_agrees_with_libc_and_comes_back),
        cmocka_unit_test(test_dates_that_do_not_exist_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
