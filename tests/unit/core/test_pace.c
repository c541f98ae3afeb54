/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/pace.h"

static void test_a_pace_is_so_many_a_second_minute_or_hour(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t calls;
        uint32_t period_ms;
    } rows[] = {
        {"50/s", 50, 1000},    {"1/s", 1, 1000},
        {"100/m", 100, 60000}, {"1000000/h", 1000000, 3600000},
        {"0", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pace pace;
        assert_true(pace_from_text(str_from_c(rows[i].text), &pace));
        assert_int_equal(pace.calls, rows[i].calls);
        assert_int_equal(pace.period_ms, rows[i].period_ms);
    }
}

static void test_what_is_no_pace_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",      "50",        "50/",  "/s",    "0/s",
                                        "-1/s",  "1.5/s",     "5/ s", "5/sec", "50/S",
                                        "50/s ", "1000001/s", "off"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct pace pace;
        assert_false(pace_from_text(str_from_c(texts[i]), &pace));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pace_is_so_many_a_second_minute_or_hour),
        cmocka_unit_test(test_what_is_no_pace_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
