/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "workers/delivery_lanes.h"

static const struct str shop_a = {.ptr = "https://a.example:443", .len = 21};
static const struct str shop_b = {.ptr = "https://b.example:443", .len = 21};

static struct delivery_lanes *lanes_with(uint32_t in_flight_max, uint32_t per_lane_max) {
    struct delivery_lanes_limits limits = DELIVERY_LANES_LIMITS_DEFAULT;
    limits.in_flight_max = in_flight_max;
    limits.per_lane_max = per_lane_max;
    return delivery_lanes_new(&limits);
}

static int setup(void **state) {
    *state = lanes_with(256, 16);
    return 0;
}

static int teardown(void **state) {
    delivery_lanes_free(*state);
    return 0;
}

/* One delivery for an invoice of its own. */
static void add(struct delivery_lanes *lanes, int64_t id, struct str endpoint, int64_t due_at_ms) {
    assert_true(delivery_lanes_add(
        lanes, &(struct delivery_to_send){
                   .id = id, .invoice_id = id, .due_at_ms = due_at_ms, .endpoint = endpoint}));
}

static void add_of(struct delivery_lanes *lanes, int64_t id, int64_t invoice_id,
                   int64_t due_at_ms) {
    assert_true(delivery_lanes_add(lanes, &(struct delivery_to_send){.id = id,
                                                                     .invoice_id = invoice_id,
                                                                     .due_at_ms = due_at_ms,
                                                                     .endpoint = shop_a}));
}

/* 0: none. */
static int64_t take(struct delivery_lanes *lanes, int64_t now_ms) {
    int64_t id;
    return delivery_lanes_take(lanes, now_ms, &id) ? id : 0;
}

static uint32_t take_all(struct delivery_lanes *lanes, int64_t now_ms, int64_t *ret_ids) {
    uint32_t count = 0;
    int64_t id;
    while ((id = take(lanes, now_ms)) != 0) {
        ret_ids[count++] = id;
    }
    return count;
}

static void test_nothing_is_taken_before_it_is_due(void **state) {
    assert_int_equal(take(*state, 0), 0);
    assert_int_equal(delivery_lanes_next_due_ms(*state, 0), INT64_MAX);
    add(*state, 1, shop_a, 1000);
    assert_int_equal(take(*state, 999), 0);
    assert_int_equal(delivery_lanes_next_due_ms(*state, 0), 1000);
    assert_int_equal(take(*state, 1000), 1);
    assert_int_equal(take(*state, 1000), 0);
    assert_int_equal(delivery_lanes_next_due_ms(*state, 1000), INT64_MAX);
    delivery_lanes_finish_later(*state, 1, LANE_FAILED, 1100, 6100);
    assert_int_equal(delivery_lanes_next_due_ms(*state, 1100), 6100);
    assert_int_equal(take(*state, 6099), 0);
    assert_int_equal(take(*state, 6100), 1);
    delivery_lanes_finish(*state, 1, LANE_SERVED, 6200);
    assert_false(delivery_lanes_has(*state, 1));
    assert_int_equal(delivery_lanes_count(*state).lanes, 0);
}

static void test_a_lane_starts_with_one_and_grows_with_each_success(void **state) {
    for (int64_t id = 1; id <= 200; id++) {
        add(*state, id, shop_a, 0);
    }
    int64_t ids[256];
    assert_int_equal(take_all(*state, 0, ids), 1);
    uint32_t in_flight = 1;
    for (uint32_t served = 1; served < 40; served++) {
        delivery_lanes_finish(*state, ids[--in_flight], LANE_SERVED, 0);
        in_flight += take_all(*state, 0, ids + in_flight);
        assert_int_equal(in_flight, served + 1 < 16 ? served + 1 : 16);
        assert_int_equal(delivery_lanes_count(*state).in_flight, in_flight);
    }
}

