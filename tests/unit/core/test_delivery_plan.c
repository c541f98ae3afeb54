/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/delivery_plan.h"

enum { MIDDLE = 500 }; /* of the 1001 steps of the jitter: none */
static const int64_t hour_ms = 3600 * 1000;
static const int64_t day_ms = 24 * 3600 * 1000;

static struct delivery_next next_after(uint32_t attempts, enum delivery_outcome outcome,
                                       uint32_t random) {
    struct delivery_attempt attempt = {
        .outcome = outcome,
        .attempts = attempts,
        .retry_after_s = -1,
        .random = random,
    };
    return delivery_next(&attempt);
}

static void test_every_2xx_with_a_complete_answer_is_delivered(void **state) {
    (void)state;
    for (int status = 200; status < 300; status++) {
        assert_int_equal(delivery_outcome_of(status, true), DELIVERY_OUTCOME_ACCEPTED);
        assert_int_equal(delivery_outcome_of(status, false), DELIVERY_OUTCOME_UNREACHABLE);
    }
    assert_int_equal(next_after(1, DELIVERY_OUTCOME_ACCEPTED, 0).follow, DELIVERY_FOLLOW_DONE);
    assert_int_equal(next_after(99, DELIVERY_OUTCOME_ACCEPTED, 0).follow, DELIVERY_FOLLOW_DONE);
}

static void test_no_other_status_is_delivered(void **state) {
    (void)state;
    for (int status = 0; status < 1000; status++) {
        if (status < 200 || status >= 300) {
            assert_int_not_equal(delivery_outcome_of(status, true), DELIVERY_OUTCOME_ACCEPTED);
        }
    }
    static const int refused[] = {301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 418, 422};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(delivery_outcome_of(refused[i], true), DELIVERY_OUTCOME_REFUSED);
    }
    static const int busy[] = {408, 425, 429, 500, 502, 503, 504, 599};
    for (size_t i = 0; i < sizeof busy / sizeof busy[0]; i++) {
        assert_int_equal(delivery_outcome_of(busy[i], true), DELIVERY_OUTCOME_BUSY);
    }
    assert_int_equal(delivery_outcome_of(410, true), DELIVERY_OUTCOME_GONE);
    assert_int_equal(delivery_outcome_of(0, false), DELIVERY_OUTCOME_UNREACHABLE);
}

static void test_waits_are_the_published_ones(void **state) {
    (void)state;
    static const int64_t waits_s[] = {5,    30,    120,   300,   900,   1800, 3600,
                                      7200, 14400, 28800, 43200, 43200, 43200};
    for (uint32_t i = 0; i < sizeof waits_s / sizeof waits_s[0]; i++) {
        struct delivery_next next = next_after(i + 1, DELIVERY_OUTCOME_UNREACHABLE, MIDDLE);
        assert_int_equal(next.follow, DELIVERY_FOLLOW_RETRY);
        assert_int_equal(next.wait_ms, waits_s[i] * 1000);
        assert_false(next.alarm);
    }
}

static void test_jitter_stays_within_fifteen_percent_and_reaches_both_ends(void **state) {
    (void)state;
    for (uint32_t attempts = 1; attempts < 14; attempts++) {
        int64_t plain_ms = next_after(attempts, DELIVERY_OUTCOME_REFUSED, MIDDLE).wait_ms;
        int64_t low_ms = plain_ms;
        int64_t high_ms = plain_ms;
        for (uint32_t random = 0; random < 5000; random++) {
            int64_t ms = next_after(attempts, DELIVERY_OUTCOME_REFUSED, random).wait_ms;
            low_ms = ms < low_ms ? ms : low_ms;
            high_ms = ms > high_ms ? ms : high_ms;
        }
        assert_int_equal(low_ms, plain_ms - plain_ms / 100 * 15);
        assert_int_equal(high_ms, plain_ms + plain_ms / 100 * 15);
    }
}

/* Plays a whole life; every attempt ends at once. Answers how many attempts were made. */
static uint32_t life(enum delivery_outcome outcome, uint32_t random, int64_t *ret_age_ms) {
    struct delivery_attempt attempt = {
        .outcome = outcome, .first_at_ms = 1000, .now_ms = 1000, .retry_after_s = -1};
    for (;;) {
        attempt.attempts++;
        attempt.random = random;
        struct delivery_next next = delivery_next(&attempt);
        *ret_age_ms = attempt.now_ms - attempt.first_at_ms;
        if (next.follow == DELIVERY_FOLLOW_PARK) {
            assert_true(next.alarm);
            return attempt.attempts;
        }
        assert_true(next.wait_ms > 0);
        attempt.now_ms += next.wait_ms;
    }
}

