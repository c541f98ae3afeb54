/* SPDX-License-Identifier: MIT */
/* Nodes that stand in for each other: who is missed, and who has his turn back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/chain_failover/chain_failover.h"
#include "base/arena.h"
#include "core/error.h"
#include "failover_fixture.h"
#include "support/node_pair.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, DAY_MIN = 24 * 60 };

/* What a watcher does when there is nothing else to be done, without waiting. */
static void look(void) {
    pair.chain->ops->wait(pair.chain, fake_hash(TIP, 1), 0);
}

static void pass(int64_t ms) {
    pair.now_ms += ms;
    look();
}

static struct result ask_tip(void) {
    struct block_header tip;
    return pair.chain->ops->tip(pair.chain, pair.arena, &tip);
}

/* Whose turn it is, by what only he tells. */
static uint64_t active(void) {
    struct script program = {.len = 20};
    struct amount told;
    must(pair.chain->ops->balances(pair.chain, pair.arena, fake_hash(1, 1), &program, 1, &told));
    return (uint64_t)told.units;
}

static const char *missing(void) {
    return pair.chain->ops->missing(pair.chain, pair.arena);
}

/* Looks at every half minute for so many minutes, with the watcher's own question between them, and
 * the same node active until then. */
static void expect_active_for(int minutes, uint64_t node) {
    for (int i = 0; i < 2 * minutes; i++) {
        must(ask_tip());
        assert_int_equal(active(), node);
        pass(MINUTE_MS / 2);
    }
}

/* The first one is lost to the second, and comes back at once. */
static void lose_first(void) {
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    must(ask_tip());
    assert_int_equal(active(), 1);
    fake_node_set(pair.nodes[0], FAKE_ALIVE);
    pass(MINUTE_MS / 2); /* its trial begins */
}

static int start_level(void **state) {
    (void)pair_start(state);
    fake_node_branch(pair.nodes[0], SHARED_TIP + 1, TIP + 1, 2);
    return 0;
}

#define LEVEL_TEST(function) cmocka_unit_test_setup_teardown(function, start_level, pair_stop)

/* ---- who is missed */

static void test_the_first_one_lost_is_told_by_name_after_a_minute_until_it_answers(void **state) {
    (void)state;
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    must(ask_tip());
    assert_null(missing());
    pass(MINUTE_MS / 2);
    assert_null(missing());
    pass(MINUTE_MS / 2);
    assert_string_equal(missing(), "http://first/: the node cannot be reached");
    fake_node_set(pair.nodes[0], FAKE_SYNCING); /* the matter is the same, and so is the text */
    pass(MINUTE_MS / 2);
    assert_string_equal(missing(), "http://first/: the node cannot be reached");
    fake_node_set(pair.nodes[0], FAKE_ALIVE);
    pass(MINUTE_MS / 2);
    assert_null(missing());
}

static void test_one_that_was_never_needed_is_missed_too(void **state) {
    (void)state;
    static const enum fake_state failures[] = {FAKE_DEAD, FAKE_SYNCING, FAKE_CONFUSED,
                                               FAKE_REFUSING, FAKE_FOREIGN};
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        fake_node_set(pair.nodes[1], failures[i]);
        for (int minute = 0; minute < 3; minute++) {
            must(ask_tip());
            assert_null(missing());
            pass(minute == 0 ? MINUTE_MS : MINUTE_MS / 2);
        }
        assert_non_null(strstr(missing(), "http://second/: "));
        assert_int_equal(active(), 0);
        fake_node_set(pair.nodes[1], FAKE_ALIVE);
        pass(MINUTE_MS);
        assert_null(missing());
    }
}

static void test_one_failure_is_no_absence_however_long_ago(void **state) {
    (void)state;
    fake_node_set(pair.nodes[1], FAKE_DEAD);
    pass(MINUTE_MS);
    pair.now_ms += (int64_t)DAY_MIN * MINUTE_MS;
    assert_null(missing());
    look();
    assert_null(missing());
    pass(MINUTE_MS);
    assert_non_null(missing());
}

static void test_one_that_stays_far_behind_is_missed(void **state) {
    (void)state;
    pair.nodes[0]->block_ms = pair.nodes[1]->block_ms = 2 * MINUTE_MS;
    fake_node_branch(pair.nodes[1], 0, TIP - 6, 1); /* no more than it may */
    must(ask_tip());
    for (int i = 0; i < 6; i++) {
        pass(MINUTE_MS);
    }
    assert_null(missing());
    fake_node_branch(pair.nodes[1], 0, TIP - 7, 1);
    for (int i = 0; i < 3; i++) {
        pass(MINUTE_MS);
    }
    assert_string_equal(missing(), "http://second/: is far behind");
}

