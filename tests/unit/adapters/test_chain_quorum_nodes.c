/* SPDX-License-Identifier: MIT */
/* Nodes that lag, hang, die and return, and what is waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "quorum_fixture.h"

static void test_a_node_that_lags_holds_the_tip_back_only_if_it_is_needed(void **state) {
    struct quorum_fixture both = quorum_fixture_of(2, 2);
    fake_node_branch(both.nodes[0], 11, 20, 1);
    assert_int_equal(quorum_tip_of(&both).height, 10);
    assert_true(block_hash_eq(quorum_tip_of(&both).hash, fake_hash(10, 1)));
    assert_string_equal(quorum_warning_of(&both), "");
    quorum_fixture_end(&both);

    struct quorum_fixture spare = quorum_fixture_of(2, 3);
    fake_node_branch(spare.nodes[0], 11, 20, 1);
    fake_node_branch(spare.nodes[2], 11, 18, 1);
    assert_int_equal(quorum_tip_of(&spare).height, 18);
    for (int i = 0; i < 3; i++) {
        (void)quorum_tip_of(&spare);
    }
    assert_string_equal(quorum_warning_of(&spare), "");
    quorum_fixture_end(&spare);

    struct quorum_fixture all = quorum_fixture_of(3, 3);
    fake_node_branch(all.nodes[0], 11, 20, 1);
    fake_node_branch(all.nodes[2], 11, 18, 1);
    assert_int_equal(quorum_tip_of(&all).height, 10);
    quorum_fixture_end(&all);
}

static void test_a_boastful_tip_moves_nobody(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_branch(fixture.nodes[2], 11, 60, 9);
    assert_true(block_hash_eq(quorum_tip_of(&fixture).hash, fake_hash(10, 1)));
    quorum_fixture_end(&fixture);
}

static void test_a_dead_node_is_done_without_if_enough_are_left(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_set(fixture.nodes[1], FAKE_DEAD);
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    must_work(quorum_block_of(&fixture, 10, &block));
    must_be_honest(&fixture, &block, 10);
    fake_node_set(fixture.nodes[0], FAKE_DEAD);
    struct block_header tip;
    struct result asked = fixture.chain->ops->tip(fixture.chain, fixture.arena, &tip);
    must_fail(asked, &ERR_NODE_UNREACHABLE);
    assert_non_null(strstr(asked.detail, "1 of 3 nodes can be used and 2 must agree"));
    assert_non_null(strstr(asked.detail, "http://node1/"));
    fake_node_set(fixture.nodes[0], FAKE_ALIVE);
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    quorum_fixture_end(&fixture);
}

enum { QUORUM_TIMEOUT_MS = 20000 }; /* unless a fixture says otherwise */

static void test_a_hanging_node_delays_nobody_who_does_not_need_it(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_set(fixture.nodes[0], FAKE_HANGING);
    int64_t began_ms = test_monotonic_ms();
    for (int64_t height = 1; height <= 10; height++) {
        assert_int_equal(quorum_tip_of(&fixture).height, 10);
        (void)quorum_hash_of(&fixture, height);
        must_work(quorum_block_of(&fixture, height, &block));
        must_be_honest(&fixture, &block, height);
    }
    assert_in_range(test_monotonic_ms() - began_ms, 0, QUORUM_TIMEOUT_MS);
    assert_in_range(fake_node_calls(fixture.nodes[0]), 0, 1); /* it was not asked again */
    fake_node_set(fixture.nodes[0], FAKE_ALIVE);
    fake_node_set(fixture.nodes[1], FAKE_DEAD);
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    quorum_fixture_end(&fixture);
}

static void test_a_hanging_node_that_is_needed_is_waited_for_to_the_timeout(void **state) {
    struct quorum_fixture fixture = quorum_fixture_impatient(2, 2);
    fake_node_set(fixture.nodes[1], FAKE_HANGING);
    for (int i = 0; i < 2; i++) {
        struct block_header tip;
        int64_t began_ms = test_monotonic_ms();
        struct result asked = fixture.chain->ops->tip(fixture.chain, fixture.arena, &tip);
        must_fail(asked, &ERR_NODE_UNREACHABLE);
        assert_non_null(strstr(asked.detail, "http://node2/ has not answered in time"));
        assert_in_range(test_monotonic_ms() - began_ms, QUORUM_TEST_TIMEOUT_MS - 5,
                        QUORUM_TEST_TIMEOUT_MS * 15);
    }
    fake_node_set(fixture.nodes[1], FAKE_ALIVE);
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    quorum_fixture_end(&fixture);
}

