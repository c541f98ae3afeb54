/* SPDX-License-Identifier: MIT */
/* The simulated chain as a watcher and the buttons see it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "adapters/chain_sandbox/chain_sandbox.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/sandbox.h"
#include "sandbox_fixture.h"

static void test_a_payment_is_seen_once_and_then_mined(void **state) {
    struct fixture *fixture = *state;
    struct sandbox_output outputs[] = {sandbox_output_to(1, 500), sandbox_output_to(2, 0),
                                       sandbox_output_to(1, 700)};
    struct txid txid;
    must_work(sandbox_pay(fixture->sandbox, outputs, 3, &txid));
    assert_int_equal(mempool_count(fixture), 2);
    assert_int_equal(mempool_count(fixture), 0);
    test_now_ms += 5000;
    must_work(sandbox_mine(fixture->sandbox, 2));
    assert_int_equal(tip_of(fixture).height, 2);

    struct chain_block block = block_at(fixture, 1);
    assert_int_equal(block.output_count, 2);
    assert_true(txid_eq(block.outputs[0].txid, txid));
    assert_int_equal(block.outputs[0].ordinal, 0);
    assert_int_equal(block.outputs[1].ordinal, 2);
    assert_true(script_eq(&block.outputs[1].program, &outputs[2].program));
    assert_true(amount_eq(block.outputs[1].amount, outputs[2].amount));
    assert_int_equal(block.header.time_ms, test_now_ms);
    assert_int_equal(block.header.proven_ms, test_now_ms);
    assert_int_equal(block_at(fixture, 2).output_count, 0);
    assert_int_equal(block_at(fixture, 2).header.time_ms, test_now_ms + 1);
    assert_true(block_hash_eq(block_at(fixture, 2).header.parent, block.header.hash));
}

static void test_a_height_above_the_tip_is_unknown(void **state) {
    struct fixture *fixture = *state;
    struct block_hash hash;
    must_refuse(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, 1, &hash),
                &ERR_BLOCK_UNKNOWN);
    must_refuse(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, -1, &hash),
                &ERR_BLOCK_UNKNOWN);
}

static void test_a_reorg_moves_a_payment_to_the_new_branch(void **state) {
    struct fixture *fixture = *state;
    struct txid txid = sandbox_pay_one(fixture->sandbox, 1, 500);
    must_work(sandbox_mine(fixture->sandbox, 3));
    struct block_header old = block_at(fixture, 1).header;
    must_work(sandbox_reorg(fixture->sandbox, 3, SANDBOX_REORG_RETURN));
    assert_int_equal(tip_of(fixture).height, 4);

    struct chain_block block;
    must_refuse(fixture->chain->ops->block(fixture->chain, fixture->arena, old.hash, &block),
                &ERR_BLOCK_UNKNOWN);
    block = block_at(fixture, 1);
    assert_false(block_hash_eq(block.header.hash, old.hash));
    assert_true(block_hash_eq(block.header.parent, old.parent));
    assert_int_equal(block.output_count, 1);
    assert_true(txid_eq(block.outputs[0].txid, txid));
    assert_false(block.flaws.is_unproven || block.flaws.is_untraced);
    assert_int_equal(block.flaws.unread_count, 0);
}

static void test_a_held_payment_waits_for_the_next_command_to_mine(void **state) {
    struct fixture *fixture = *state;
    sandbox_pay_one(fixture->sandbox, 1, 500);
    must_work(sandbox_mine(fixture->sandbox, 1));
    must_work(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_HOLD));
    assert_int_equal(tip_of(fixture).height, 2);
    assert_int_equal(block_at(fixture, 1).output_count, 0);
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, 0));
    assert_int_equal(tip_of(fixture).height, 2);
    sandbox_reopen(fixture, 0);
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, 0));
    assert_int_equal(tip_of(fixture).height, 2);
    must_work(sandbox_mine(fixture->sandbox, 1));
    assert_int_equal(block_at(fixture, 3).output_count, 1);
}

static bool waits_in_mempool(struct fixture *fixture, struct txid txid) {
    bool has = false;
    must_work(fixture->chain->ops->mempool_has(fixture->chain, fixture->arena, txid, &has));
    return has;
}

static void test_the_mempool_says_what_waits_in_it(void **state) {
    struct fixture *fixture = *state;
    struct txid mined = sandbox_pay_one(fixture->sandbox, 1, 500);
    assert_true(waits_in_mempool(fixture, mined));
    must_work(sandbox_mine(fixture->sandbox, 1));
    assert_false(waits_in_mempool(fixture, mined));
    must_work(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_HOLD));
    assert_true(waits_in_mempool(fixture, mined));
    must_work(sandbox_drop(fixture->sandbox, mined));
    assert_false(waits_in_mempool(fixture, mined));
    struct txid foreign = mined;
    foreign.bytes[0] ^= 1;
    (void)sandbox_pay_one(fixture->sandbox, 1, 500);
    assert_false(waits_in_mempool(fixture, foreign));
}

static void test_a_dropped_payment_never_comes_back(void **state) {
    struct fixture *fixture = *state;
    sandbox_pay_one(fixture->sandbox, 1, 500);
    must_work(sandbox_mine(fixture->sandbox, 1));
    must_work(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_DROP));
    struct txid txid = sandbox_pay_one(fixture->sandbox, 1, 600);
    must_work(sandbox_drop(fixture->sandbox, txid));
    must_refuse(sandbox_drop(fixture->sandbox, txid), &ERR_TX_UNKNOWN);
    must_work(sandbox_mine(fixture->sandbox, 1));
    for (int64_t height = 1; height <= 3; height++) {
        assert_int_equal(block_at(fixture, height).output_count, 0);
    }
}

static void test_a_tick_mines_for_the_mempool_or_a_deadline_only(void **state) {
    struct fixture *fixture = *state;
    test_now_ms += 1000;
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, 0));
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, test_now_ms + 1));
    assert_int_equal(tip_of(fixture).height, 0);
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, test_now_ms - 1));
    assert_int_equal(tip_of(fixture).height, 1);
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, test_now_ms - 1));
    assert_int_equal(tip_of(fixture).height, 1);
    sandbox_pay_one(fixture->sandbox, 1, 500);
    must_work(sandbox_tick(fixture->sandbox, test_now_ms, 0));
    assert_int_equal(block_at(fixture, 2).output_count, 1);
}

static void test_limits_are_refusals_that_change_nothing(void **state) {
    struct fixture *fixture = *state;
    struct digest before = sandbox_digest_of(fixture->sandbox);
    struct txid txid;
    struct sandbox_output output = sandbox_output_to(1, 1);
    must_refuse(sandbox_pay(fixture->sandbox, &output, 0, &txid), &ERR_SANDBOX_LIMIT);
    must_refuse(sandbox_pay(fixture->sandbox, &output, 5000, &txid), &ERR_SANDBOX_LIMIT);
    must_refuse(sandbox_mine(fixture->sandbox, 0), &ERR_SANDBOX_LIMIT);
    must_refuse(sandbox_mine(fixture->sandbox, 1000000), &ERR_SANDBOX_LIMIT);
    must_refuse(sandbox_reorg(fixture->sandbox, 0, SANDBOX_REORG_DROP), &ERR_SANDBOX_DEPTH);
    must_refuse(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_DROP), &ERR_SANDBOX_DEPTH);
    must_refuse(sandbox_reorg(fixture->sandbox, UINT32_MAX, SANDBOX_REORG_DROP),
                &ERR_SANDBOX_DEPTH);
    assert_same(before, sandbox_digest_of(fixture->sandbox));
}

static void *pay_soon(void *context) {
    usleep(20000);
    sandbox_pay_one(context, 1, 500);
    return NULL;
}

static void *wake_soon(void *context) {
    usleep(20000);
    struct chain *chain = context;
    chain->ops->wake(chain);
    return NULL;
}

static int64_t real_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_waiting_ends_with_news_a_wake_or_its_time(void **state) {
    struct fixture *fixture = *state;
    struct chain *chain = fixture->chain;
    struct block_hash tip = tip_of(fixture).hash;
    chain->ops->wait(chain, tip, 0); /* takes the news of the start */
    int64_t start = real_ms();
    chain->ops->wait(chain, tip, 50);
    assert_in_range(real_ms() - start, 45, 30000);

    pthread_t thread;
    pthread_create(&thread, NULL, pay_soon, fixture->sandbox);
    start = real_ms();
    chain->ops->wait(chain, tip, 60000);
    assert_in_range(real_ms() - start, 0, 30000);
    pthread_join(thread, NULL);

    pthread_create(&thread, NULL, wake_soon, chain);
    chain->ops->wait(chain, tip, 60000);
    assert_in_range(real_ms() - start, 0, 30000);
    pthread_join(thread, NULL);

    must_work(sandbox_mine(fixture->sandbox, 1));
    chain->ops->wait(chain, tip, 60000);
    assert_in_range(real_ms() - start, 0, 30000);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_payment_is_seen_once_and_then_mined),
        TEST(test_a_height_above_the_tip_is_unknown),
        TEST(test_a_reorg_moves_a_payment_to_the_new_branch),
        TEST(test_a_held_payment_waits_for_the_next_command_to_mine),
        TEST(test_the_mempool_says_what_waits_in_it),
        TEST(test_a_dropped_payment_never_comes_back),
        TEST(test_a_tick_mines_for_the_mempool_or_a_deadline_only),
        TEST(test_limits_are_refusals_that_change_nothing),
        TEST(test_waiting_ends_with_news_a_wake_or_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