static void test_while_nobody_answers_nobody_is_missed(void **state) {
    (void)state;
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    must(ask_tip());
    fake_node_set(pair.nodes[1], FAKE_DEAD);
    for (int i = 0; i < 10; i++) {
        refused(ask_tip(), &ERR_NODE_UNREACHABLE);
        pass(MINUTE_MS);
        assert_null(missing()); /* the network is blind, and says so */
    }
    fake_node_set(pair.nodes[1], FAKE_ALIVE);
    must(ask_tip());
    assert_string_equal(missing(), "http://first/: the node cannot be reached");
}

static void test_a_stop_is_no_absence(void **state) {
    (void)state;
    pair.chain->ops->stop(pair.chain);
    for (int i = 0; i < 5; i++) {
        pass(MINUTE_MS);
        refused(ask_tip(), &ERR_NODE_STOPPED);
    }
    assert_null(missing());
}

/* ---- who is looked at, and when */

static void test_looks_are_rare(void **state) {
    (void)state;
    for (int second = 0; second < 600; second++) {
        pass(SECOND_MS);
    }
    assert_int_equal(calls(1), 10);
    assert_int_equal(calls(0), 0); /* it has its turn anyway */
}

static struct result (*true_tip)(struct chain *chain, struct arena *arena,
                                 struct block_header *ret_tip);

static struct result slow_tip(struct chain *chain, struct arena *arena,
                              struct block_header *ret_tip) {
    pair.now_ms += 30 * SECOND_MS;
    return true_tip(chain, arena, ret_tip);
}

static void test_a_look_that_took_long_is_followed_by_a_long_rest(void **state) {
    (void)state;
    struct chain_ops ops = *pair.nodes[1]->chain.ops;
    const struct chain_ops *whole = pair.nodes[1]->chain.ops;
    true_tip = ops.tip;
    ops.tip = slow_tip;
    pair.nodes[1]->chain.ops = &ops;
    fake_node_set(pair.nodes[1], FAKE_DEAD);
    int64_t from_ms = pair.now_ms;
    for (int second = 0; second < 3600; second++) {
        pass(SECOND_MS);
    }
    /* A twentieth of the time at most. */
    assert_in_range(calls(1), 3, (pair.now_ms - from_ms) / (20 * 30 * SECOND_MS) + 1);
    assert_non_null(missing());
    pair.nodes[1]->chain.ops = whole;
}

static void test_without_a_clock_nobody_is_looked_after(void **state) {
    (void)state;
    struct chain *nodes[2] = {&pair.nodes[0]->chain, &pair.nodes[1]->chain};
    struct chain *chain = node_pair_new(nodes, NULL);
    struct block_header tip;
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    must(chain->ops->tip(chain, pair.arena, &tip));
    pair.now_ms += (int64_t)DAY_MIN * MINUTE_MS;
    chain->ops->wait(chain, fake_hash(TIP, 1), 0);
    assert_null(chain->ops->missing(chain, pair.arena));
    assert_int_equal(calls(0), 1);
    chain->ops->close(chain);
    pair.nodes[0]->is_closed = pair.nodes[1]->is_closed = false;
}

/* ---- who has his turn back */

static void test_the_first_one_has_its_turn_back_when_it_has_answered_for_a_while(void **state) {
    (void)state;
    lose_first();
    expect_active_for(10, 1);
    assert_int_equal(active(), 0);
    must(ask_tip());
    expect_active_for(60, 0);
}

static void test_a_failure_in_between_begins_the_trial_anew(void **state) {
    (void)state;
    lose_first();
    expect_active_for(9, 1);
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    pass(MINUTE_MS);
    fake_node_set(pair.nodes[0], FAKE_ALIVE);
    pass(MINUTE_MS);
    expect_active_for(10, 1);
    assert_int_equal(active(), 0);
}

static void test_one_that_is_behind_waits_until_it_is_level(void **state) {
    (void)state;
    fake_node_branch(pair.nodes[0], 0, TIP, 2);
    lose_first();
    expect_active_for(60, 1);
    fake_node_branch(pair.nodes[0], 0, TIP + 1, 2);
    pass(MINUTE_MS);
    assert_int_equal(active(), 0);
}

