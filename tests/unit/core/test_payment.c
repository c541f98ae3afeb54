/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/payment.h"

enum { DEADLINE_MS = 5000 };

static bool on_time(int64_t block_time_ms, int64_t first_seen_at_ms) {
    return payment_is_on_time((struct payment_times){.block_time_ms = block_time_ms,
                                                     .first_seen_at_ms = first_seen_at_ms},
                              DEADLINE_MS);
}

static void test_either_time_makes_it_on_time(void **state) {
    (void)state;
    assert_true(on_time(5000, 0));
    assert_true(on_time(5000, 9000)); /* found by catching up after the deadline */
    assert_true(on_time(9000, 5000)); /* seen before, mined after */
    assert_true(on_time(0, 5000));
    assert_false(on_time(5001, 5001));
    assert_false(on_time(5001, 0));
    assert_false(on_time(0, 5001));
    assert_false(on_time(0, 0));
}

static void test_the_first_sighting_never_moves(void **state) {
    (void)state;
    struct payment_times times = {0};
    times.first_seen_at_ms = payment_first_seen_ms(times, 4000);
    assert_int_equal(times.first_seen_at_ms, 4000);
    times.first_seen_at_ms = payment_first_seen_ms(times, 6000);
    assert_int_equal(times.first_seen_at_ms, 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_time_makes_it_on_time),
        cmocka_unit_test(test_the_first_sighting_never_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