static void test_a_failing_lane_is_probed_by_one_with_growing_pauses(void **state) {
    for (int64_t id = 1; id <= 100; id++) {
        add(*state, id, shop_a, 0);
    }
    int64_t ids[256];
    uint32_t in_flight = take_all(*state, 0, ids);
    for (int i = 0; i < 7; i++) {
        delivery_lanes_finish(*state, ids[--in_flight], LANE_SERVED, 0);
        in_flight += take_all(*state, 0, ids + in_flight);
    }
    assert_int_equal(in_flight, 8);
    /* All eight fail together: one failure, one probe, no pause yet. */
    while (in_flight > 0) {
        delivery_lanes_finish_later(*state, ids[--in_flight], LANE_FAILED, 100, 1000000);
    }
    assert_int_equal(delivery_lanes_count(*state).suspect_lanes, 1);
    int64_t now_ms = 100;
    static const int64_t pauses_ms[] = {0, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        if (pauses_ms[i] > 0) {
            assert_int_equal(take(*state, now_ms + pauses_ms[i] - 1), 0);
        }
        now_ms += pauses_ms[i];
        assert_int_equal(delivery_lanes_next_due_ms(*state, now_ms), now_ms);
        assert_int_equal(take_all(*state, now_ms, ids), 1);
        delivery_lanes_finish_later(*state, ids[0], LANE_FAILED, now_ms, 1000000);
    }
    /* One answer is enough to begin again, at half of a half of what it was. */
    now_ms += 60000;
    assert_int_equal(take_all(*state, now_ms, ids), 1);
    delivery_lanes_finish(*state, ids[0], LANE_SERVED, now_ms);
    assert_int_equal(delivery_lanes_count(*state).suspect_lanes, 0);
    assert_int_equal(take_all(*state, now_ms, ids), 2);
}

static void test_a_refusal_neither_grows_nor_pauses_a_lane(void **state) {
    for (int64_t id = 1; id <= 100; id++) {
        add(*state, id, shop_a, 0);
    }
    for (int i = 0; i < 50; i++) {
        int64_t ids[256];
        assert_int_equal(take_all(*state, 0, ids), 1);
        delivery_lanes_finish_later(*state, ids[0], LANE_REFUSED, 0, 5000);
    }
    assert_int_equal(delivery_lanes_count(*state).suspect_lanes, 0);
}

static void test_fifty_thousand_for_one_shop_cost_another_one_turn(void **state) {
    for (int64_t id = 1; id <= 50000; id++) {
        add(*state, id, shop_a, 0);
    }
    int64_t first = take(*state, 0);
    assert_int_equal(first, 1);
    add(*state, 50001, shop_b, 10);
    assert_int_equal(take(*state, 10), 50001);
    delivery_lanes_finish(*state, 50001, LANE_SERVED, 10);
    for (int64_t id = 50002; id <= 50100; id++) {
        add(*state, id, shop_b, 10);
        delivery_lanes_finish(*state, first, LANE_SERVED, 10);
        int64_t one = take(*state, 10);
        int64_t two = take(*state, 10);
        assert_true(one == id || two == id);
        first = one == id ? two : one;
        delivery_lanes_finish(*state, id, LANE_SERVED, 10);
    }
}

static void test_failing_endpoints_leave_half_of_the_attempts_to_the_others(void **state) {
    (void)state;
    struct delivery_lanes *lanes = lanes_with(8, 4);
    char names[20][8];
    int64_t ids[32];
    for (int64_t id = 1; id <= 20; id++) {
        names[id - 1][0] = (char)('a' + id);
        add(lanes, id, (struct str){.ptr = names[id - 1], .len = 1}, 0);
    }
    uint32_t taken;
    uint32_t failed = 0;
    while ((taken = take_all(lanes, 0, ids)) > 0 && failed < 20) {
        for (uint32_t i = 0; i < taken; i++, failed++) {
            delivery_lanes_finish_later(lanes, ids[i], LANE_FAILED, 0, 1000);
        }
    }
    assert_int_equal(delivery_lanes_count(lanes).suspect_lanes, 20);
    assert_int_equal(take_all(lanes, 1000, ids), 4);
    assert_int_equal(delivery_lanes_next_due_ms(lanes, 1000), INT64_MAX);
    for (int64_t id = 101; id <= 110; id++) {
        add(lanes, id, (struct str){.ptr = names[0], .len = 0}, 1000);
    }
    assert_int_equal(take(lanes, 1000), 101);
    delivery_lanes_finish(lanes, 101, LANE_SERVED, 1000);
    assert_int_equal(take_all(lanes, 1000, ids + 4), 2);
    delivery_lanes_finish_later(lanes, ids[0], LANE_FAILED, 1001, 5000);
    assert_int_equal(take_all(lanes, 1001, ids), 1);
    delivery_lanes_free(lanes);
}

