/* SPDX-License-Identifier: MIT */
/* For how long what was read ahead counts, and how much is read. The node is ours here, and so is
 * the time: evm_ahead.c is built with told_time for its clock. */
#undef clock_gettime
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "adapters/chain_evm/evm_ahead.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"

enum { FIRST_MS = 1000000, TIP = 10000 };

static struct {
    int64_t now_ms;
    int64_t takes_ms; /* a run */
    bool fails;
    unsigned runs;
    size_t count; /* of the last run */
} geth;

static struct evm_ahead *ahead;

int told_time(clockid_t clock, struct timespec *ret_now);

int told_time(clockid_t clock, struct timespec *ret_now) {
    assert_int_equal(clock, CLOCK_MONOTONIC);
    ret_now->tv_sec = geth.now_ms / 1000;
    ret_now->tv_nsec = geth.now_ms % 1000 * 1000000;
    return 0;
}

static struct block_hash hash_of(int64_t height) {
    struct block_hash hash = {{0}};
    u64_store_be(hash.bytes, (uint64_t)height);
    return hash;
}

struct result evm_fetch_run(struct evm_node *node, struct arena *arena, int64_t first, size_t count,
                            struct chain_block *ret_blocks) {
    (void)node;
    (void)arena;
    geth.runs++;
    geth.count = count;
    geth.now_ms += geth.takes_ms;
    ENSURE(!geth.fails, ERR_NODE_ANSWER);
    for (size_t i = 0; i < count; i++) {
        int64_t height = first + (int64_t)i;
        ret_blocks[i] = (struct chain_block){.header = {.height = height, .hash = hash_of(height)}};
    }
    return RESULT_OK;
}

static void hear_tip(void) {
    struct block_header tip = {.height = TIP, .hash = hash_of(TIP)};
    evm_ahead_set_tip(ahead, &tip);
}

static bool knows_tip(void) {
    struct block_header tip;
    return evm_ahead_tip(ahead, &tip);
}

static bool knows_hash(int64_t height) {
    struct block_hash hash;
    return evm_ahead_hash_at(ahead, NULL, height, &hash);
}

static bool knows_block(int64_t height) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    struct chain_block block;
    return evm_ahead_block(ahead, arena, hash_of(height), &block);
}

static int set_up(void **state) {
    (void)state;
    geth = (typeof(geth)){.now_ms = FIRST_MS};
    ahead = evm_ahead_new();
    hear_tip();
    assert_false(knows_hash(0)); /* who goes up from here is behind */
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    evm_ahead_free(ahead);
    return 0;
}

/* Goes upwards from `height` to the end of the run that begins there. */
static int64_t walk(int64_t height) {
    unsigned runs = geth.runs;
    assert_true(knows_hash(height));
    assert_int_equal(geth.runs, runs + 1);
    size_t count = geth.count;
    for (size_t i = 1; i < count; i++) {
        assert_true(knows_hash(height + (int64_t)i));
    }
    assert_int_equal(geth.runs, runs + 1);
    return height + (int64_t)count;
}

static void test_what_was_read_counts_for_half_a_minute_from_when_it_was_asked_for(void **state) {
    (void)state;
    geth.takes_ms = 1000;
    (void)walk(1);
    geth.now_ms = FIRST_MS + 29999;
    assert_true(knows_hash(1));
    assert_true(knows_block(1));
    geth.now_ms++;
    assert_false(knows_hash(1));
    assert_false(knows_block(1));
}

static void test_a_tip_is_repeated_for_two_seconds_while_blocks_are_left(void **state) {
    (void)state;
    assert_false(knows_tip()); /* nothing is read yet */
    assert_true(knows_hash(1));
    assert_true(knows_tip());
    geth.now_ms += 2000;
    assert_true(knows_tip());
    geth.now_ms++;
    assert_false(knows_tip());
    hear_tip();
    assert_true(knows_tip());
    for (int64_t height = 2; height <= (int64_t)geth.count; height++) {
        assert_true(knows_tip());
        assert_true(knows_hash(height));
    }
    assert_false(knows_tip());
}

static void test_fast_runs_grow_and_slow_ones_shrink(void **state) {
    (void)state;
    geth.takes_ms = 2999;
    static const size_t growing[] = {4, 8, 16, 32, EVM_FETCH_MAX, EVM_FETCH_MAX};
    int64_t height = 1;
    for (size_t i = 0; i < sizeof growing / sizeof growing[0]; i++) {
        height = walk(height);
        assert_int_equal(geth.count, growing[i]);
    }
    static const struct {
        int64_t takes_ms;
        size_t next_count;
    } steps[] = {{3000, 64}, {10000, 64}, {10001, 32}, {3000, 32}, {10001, 16}, {2999, 32}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        geth.takes_ms = steps[i].takes_ms;
        height = walk(height);
        geth.takes_ms = 3000;
        height = walk(height);
        assert_int_equal(geth.count, steps[i].next_count);
    }
}

static void test_a_node_that_cannot_read_ahead_is_left_alone_for_half_a_minute(void **state) {
    (void)state;
    geth.fails = true;
    for (int64_t height = 1; height <= 3; height++) { /* four blocks, two, one */
        assert_false(knows_hash(height));
    }
    assert_int_equal(geth.runs, 3);
    assert_int_equal(geth.count, 1);
    geth.now_ms += 29999;
    assert_false(knows_hash(4));
    assert_int_equal(geth.runs, 3);
    geth.now_ms++;
    geth.fails = false;
    assert_true(knows_hash(5));
    assert_int_equal(geth.runs, 4);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_read_counts_for_half_a_minute_from_when_it_was_asked_for),
        TEST(test_a_tip_is_repeated_for_two_seconds_while_blocks_are_left),
        TEST(test_fast_runs_grow_and_slow_ones_shrink),
        TEST(test_a_node_that_cannot_read_ahead_is_left_alone_for_half_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