/* Asking anew each time would never end. */
static void test_a_block_that_takes_longer_than_the_timeout_arrives(void **state) {
    struct quorum_fixture fixture = quorum_fixture_impatient(2, 2);
    struct chain_block block;
    fixture.nodes[1]->block_delay_ms = QUORUM_TEST_TIMEOUT_MS * 5 / 2;
    struct result asked = quorum_block_of(&fixture, 5, &block);
    must_fail(asked, &ERR_NODE_UNREACHABLE);
    for (int tries = 0; tries < 5 && !result_is_ok(asked); tries++) {
        asked = quorum_block_of(&fixture, 5, &block);
    }
    must_work(asked);
    must_be_honest(&fixture, &block, 5);
    assert_in_range(fake_node_calls(fixture.nodes[1]), 1, 2);
    quorum_fixture_end(&fixture);
}

static void test_what_a_slow_node_says_late_is_still_held_against_it(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_lie(fixture.nodes[2], FAKE_INVENTS);
    fake_node_set(fixture.nodes[2], FAKE_HANGING);
    must_work(quorum_block_of(&fixture, 5, &block));
    assert_string_equal(quorum_warning_of(&fixture), "");
    fake_node_set(fixture.nodes[2], FAKE_ALIVE);
    quorum_let_all_be_heard(&fixture);
    assert_non_null(strstr(quorum_warning_of(&fixture), "http://node3/"));
    quorum_fixture_end(&fixture);
}

static void test_a_node_that_comes_and_goes_never_matters_to_the_others(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const enum fake_state states[] = {FAKE_DEAD, FAKE_ALIVE, FAKE_HANGING, FAKE_ALIVE};
    for (int64_t height = 11; height < 51; height++) {
        quorum_mine(&fixture, height, height, 1);
        fake_node_set(fixture.nodes[height % 3], states[height % 4]);
        assert_int_equal(quorum_tip_of(&fixture).height, height);
        struct chain_block block;
        must_work(quorum_block_of(&fixture, height, &block));
        must_be_honest(&fixture, &block, height);
        fake_node_set(fixture.nodes[height % 3], FAKE_ALIVE);
    }
    assert_string_equal(quorum_warning_of(&fixture), "");
    quorum_fixture_end(&fixture);
}

/* ---- identity */

static void test_all_who_can_be_reached_must_be_on_one_chain(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_identity identity;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity));
    assert_string_equal(identity.network, "regtest");
    assert_string_equal(identity.version, "3 of 3 nodes, fake");
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity));
    assert_string_equal(identity.version, "2 of 3 nodes, fake");
    fake_node_set(fixture.nodes[2], FAKE_FOREIGN);
    struct result asked = fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity);
    must_fail(asked, &ERR_NODE_WRONG_NETWORK);
    assert_non_null(strstr(asked.detail, "http://node3/"));
    fake_node_set(fixture.nodes[2], FAKE_REFUSING);
    asked = fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity);
    must_fail(asked, &ERR_NODE_REFUSED);
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    fake_node_set(fixture.nodes[1], FAKE_DEAD);
    must_refuse(fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity),
                ERR_NODE_UNREACHABLE);
    quorum_fixture_end(&fixture);
}

static void test_a_node_swapped_for_one_of_another_network_is_named(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_set(fixture.nodes[0], FAKE_FOREIGN);
    quorum_let_all_be_heard(&fixture);
    assert_string_equal(quorum_warning_of(&fixture),
                        "http://node1/ contradicts the others about which chain this is");
    quorum_fixture_end(&fixture);
}

/* ---- the mempool */

static size_t hints_of(struct quorum_fixture *fixture, const struct chain_output **ret_outputs) {
    size_t count;
    must_work(fixture->chain->ops->mempool(fixture->chain, fixture->arena, ret_outputs, &count));
    return count;
}