static void test_a_dead_endpoint_is_tried_to_day_thirty_then_parked_with_an_alarm(void **state) {
    (void)state;
    static const uint32_t randoms[] = {0, MIDDLE, 1000};
    for (size_t i = 0; i < 3; i++) {
        int64_t age_ms;
        uint32_t attempts = life(DELIVERY_OUTCOME_UNREACHABLE, randoms[i], &age_ms);
        assert_true(age_ms > 29 * day_ms && age_ms <= 30 * day_ms);
        assert_in_range(attempts, DELIVERY_ATTEMPTS_MIN, DELIVERY_ATTEMPTS_MAX - 1);
        attempts = life(DELIVERY_OUTCOME_GONE, randoms[i], &age_ms);
        assert_true(age_ms > 29 * day_ms && age_ms <= 30 * day_ms);
        assert_in_range(attempts, DELIVERY_ATTEMPTS_MIN, DELIVERY_ATTEMPTS_MAX - 1);
    }
}

static void test_gone_means_the_slow_lane_and_an_alarm_not_a_stop(void **state) {
    (void)state;
    struct delivery_next next = next_after(1, DELIVERY_OUTCOME_GONE, MIDDLE);
    assert_int_equal(next.follow, DELIVERY_FOLLOW_RETRY);
    assert_int_equal(next.wait_ms, 12 * hour_ms);
    assert_true(next.alarm);
}

static int64_t wait_with_wish(int64_t retry_after_s, enum delivery_outcome outcome,
                              uint32_t attempts) {
    struct delivery_attempt attempt = {
        .outcome = outcome,
        .attempts = attempts,
        .retry_after_s = retry_after_s,
        .random = MIDDLE,
    };
    return delivery_next(&attempt).wait_ms;
}

static void test_a_wish_to_be_asked_later_is_granted_within_bounds(void **state) {
    (void)state;
    assert_int_equal(wait_with_wish(60, DELIVERY_OUTCOME_BUSY, 1), 60 * 1000);
    assert_int_equal(wait_with_wish(1000000000, DELIVERY_OUTCOME_BUSY, 1), hour_ms);
    assert_int_equal(wait_with_wish(INT64_MAX, DELIVERY_OUTCOME_BUSY, 1), hour_ms);
    assert_int_equal(wait_with_wish(0, DELIVERY_OUTCOME_BUSY, 1), 5000);
    assert_int_equal(wait_with_wish(-5, DELIVERY_OUTCOME_BUSY, 1), 5000);
    /* Never sooner than planned, and only where the standard gives the header this meaning. */
    assert_int_equal(wait_with_wish(1, DELIVERY_OUTCOME_BUSY, 12), 12 * hour_ms);
    assert_int_equal(wait_with_wish(60, DELIVERY_OUTCOME_REFUSED, 1), 5000);
}

static void test_a_jumping_clock_neither_parks_early_nor_for_ever_retries(void **state) {
    (void)state;
    struct delivery_attempt attempt = {
        .outcome = DELIVERY_OUTCOME_UNREACHABLE,
        .attempts = 3,
        .first_at_ms = 0,
        .now_ms = 10 * 365 * day_ms,
        .retry_after_s = -1,
        .random = MIDDLE,
    };
    struct delivery_next next = delivery_next(&attempt);
    assert_int_equal(next.follow, DELIVERY_FOLLOW_RETRY);
    assert_int_equal(next.wait_ms, 2 * 60 * 1000);
    attempt.first_at_ms = 10 * 365 * day_ms;
    attempt.now_ms = 0;
    assert_int_equal(delivery_next(&attempt).follow, DELIVERY_FOLLOW_RETRY);
    attempt.attempts = DELIVERY_ATTEMPTS_MAX;
    assert_int_equal(delivery_next(&attempt).follow, DELIVERY_FOLLOW_PARK);
}

static void test_a_noted_wait_never_exceeds_the_longest_of_the_plan(void **state) {
    (void)state;
    assert_int_equal(delivery_wait_left_ms(5000, 2000), 3000);
    assert_int_equal(delivery_wait_left_ms(5000, 5000), 0);
    assert_int_equal(delivery_wait_left_ms(5000, 9000), 0);
    assert_int_equal(delivery_wait_left_ms(INT64_MIN, INT64_MAX), 0);
    int64_t longest_ms = 12 * hour_ms / 100 * 115;
    assert_int_equal(delivery_wait_left_ms(10 * 365 * day_ms, 0), longest_ms);
    assert_int_equal(delivery_wait_left_ms(INT64_MAX, INT64_MIN), longest_ms);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_2xx_with_a_complete_answer_is_delivered),
        cmocka_unit_test(test_no_other_status_is_delivered),
        cmocka_unit_test(test_waits_are_the_published_ones),
        cmocka_unit_test(test_jitter_stays_within_fifteen_percent_and_reaches_both_ends),
        cmocka_unit_test(test_a_dead_endpoint_is_tried_to_day_thirty_then_parked_with_an_alarm),
        cmocka_unit_test(test_gone_means_the_slow_lane_and_an_alarm_not_a_stop),
        cmocka_unit_test(test_a_wish_to_be_asked_later_is_granted_within_bounds),
        cmocka_unit_test(test_a_jumping_clock_neither_parks_early_nor_for_ever_retries),
        cmocka_unit_test(test_a_noted_wait_never_exceeds_the_longest_of_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
