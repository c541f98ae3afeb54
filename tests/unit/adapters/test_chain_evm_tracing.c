/* SPDX-License-Identifier: MIT */
/* How long a node that fails to trace is waited for, when it is tried again, and what is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "adapters/chain_evm/evm_node.h"
#include "base/arena.h"
#include "core/error.h"
#include "evm_answers.h"
#include "evm_double.h"

#define BUSY "{\"code\":-32002,\"message\":\"request timed out\"}"
#define GONE "{\"code\":-32000,\"message\":\"required historical state unavailable\"}"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, SLOW_MS = 30000, START_MS = 7000000, MANY = 50 };

/* ---- the rule alone */

/* One try that takes this long; afterwards `now_ms` is its end. */
static bool fail_for(struct evm_tracing *tracing, int64_t *now_ms, int64_t took_ms) {
    int64_t began_ms = *now_ms;
    *now_ms += took_ms;
    return evm_tracing_failed(tracing, began_ms, *now_ms);
}

static void test_a_node_that_fails_slowly_is_given_up_after_minutes(void **state) {
    (void)state;
    struct evm_tracing tracing = {0};
    int64_t now_ms = START_MS;
    for (int i = 0; i < 3; i++) {
        assert_false(fail_for(&tracing, &now_ms, SLOW_MS));
        assert_false(evm_tracing_rests(&tracing, now_ms));
        now_ms += SECOND_MS;
    }
    assert_true(fail_for(&tracing, &now_ms, SLOW_MS));
    assert_true(now_ms - START_MS < 3 * MINUTE_MS);
}

static void test_a_node_that_fails_at_once_has_as_long_to_come_back(void **state) {
    (void)state;
    struct evm_tracing tracing = {0};
    int64_t now_ms = START_MS;
    while (now_ms + SECOND_MS < START_MS + 2 * MINUTE_MS) {
        assert_false(fail_for(&tracing, &now_ms, SECOND_MS));
    }
    assert_true(fail_for(&tracing, &now_ms, SECOND_MS));
}

static void test_two_failures_are_no_reason_however_long_they_take(void **state) {
    (void)state;
    struct evm_tracing tracing = {0};
    int64_t now_ms = START_MS;
    assert_false(fail_for(&tracing, &now_ms, 5 * MINUTE_MS));
    assert_false(fail_for(&tracing, &now_ms, 5 * MINUTE_MS));
    assert_true(fail_for(&tracing, &now_ms, 5 * MINUTE_MS));
}

static void test_failures_that_lie_apart_do_not_add_up(void **state) {
    (void)state;
    struct evm_tracing tracing = {0};
    int64_t now_ms = START_MS;
    for (int i = 0; i < MANY; i++) {
        assert_false(fail_for(&tracing, &now_ms, SECOND_MS));
        now_ms += 2 * MINUTE_MS;
    }
    for (int i = 0; i < MANY; i++) {
        assert_false(fail_for(&tracing, &now_ms, SECOND_MS));
        evm_tracing_worked(&tracing);
    }
}

/* One try each minute, or a tenth of the time. */
static void test_who_is_given_up_is_tried_again_now_and_then(void **state) {
    (void)state;
    struct evm_tracing tracing = {0};
    int64_t now_ms = START_MS;
    while (!fail_for(&tracing, &now_ms, SECOND_MS)) {
    }
    assert_true(evm_tracing_rests(&tracing, now_ms + MINUTE_MS - 1));
    now_ms += MINUTE_MS;
    assert_false(evm_tracing_rests(&tracing, now_ms));
    assert_true(fail_for(&tracing, &now_ms, SLOW_MS));
    assert_true(evm_tracing_rests(&tracing, now_ms + 5 * MINUTE_MS - 1));
    now_ms += 5 * MINUTE_MS;
    assert_false(evm_tracing_rests(&tracing, now_ms));
    evm_tracing_worked(&tracing);
    assert_false(fail_for(&tracing, &now_ms, SECOND_MS));
}

/* ---- a node */

static int64_t ahead_s; /* of the clock */

/* In place of the C library's, with its own names for what it is given. */
__attribute__((visibility("default"))) int clock_gettime(clockid_t __clock_id,
                                                         struct timespec *__tp) {
    int done = (int)syscall(SYS_clock_gettime, __clock_id, __tp);
    __tp->tv_sec += __clock_id == CLOCK_MONOTONIC ? ahead_s : 0;
    return done;
}

struct bench {
    struct arena *arena;
    struct arena *room; /* of one attempt */
    struct evm_double server;
    struct evm_demand demand;
    struct evm_node node;
    struct evm_block blocks[2];
};
static struct bench bench;

static int setup(void **state) {
    (void)state;
    bench = (struct bench){.arena = arena_new(16 << 20), .room = arena_new(16 << 20)};
    evm_double_start(&bench.server);
    const char *url = arena_printf(bench.arena, "http://127.0.0.1:%d", bench.server.port);
    struct rpc_options options = {.http = {.url = str_from_c(url), .timeout_ms = MINUTE_MS},
                                  .dialect = &rpc_dialect_evm};
    assert_true(result_is_ok(evm_node_init(&bench.node, &bench.demand, &options, bench.arena)));
    bench.node.tracer = EVM_TRACER_CALLS;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    evm_node_release(&bench.node);
    evm_double_stop(&bench.server);
    arena_free(bench.room);
    arena_free(bench.arena);
    return 0;
}