static void test_a_hint_of_any_node_is_told_once(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_hint(fixture.nodes[0], 1, 10);
    fake_node_hint(fixture.nodes[1], 1, 10);
    fake_node_hint(fixture.nodes[1], 2, 10);
    fake_node_hint(fixture.nodes[2], 2, 99);
    const struct chain_output *outputs;
    size_t told = 0;
    for (int i = 0; i < 4; i++) {
        size_t count = hints_of(&fixture, &outputs);
        assert_true(i != 0 || count > 0);
        told += count;
        quorum_let_all_be_heard(&fixture);
    }
    assert_in_range(told, 2, 4); /* who was late may tell again what another told */
    fake_node_set(fixture.nodes[1], FAKE_DEAD);
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    fake_node_hint(fixture.nodes[0], 3, 10);
    assert_int_equal(hints_of(&fixture, &outputs), 1);
    assert_int_equal(outputs[0].txid.bytes[0], 3);
    quorum_fixture_end(&fixture);
}

static void test_a_hint_that_comes_late_is_not_lost(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const struct chain_output *outputs;
    fake_node_set(fixture.nodes[2], FAKE_HANGING);
    fake_node_hint(fixture.nodes[2], 5, 10);
    assert_int_equal(hints_of(&fixture, &outputs), 0);
    fake_node_set(fixture.nodes[2], FAKE_ALIVE);
    quorum_let_all_be_heard(&fixture);
    assert_int_equal(hints_of(&fixture, &outputs), 1);
    assert_int_equal(outputs[0].txid.bytes[0], 5);
    quorum_fixture_end(&fixture);
}

static void test_a_transaction_is_gone_when_no_node_has_it(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const struct chain_ops *ops = fixture.chain->ops;
    bool has;
    must_work(ops->mempool_has(fixture.chain, fixture.arena, (struct txid){{0}}, &has));
    assert_false(has);
    fixture.nodes[2]->has_tx = true;
    must_work(ops->mempool_has(fixture.chain, fixture.arena, (struct txid){{0}}, &has));
    assert_true(has);
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    must_work(ops->mempool_has(fixture.chain, fixture.arena, (struct txid){{0}}, &has));
    assert_false(has);
    fake_node_set(fixture.nodes[0], FAKE_DEAD);
    fake_node_set(fixture.nodes[1], FAKE_DEAD);
    must_refuse(ops->mempool_has(fixture.chain, fixture.arena, (struct txid){{0}}, &has),
                ERR_NODE_UNREACHABLE);
    quorum_fixture_end(&fixture);
}

/* ---- waiting */

enum { WAIT_MS = 40000 }; /* far longer than what ends the wait takes to happen */

static int64_t wait_ms(struct quorum_fixture *fixture, uint32_t timeout_ms) {
    int64_t began_ms = test_monotonic_ms();
    fixture->chain->ops->wait(fixture->chain, fake_hash(10, 1), timeout_ms);
    return test_monotonic_ms() - began_ms;
}

struct later {
    struct quorum_fixture *fixture;
    bool wakes;
};

static void *mine_or_wake(void *context) {
    const struct later *later = context;
    struct quorum_fixture *fixture = later->fixture;
    (void)usleep(100000);
    if (later->wakes) {
        fixture->chain->ops->wake(fixture->chain);
    } else {
        fake_node_branch(fixture->nodes[1], 11, 11, 1);
    }
    return NULL;
}

static int64_t wait_beside(struct later later) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, mine_or_wake, &later), 0);
    int64_t waited_ms = wait_ms(later.fixture, WAIT_MS);
    (void)pthread_join(thread, NULL);
    return waited_ms;
}

static void test_waiting_ends_with_news_of_any_node_or_a_wake(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    (void)quorum_tip_of(&fixture);
    assert_in_range(wait_ms(&fixture, 150), 145, WAIT_MS / 2);
    assert_in_range(wait_beside((struct later){&fixture, false}), 0, WAIT_MS / 2);
    (void)quorum_tip_of(&fixture);
    assert_in_range(wait_beside((struct later){&fixture, true}), 0, WAIT_MS / 2);
    fixture.chain->ops->wake(fixture.chain);
    assert_in_range(wait_ms(&fixture, WAIT_MS), 0, WAIT_MS / 2);
    quorum_fixture_end(&fixture);
}