static void test_deliveries_of_one_invoice_leave_in_order(void **state) {
    add_of(*state, 12, 7, 0);
    add_of(*state, 11, 7, 0);
    add_of(*state, 13, 7, 0);
    add_of(*state, 20, 8, 50);
    assert_int_equal(take(*state, 0), 11);
    delivery_lanes_finish(*state, 11, LANE_SERVED, 0);
    assert_int_equal(take(*state, 0), 12);
    assert_int_equal(take(*state, 0), 0);
    delivery_lanes_finish_later(*state, 12, LANE_REFUSED, 10, 5000);
    assert_int_equal(take(*state, 10), 0);
    /* Another invoice does not wait for it. */
    assert_int_equal(take(*state, 50), 20);
    delivery_lanes_finish(*state, 20, LANE_SERVED, 50);
    assert_int_equal(take(*state, 5000), 12);
    delivery_lanes_finish(*state, 12, LANE_SERVED, 5000);
    assert_int_equal(take(*state, 5000), 13);
    delivery_lanes_finish(*state, 13, LANE_SERVED, 5000);
    assert_int_equal(delivery_lanes_count(*state).deliveries, 0);
}

static void test_a_newer_one_does_not_wait_for_the_older_ones_retry(void **state) {
    add_of(*state, 1, 7, 0);
    assert_int_equal(take(*state, 0), 1);
    delivery_lanes_finish_later(*state, 1, LANE_REFUSED, 0, 43200000);
    add_of(*state, 2, 7, 1000);
    assert_int_equal(delivery_lanes_next_due_ms(*state, 0), 1000);
    assert_int_equal(take(*state, 1000), 1);
    delivery_lanes_finish(*state, 1, LANE_SERVED, 1001);
    assert_int_equal(take(*state, 1001), 2);
}

static void test_an_older_one_that_arrives_late_goes_first(void **state) {
    add_of(*state, 2, 7, 0);
    add_of(*state, 1, 7, 1000);
    assert_int_equal(take(*state, 0), 0);
    assert_int_equal(take(*state, 1000), 1);
    add_of(*state, 3, 7, 1000);
    delivery_lanes_finish(*state, 1, LANE_SERVED, 1000);
    assert_int_equal(take(*state, 1000), 2);
    /* While one is in flight, not even an older one leaves. */
    add_of(*state, 1, 7, 1000);
    assert_int_equal(take(*state, 1000), 0);
    delivery_lanes_finish_later(*state, 2, LANE_SERVED, 1000, 1000);
    assert_int_equal(take(*state, 1000), 1);
}

static void test_a_withdrawn_delivery_makes_room_for_the_next(void **state) {
    add_of(*state, 1, 7, 5000);
    add_of(*state, 2, 7, 6000);
    assert_true(delivery_lanes_remove(*state, 1));
    assert_false(delivery_lanes_remove(*state, 1));
    assert_int_equal(take(*state, 5999), 0);
    assert_int_equal(take(*state, 6000), 2);
    assert_false(delivery_lanes_remove(*state, 2));
    delivery_lanes_finish(*state, 2, LANE_FAILED, 6000);
    assert_int_equal(delivery_lanes_count(*state).lanes, 0);
}

static void test_hurry_makes_a_delivery_and_those_before_it_due(void **state) {
    add_of(*state, 1, 7, 50000);
    add_of(*state, 2, 7, 60000);
    add(*state, 3, shop_a, 70000);
    assert_true(delivery_lanes_hurry(*state, 2, 100));
    assert_int_equal(take(*state, 100), 1);
    delivery_lanes_finish(*state, 1, LANE_SERVED, 100);
    assert_int_equal(take(*state, 100), 2);
    assert_int_equal(take(*state, 100), 0);
    assert_false(delivery_lanes_hurry(*state, 99, 100));
}

