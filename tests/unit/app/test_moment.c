/* SPDX-License-Identifier: MIT */
/* Moments as operators write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/app.h"
#include "app/moment.h"
#include "ports/clock.h"

/* 2025-02-01T00:00:00Z */
#define NOW_MS INT64_C(1738368000000)

static int64_t now(void *context) {
    (void)context;
    return NOW_MS;
}

static const struct clock standing = {.wall_ms = now, .monotonic_ms = now};
static const struct app app = {.clock = &standing};

static void assert_moment(const char *text, int64_t wanted_ms) {
    int64_t at_ms = -1;
    assert_true(moment_from_text(&app, str_from_c(text), &at_ms));
    assert_int_equal(at_ms, wanted_ms);
}

static void test_a_span_is_counted_back_from_now(void **state) {
    (void)state;
    assert_moment("90s", NOW_MS - 90 * 1000);
    assert_moment("30m", NOW_MS - INT64_C(30) * 60 * 1000);
    assert_moment("2h", NOW_MS - INT64_C(2) * 3600 * 1000);
    assert_moment("3d", NOW_MS - INT64_C(3) * 24 * 3600 * 1000);
    assert_moment("0d", NOW_MS);
}

static void test_a_date_is_utc(void **state) {
    (void)state;
    assert_moment("2025-02-01", NOW_MS);
    assert_moment("2025-01-31T23:59", NOW_MS - 60 * 1000);
    assert_moment("2025-01-31T23:59:59", NOW_MS - 1000);
    assert_moment("2025-01-31T23:59:59Z", NOW_MS - 1000);
    assert_moment("2024-02-29Z", NOW_MS - INT64_C(338) * 24 * 3600 * 1000);
}

static void test_anything_else_is_not_a_moment(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",           "h",           "-2h",           "2",
        "2w",         "2 h",         "yesterday",     "2025",
        "2025-02-30", "2025-13-01",  "2025-1-1",      "2025-01-31 23:59",
        "25-01-31",   "2025-01-31T", "2025-01-31T23", "2025-01-31T24:00",
        "Z",          "+2h",         "2025-01-31ZZ",  "9223372036854775807d",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t at_ms = -1;
        if (moment_from_text(&app, str_from_c(bad[i]), &at_ms)) {
            fail_msg("\"%s\" was taken for a moment", bad[i]);
        }
        assert_int_equal(at_ms, -1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_span_is_counted_back_from_now),
        cmocka_unit_test(test_a_date_is_utc),
        cmocka_unit_test(test_anything_else_is_not_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