/* Or else two nodes of which one lags would be asked without a pause until it has caught up. */
static void test_a_tip_that_is_known_is_no_news_although_others_lag(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    fake_node_branch(fixture.nodes[0], 11, 30, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(quorum_tip_of(&fixture).height, 10);
        assert_in_range(wait_ms(&fixture, 100), 95, WAIT_MS / 2);
    }
    quorum_fixture_end(&fixture);
}

static void test_closing_interrupts_waits_and_needs_no_question_before(void **state) {
    struct quorum_fixture unused = quorum_fixture_of(1, 1);
    quorum_fixture_end(&unused);
    struct quorum_fixture fixture = quorum_fixture_of(1, 2);
    (void)quorum_tip_of(&fixture);
    (void)wait_ms(&fixture, 30);
    int64_t began_ms = test_monotonic_ms();
    quorum_fixture_end(&fixture);
    assert_in_range(test_monotonic_ms() - began_ms, 0, 3000);
}

/* ---- stopping */

static void *stop_later(void *context) {
    const struct quorum_fixture *fixture = context;
    (void)usleep(100000);
    fixture->chain->ops->stop(fixture->chain);
    return NULL;
}

static void test_a_stop_ends_a_round_under_way_and_blames_nobody(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    (void)quorum_tip_of(&fixture);
    fake_node_set(fixture.nodes[1], FAKE_HANGING);
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    int64_t began_ms = test_monotonic_ms();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_later, &fixture), 0);
    struct block_header tip;
    must_refuse(fixture.chain->ops->tip(fixture.chain, fixture.arena, &tip), ERR_NODE_STOPPED);
    (void)pthread_join(thread, NULL);
    struct chain_identity identity;
    must_refuse(fixture.chain->ops->identify(fixture.chain, fixture.arena, &identity),
                ERR_NODE_STOPPED);
    struct chain_block block;
    must_refuse(quorum_block_of(&fixture, 5, &block), ERR_NODE_STOPPED);
    (void)wait_ms(&fixture, 60000);
    assert_in_range(test_monotonic_ms() - began_ms, 0, 15000);
    assert_string_equal(quorum_warning_of(&fixture), "");
    quorum_fixture_end(&fixture);
}

/* ---- who is missing */

enum { LOOKS_MAX = 20000 };

/* A thread that had no turn between two looks has not been heard, and an alert fixture misses it
 * for that: who is asked for what must not be said hears everybody first. */
static const char *missing_when_all_are_heard(struct quorum_fixture *fixture) {
    quorum_let_all_be_heard(fixture);
    return quorum_missing_of(fixture);
}

/* Looks at the tip and at a block until that is all that is said; `words` "": until nothing is. A
 * node that is slow may miss any one question. */
static void look_until(struct quorum_fixture *fixture, const char *words) {
    for (int looks = 0;; looks++) {
        struct chain_block block;
        (void)quorum_tip_of(fixture);
        must_work(quorum_block_of(fixture, 9, &block));
        const char *missing = quorum_missing_of(fixture);
        bool is_of_one = strstr(missing, "; ") == NULL;
        if (words[0] == '\0' ? missing[0] == '\0' : is_of_one && strstr(missing, words) != NULL) {
            return;
        }
        if (looks == LOOKS_MAX) {
            fail_msg("should say \"%s\" and says \"%s\"", words, missing);
        }
        arena_reset(fixture->arena);
        (void)usleep(1000);
    }
}

static void test_a_spare_node_that_is_lost_is_missed_by_name(void **state) {
    static const struct {
        enum fake_state state;
        const char *words;
    } losses[] = {{FAKE_DEAD, "http://node3/"}, {FAKE_HANGING, "http://node3/: does not answer"}};
    for (size_t i = 0; i < 2; i++) {
        struct quorum_fixture fixture = quorum_fixture_alert(2, 3);
        look_until(&fixture, "");
        fake_node_set(fixture.nodes[2], losses[i].state);
        look_until(&fixture, losses[i].words);
        assert_int_equal(quorum_tip_of(&fixture).height, 10);
        assert_string_equal(quorum_warning_of(&fixture), "");
        fake_node_set(fixture.nodes[2], FAKE_ALIVE);
        look_until(&fixture, "");
        quorum_fixture_end(&fixture);
    }
}

