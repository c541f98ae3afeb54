/* SPDX-License-Identifier: MIT */
#include "store_fixture.h"

enum { HEIGHTS = 12, STEPS = 400 };

static struct untraced_sum sum_of(struct fixture *fixture, const struct network *network) {
    struct untraced_sum sum;
    assert_ok(store_untraced_sum(fixture->writer, network, &sum));
    return sum;
}

/* Runs grow, split and vanish as a set of heights would. */
static void test_runs_are_the_set_of_what_was_added_and_not_removed(void **state) {
    struct fixture *fixture = *state;
    bool is_in[HEIGHTS] = {false};
    uint32_t dice = 1;
    assert_ok(store_begin(fixture->writer));
    for (int i = 0; i < STEPS; i++) {
        dice = dice * 1103515245U + 12345U;
        int64_t height = (dice >> 16) % HEIGHTS;
        bool adds = (dice >> 24) % 2 == 0;
        if (adds) {
            assert_ok(store_untraced_add(fixture->writer, fixture->btc, height));
        } else {
            bool removed;
            assert_ok(store_untraced_remove(fixture->writer, fixture->btc, height, &removed));
            assert_int_equal(removed, is_in[height]);
        }
        is_in[height] = adds;
        struct untraced_sum expected = {.count = 0};
        for (int64_t at = HEIGHTS - 1; at >= 0; at--) {
            expected.last_height = is_in[at] && expected.count == 0 ? at : expected.last_height;
            expected.first_height = is_in[at] ? at : expected.first_height;
            expected.count += is_in[at];
        }
        struct untraced_sum sum = sum_of(fixture, fixture->btc);
        assert_int_equal(sum.count, expected.count);
        assert_int_equal(sum.first_height, expected.first_height);
        assert_int_equal(sum.last_height, expected.last_height);
    }
    assert_ok(store_commit(fixture->writer));
}

static void test_networks_have_their_own(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_untraced_add(fixture->writer, fixture->btc, 7));
    bool removed;
    assert_ok(store_untraced_remove(fixture->writer, network_sandbox(), 7, &removed));
    assert_false(removed);
    assert_int_equal(sum_of(fixture, network_sandbox()).count, 0);
    assert_int_equal(sum_of(fixture, fixture->btc).count, 1);
    assert_ok(store_commit(fixture->writer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_runs_are_the_set_of_what_was_added_and_not_removed),
        TEST(test_networks_have_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