static void test_one_on_another_fork_waits_until_that_is_over(void **state) {
    (void)state;
    fake_node_branch(pair.nodes[0], SHARED_TIP + 1, TIP + 2, 1);
    lose_first();
    expect_active_for(60, 1);
    fake_node_branch(pair.nodes[0], SHARED_TIP + 1, TIP + 2, 2);
    pass(MINUTE_MS);
    assert_int_equal(active(), 0);
}

static void test_the_second_one_does_not_take_the_firsts_turn(void **state) {
    (void)state;
    expect_active_for(60, 0);
    assert_true(calls(1) >= 30); /* it answered all the time */
}

static void test_whoever_is_lost_again_must_answer_longer_each_time(void **state) {
    (void)state;
    for (int minutes = 10; minutes < DAY_MIN; minutes *= 2) {
        lose_first();
        expect_active_for(minutes, 1);
        pass(MINUTE_MS);
        assert_int_equal(active(), 0);
        must(ask_tip());
    }
    /* At most a day, and one that was well for a day has earned it back. */
    lose_first();
    expect_active_for(DAY_MIN, 1);
    pass(MINUTE_MS);
    expect_active_for(DAY_MIN, 0);
    lose_first();
    expect_active_for(10, 1);
    assert_int_equal(active(), 0);
}

/* It tells its tip all the time, and so is not missed. */
static void test_one_that_fails_at_something_else_does_not_change_places_for_ever(void **state) {
    (void)state;
    struct chain_finality finality;
    pair.nodes[0]->lacks_finality = true;
    unsigned changes = 0;
    uint64_t was_active = 0;
    for (int minute = 0; minute < DAY_MIN; minute++) {
        must(ask_tip());
        must(pair.chain->ops->finality(pair.chain, pair.arena, &finality));
        changes += active() != was_active;
        was_active = active();
        pass(MINUTE_MS);
        changes += active() != was_active;
        was_active = active();
        assert_null(missing());
    }
    assert_in_range(changes, 3, 2 * 8); /* after 10, 20, 40, ... minutes */
}

/* An old block that the first one no longer has is no reason to follow one that is hours behind. */
static void test_one_that_is_behind_answers_and_does_not_have_the_turn(void **state) {
    (void)state;
    pair.nodes[0]->block_ms = pair.nodes[1]->block_ms = 2 * MINUTE_MS;
    fake_node_branch(pair.nodes[1], 0, TIP - 7, 1);
    fake_node_branch(pair.nodes[0], 0, TIP, 1);
    for (int i = 0; i < 3; i++) {
        must(ask_tip());
        pass(MINUTE_MS);
    }
    assert_non_null(strstr(missing(), "is far behind"));
    struct chain_block block;
    pair.nodes[0]->has_no_blocks = true;
    must(pair.chain->ops->block(pair.chain, pair.arena, fake_hash(1, 1), &block));
    struct block_header tip;
    must(pair.chain->ops->tip(pair.chain, pair.arena, &tip));
    assert_int_equal(tip.height, TIP);
    assert_int_equal(active(), 0);
    fake_node_set(pair.nodes[0], FAKE_DEAD); /* better than nobody */
    must(pair.chain->ops->tip(pair.chain, pair.arena, &tip));
    assert_int_equal(tip.height, TIP - 7);
    assert_int_equal(active(), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_the_first_one_lost_is_told_by_name_after_a_minute_until_it_answers),
        PAIR_TEST(test_one_that_was_never_needed_is_missed_too),
        PAIR_TEST(test_one_failure_is_no_absence_however_long_ago),
        PAIR_TEST(test_one_that_stays_far_behind_is_missed),
        PAIR_TEST(test_while_nobody_answers_nobody_is_missed),
        PAIR_TEST(test_a_stop_is_no_absence),
        PAIR_TEST(test_looks_are_rare),
        PAIR_TEST(test_a_look_that_took_long_is_followed_by_a_long_rest),
        PAIR_TEST(test_without_a_clock_nobody_is_looked_after),
        LEVEL_TEST(test_the_first_one_has_its_turn_back_when_it_has_answered_for_a_while),
        LEVEL_TEST(test_a_failure_in_between_begins_the_trial_anew),
        LEVEL_TEST(test_one_that_is_behind_waits_until_it_is_level),
        LEVEL_TEST(test_one_on_another_fork_waits_until_that_is_over),
        LEVEL_TEST(test_the_second_one_does_not_take_the_firsts_turn),
        LEVEL_TEST(test_whoever_is_lost_again_must_answer_longer_each_time),
        PAIR_TEST(test_one_that_is_behind_answers_and_does_not_have_the_turn),
        LEVEL_TEST(test_one_that_fails_at_something_else_does_not_change_places_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