static void test_a_node_that_fails_for_a_moment_is_not_missed(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_set(fixture.nodes[2], FAKE_DEAD);
    for (int i = 0; i < 20; i++) {
        (void)quorum_tip_of(&fixture);
        assert_string_equal(quorum_missing_of(&fixture), "");
    }
    quorum_fixture_end(&fixture);
}

static void test_nobody_is_missed_while_nobody_is_asked(void **state) {
    struct quorum_fixture fixture = quorum_fixture_alert(2, 3);
    (void)quorum_tip_of(&fixture);
    (void)quorum_missing_of(&fixture);
    for (int i = 0; i < 20; i++) {
        (void)usleep(1000);
        assert_string_equal(quorum_missing_of(&fixture), "");
    }
    quorum_fixture_end(&fixture);
}

static void test_a_node_that_only_tells_its_tip_is_missed(void **state) {
    struct quorum_fixture fixture = quorum_fixture_alert(2, 3);
    fake_node_lose_blocks(fixture.nodes[1], true);
    look_until(&fixture, "http://node2/");
    fake_node_lose_blocks(fixture.nodes[1], false);
    look_until(&fixture, "");
    quorum_fixture_end(&fixture);
}

static void test_a_node_that_stands_still_is_missed(void **state) {
    struct quorum_fixture fixture = quorum_fixture_alert(2, 3);
    fixture.nodes[0]->block_ms = fixture.nodes[1]->block_ms = fixture.nodes[2]->block_ms = 60000;
    for (size_t i = 0; i < 2; i++) {
        fake_node_branch(fixture.nodes[i], 11, 14, 1);
    }
    for (int i = 0; i < 20; i++) {
        assert_string_equal(missing_when_all_are_heard(&fixture), "");
    }
    for (size_t i = 0; i < 2; i++) {
        fake_node_branch(fixture.nodes[i], 15, 30, 1);
    }
    look_until(&fixture, "http://node3/: is far behind the others");
    fake_node_branch(fixture.nodes[2], 11, 30, 1);
    look_until(&fixture, "");
    quorum_fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_spare_node_that_is_lost_is_missed_by_name),
        cmocka_unit_test(test_a_node_that_fails_for_a_moment_is_not_missed),
        cmocka_unit_test(test_nobody_is_missed_while_nobody_is_asked),
        cmocka_unit_test(test_a_node_that_only_tells_its_tip_is_missed),
        cmocka_unit_test(test_a_node_that_stands_still_is_missed),
        cmocka_unit_test(test_a_node_that_lags_holds_the_tip_back_only_if_it_is_needed),
        cmocka_unit_test(test_a_boastful_tip_moves_nobody),
        cmocka_unit_test(test_a_dead_node_is_done_without_if_enough_are_left),
        cmocka_unit_test(test_a_hanging_node_delays_nobody_who_does_not_need_it),
        cmocka_unit_test(test_a_hanging_node_that_is_needed_is_waited_for_to_the_timeout),
        cmocka_unit_test(test_a_block_that_takes_longer_than_the_timeout_arrives),
        cmocka_unit_test(test_what_a_slow_node_says_late_is_still_held_against_it),
        cmocka_unit_test(test_a_node_that_comes_and_goes_never_matters_to_the_others),
        cmocka_unit_test(test_all_who_can_be_reached_must_be_on_one_chain),
        cmocka_unit_test(test_a_node_swapped_for_one_of_another_network_is_named),
        cmocka_unit_test(test_a_hint_of_any_node_is_told_once),
        cmocka_unit_test(test_a_hint_that_comes_late_is_not_lost),
        cmocka_unit_test(test_a_transaction_is_gone_when_no_node_has_it),
        cmocka_unit_test(test_waiting_ends_with_news_of_any_node_or_a_wake),
        cmocka_unit_test(test_a_tip_that_is_known_is_no_news_although_others_lag),
        cmocka_unit_test(test_closing_interrupts_waits_and_needs_no_question_before),
        cmocka_unit_test(test_a_stop_ends_a_round_under_way_and_blames_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