static void test_hurry_ends_a_pause(void **state) {
    add(*state, 1, shop_a, 0);
    add(*state, 2, shop_a, 0);
    for (int64_t now_ms = 0; now_ms <= 1; now_ms++) {
        int64_t id = take(*state, now_ms);
        delivery_lanes_finish_later(*state, id, LANE_FAILED, now_ms, now_ms);
    }
    assert_int_equal(take(*state, 500), 0);
    assert_true(delivery_lanes_hurry(*state, 2, 500));
    assert_int_not_equal(take(*state, 500), 0);
}

static void test_adding_again_moves_it_to_the_new_endpoint_and_time(void **state) {
    add(*state, 1, shop_a, 50000);
    add(*state, 1, shop_b, 100);
    assert_int_equal(delivery_lanes_count(*state).deliveries, 1);
    assert_int_equal(delivery_lanes_count(*state).lanes, 1);
    assert_int_equal(take(*state, 100), 1);
    add(*state, 1, shop_a, 100); /* in flight: nothing happens */
    assert_int_equal(take(*state, 100), 0);
    delivery_lanes_finish(*state, 1, LANE_SERVED, 100);
    assert_int_equal(delivery_lanes_count(*state).deliveries, 0);
}

static void test_limits_are_kept(void **state) {
    (void)state;
    struct delivery_lanes_limits limits = DELIVERY_LANES_LIMITS_DEFAULT;
    limits.waiting_max = 3;
    limits.lanes_max = 1;
    struct delivery_lanes *lanes = delivery_lanes_new(&limits);
    add(lanes, 1, shop_a, 0);
    struct delivery_to_send other = {.id = 2, .invoice_id = 2, .endpoint = shop_b};
    assert_false(delivery_lanes_add(lanes, &other));
    add(lanes, 2, shop_a, 0);
    add(lanes, 3, shop_a, 0);
    other.id = 4;
    other.endpoint = shop_a;
    assert_false(delivery_lanes_add(lanes, &other));
    add(lanes, 3, shop_a, 10);
    assert_int_equal(delivery_lanes_count(lanes).deliveries, 3);
    delivery_lanes_free(lanes);
}

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_a_quarter_million_waiting_rows_are_no_burden(void **state) {
    enum { ROWS = 250000 };
    double start_s = seconds_now();
    for (int64_t id = 1; id <= ROWS; id++) {
        char name[16];
        int64_t shop = id * 7919 % 1000;
        for (int i = 0; i < 4; i++, shop /= 10) {
            name[i] = (char)('0' + shop % 10);
        }
        add(*state, id, (struct str){.ptr = name, .len = 4}, id * 31 % 100000);
    }
    uint32_t served = 0;
    for (int64_t now_ms = 0; served < ROWS; now_ms += 100) {
        int64_t ids[256];
        uint32_t taken = 0;
        while ((taken = take_all(*state, now_ms, ids)) > 0) {
            for (uint32_t i = 0; i < taken; i++, served++) {
                delivery_lanes_finish(*state, ids[i], LANE_SERVED, now_ms);
            }
        }
        assert_true(now_ms <= 100100);
    }
    double took_s = seconds_now() - start_s;
    print_message("# %d rows in and out: %.2f s\n", ROWS, took_s);
    assert_true(took_s < 100);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_taken_before_it_is_due),
        TEST(test_a_lane_starts_with_one_and_grows_with_each_success),
        TEST(test_a_failing_lane_is_probed_by_one_with_growing_pauses),
        TEST(test_a_refusal_neither_grows_nor_pauses_a_lane),
        TEST(test_fifty_thousand_for_one_shop_cost_another_one_turn),
        TEST(test_failing_endpoints_leave_half_of_the_attempts_to_the_others),
        TEST(test_deliveries_of_one_invoice_leave_in_order),
        TEST(test_a_newer_one_does_not_wait_for_the_older_ones_retry),
        TEST(test_an_older_one_that_arrives_late_goes_first),
        TEST(test_a_withdrawn_delivery_makes_room_for_the_next),
        TEST(test_hurry_makes_a_delivery_and_those_before_it_due),
        TEST(test_hurry_ends_a_pause),
        TEST(test_adding_again_moves_it_to_the_new_endpoint_and_time),
        TEST(test_limits_are_kept),
        TEST(test_a_quarter_million_waiting_rows_are_no_burden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