static void answer(const char *json) {
    evm_double_put(&bench.server, "debug_traceBlockByHash", NULL, json);
}

/* The recorded block, and as the node's own word one transfer by a contract in it. */
static struct result trace(size_t count) {
    arena_reset(bench.room);
    for (size_t i = 0; i < count; i++) {
        evm_recorded_block(bench.room, &bench.blocks[i]);
        bench.blocks[i].header.number += i;
    }
    struct evm_room room = {.decoded = bench.room, .scratch = bench.room};
    return evm_trace_blocks(&bench.node, &room, bench.blocks, count);
}

enum { TRIES = 4, PAUSE_S = 45 };

static void fail_until_the_last_try(void) {
    answer(BUSY);
    for (int i = 1; i < TRIES; i++) {
        assert_ptr_equal(trace(1).code, &ERR_NODE_NOT_READY);
        ahead_s += PAUSE_S;
    }
}

static void give_up(void) {
    fail_until_the_last_try();
    assert_true(result_is_ok(trace(1)));
    assert_int_equal(bench.server.calls, TRIES);
    assert_true(bench.blocks[0].is_untraced);
}

#define PAID_BY_CONTRACT                                                                           \
    "[{\"type\":\"CALL\",\"from\":\"0x00000000000000000000000000000000000000aa\","                 \
    "\"to\":\"0x00000000000000000000000000000000005107e5\",\"value\":\"0x7\"}]"

static void test_a_network_goes_on_without_asking_a_node_that_was_given_up(void **state) {
    (void)state;
    give_up();
    assert_true(result_is_ok(trace(2)));
    assert_true(bench.blocks[0].is_untraced && bench.blocks[1].is_untraced);
    assert_int_equal(bench.server.calls, TRIES);
    ahead_s += 61;
    assert_true(result_is_ok(trace(2)));
    assert_int_equal(bench.server.calls, TRIES + 1); /* of one block */
    assert_true(result_is_ok(trace(1)));
    assert_int_equal(bench.server.calls, TRIES + 1);
}

static void test_a_node_that_traces_again_is_noticed(void **state) {
    (void)state;
    give_up();
    assert_true(result_is_ok(trace(2)));
    answer(evm_recorded_traces(bench.arena, 0, PAID_BY_CONTRACT));
    assert_true(result_is_ok(trace(1)));
    assert_true(bench.blocks[0].is_untraced); /* it still rests */
    ahead_s += 61;
    assert_true(result_is_ok(trace(2)));
    assert_int_equal(bench.blocks[0].transfer_count, 1);
    assert_int_equal(bench.blocks[1].transfer_count, 1);
    assert_false(bench.blocks[0].is_untraced || bench.blocks[1].is_untraced);
    answer(BUSY);
    assert_ptr_equal(trace(1).code, &ERR_NODE_NOT_READY);
}

static void test_many_blocks_that_fail_at_once_are_tried_one_by_one_first(void **state) {
    (void)state;
    answer(BUSY);
    for (int i = 0; i < 2 * TRIES; i++) {
        assert_ptr_equal(trace(2).code, &ERR_NODE_NOT_READY);
        ahead_s += PAUSE_S;
    }
    assert_false(bench.node.has_untraced);
}

static void
test_a_block_that_a_node_refuses_to_trace_is_told_and_the_next_one_asked_for(void **state) {
    (void)state;
    answer(GONE);
    assert_true(result_is_ok(trace(1)));
    assert_true(bench.blocks[0].is_untraced);
    answer(evm_recorded_traces(bench.arena, 0, PAID_BY_CONTRACT));
    assert_true(result_is_ok(trace(1)));
    assert_int_equal(bench.blocks[0].transfer_count, 1);
}

static void test_a_stop_gives_nobody_up(void **state) {
    (void)state;
    fail_until_the_last_try();
    rpc_stop(bench.node.rpc);
    assert_ptr_equal(trace(1).code, &ERR_NODE_STOPPED);
    assert_false(bench.node.has_untraced);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_node_that_fails_slowly_is_given_up_after_minutes),
        cmocka_unit_test(test_a_node_that_fails_at_once_has_as_long_to_come_back),
        cmocka_unit_test(test_two_failures_are_no_reason_however_long_they_take),
        cmocka_unit_test(test_failures_that_lie_apart_do_not_add_up),
        cmocka_unit_test(test_who_is_given_up_is_tried_again_now_and_then),
        TEST(test_a_network_goes_on_without_asking_a_node_that_was_given_up),
        TEST(test_a_node_that_traces_again_is_noticed),
        TEST(test_many_blocks_that_fail_at_once_are_tried_one_by_one_first),
        TEST(test_a_block_that_a_node_refuses_to_trace_is_told_and_the_next_one_asked_for),
        TEST(test_a_stop_gives_nobody_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
