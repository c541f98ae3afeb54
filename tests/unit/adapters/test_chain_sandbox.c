/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapters/chain_sandbox/chain_sandbox.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/sandbox.h"

/* A clock that only goes when told. */
static int64_t now_ms = 1700000000000;

static int64_t read_now(void *context) {
    (void)context;
    return now_ms;
}

static const struct clock test_clock = {.wall_ms = read_now, .monotonic_ms = read_now};

struct fixture {
    struct arena *arena;
    char path[64];
    struct sandbox *sandbox;
    struct chain *chain;
};

static struct result open_at(struct arena *arena, const char *path, uint64_t compact_bytes,
                             struct sandbox **ret_sandbox) {
    struct chain_sandbox_options options = {
        .network = network_sandbox(),
        .path = path,
        .clock = &test_clock,
        .seed = 7,
        .compact_bytes = compact_bytes,
    };
    return chain_sandbox_open(&options, arena, ret_sandbox);
}

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static void refused(struct result result, const struct error_code *code) {
    assert_ptr_equal(result.code, code);
}

static int setup(void **state) {
    static struct fixture fixture;
    now_ms = 1700000000000;
    fixture.arena = arena_new(64 << 20);
    snprintf(fixture.path, sizeof(fixture.path), "/dev/shm/till-sandbox-%d", (int)getpid());
    unlink(fixture.path);
    must(open_at(fixture.arena, fixture.path, 0, &fixture.sandbox));
    fixture.chain = chain_sandbox_chain(fixture.sandbox);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    chain_sandbox_close(fixture->sandbox);
    arena_free(fixture->arena);
    unlink(fixture->path);
    return 0;
}

static void reopen(struct fixture *fixture, uint64_t compact_bytes) {
    chain_sandbox_close(fixture->sandbox);
    fixture->sandbox = NULL;
    must(open_at(fixture->arena, fixture->path, compact_bytes, &fixture->sandbox));
    fixture->chain = chain_sandbox_chain(fixture->sandbox);
}

struct digest {
    uint8_t bytes[HASH_BYTES];
};

static struct digest digest_of(struct sandbox *sandbox) {
    struct digest digest;
    must(chain_sandbox_digest(sandbox, digest.bytes));
    return digest;
}

static void assert_same(struct digest a, struct digest b) {
    assert_memory_equal(&a, &b, sizeof(a));
}

static struct sandbox_output output_to(uint8_t owner, uint64_t units) {
    struct sandbox_output output = {
        .program = {.len = 22, .bytes = {0, 20, owner}},
        .amount = amount_from_u64(asset_by_code(STR("BTC")), units),
    };
    return output;
}

static struct txid pay(struct sandbox *sandbox, uint8_t owner, uint64_t units) {
    struct sandbox_output output = output_to(owner, units);
    struct txid txid;
    must(sandbox_pay(sandbox, &output, 1, &txid));
    return txid;
}

static struct block_header tip_of(struct fixture *fixture) {
    struct block_header tip;
    must(fixture->chain->ops->tip(fixture->chain, fixture->arena, &tip));
    return tip;
}

static struct chain_block block_at(struct fixture *fixture, int64_t height) {
    struct block_hash hash;
    must(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, height, &hash));
    struct chain_block block;
    must(fixture->chain->ops->block(fixture->chain, fixture->arena, hash, &block));
    assert_int_equal(block.header.height, height);
    return block;
}

static size_t mempool_count(struct fixture *fixture) {
    const struct chain_output *outputs;
    size_t count;
    must(fixture->chain->ops->mempool(fixture->chain, fixture->arena, &outputs, &count));
    return count;
}

static void test_a_payment_is_seen_once_and_then_mined(void **state) {
    struct fixture *fixture = *state;
    struct sandbox_output outputs[] = {output_to(1, 500), output_to(2, 0), output_to(1, 700)};
    struct txid txid;
    must(sandbox_pay(fixture->sandbox, outputs, 3, &txid));
    assert_int_equal(mempool_count(fixture), 2);
    assert_int_equal(mempool_count(fixture), 0);
    now_ms += 5000;
    must(sandbox_mine(fixture->sandbox, 2));
    assert_int_equal(tip_of(fixture).height, 2);

    struct chain_block block = block_at(fixture, 1);
    assert_int_equal(block.output_count, 2);
    assert_true(txid_eq(block.outputs[0].txid, txid));
    assert_int_equal(block.outputs[0].ordinal, 0);
    assert_int_equal(block.outputs[1].ordinal, 2);
    assert_true(script_eq(&block.outputs[1].program, &outputs[2].program));
    assert_true(amount_eq(block.outputs[1].amount, outputs[2].amount));
    assert_int_equal(block.header.time_ms, now_ms);
    assert_int_equal(block.header.proven_ms, now_ms);
    assert_int_equal(block_at(fixture, 2).output_count, 0);
    assert_int_equal(block_at(fixture, 2).header.time_ms, now_ms + 1);
    assert_true(block_hash_eq(block_at(fixture, 2).header.parent, block.header.hash));
}

static void test_a_height_above_the_tip_is_unknown(void **state) {
    struct fixture *fixture = *state;
    struct block_hash hash;
    refused(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, 1, &hash),
            &ERR_BLOCK_UNKNOWN);
    refused(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, -1, &hash),
            &ERR_BLOCK_UNKNOWN);
}

static void test_a_reorg_moves_a_payment_to_the_new_branch(void **state) {
    struct fixture *fixture = *state;
    struct txid txid = pay(fixture->sandbox, 1, 500);
    must(sandbox_mine(fixture->sandbox, 3));
    struct block_header old = block_at(fixture, 1).header;
    must(sandbox_reorg(fixture->sandbox, 3, SANDBOX_REORG_RETURN));
    assert_int_equal(tip_of(fixture).height, 4);

    struct chain_block block;
    refused(fixture->chain->ops->block(fixture->chain, fixture->arena, old.hash, &block),
            &ERR_BLOCK_UNKNOWN);
    block = block_at(fixture, 1);
    assert_false(block_hash_eq(block.header.hash, old.hash));
    assert_true(block_hash_eq(block.header.parent, old.parent));
    assert_int_equal(block.output_count, 1);
    assert_true(txid_eq(block.outputs[0].txid, txid));
}

static void test_a_held_payment_waits_for_the_next_command_to_mine(void **state) {
    struct fixture *fixture = *state;
    pay(fixture->sandbox, 1, 500);
    must(sandbox_mine(fixture->sandbox, 1));
    must(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_HOLD));
    assert_int_equal(tip_of(fixture).height, 2);
    assert_int_equal(block_at(fixture, 1).output_count, 0);
    must(sandbox_tick(fixture->sandbox, now_ms, 0));
    assert_int_equal(tip_of(fixture).height, 2);
    reopen(fixture, 0);
    must(sandbox_tick(fixture->sandbox, now_ms, 0));
    assert_int_equal(tip_of(fixture).height, 2);
    must(sandbox_mine(fixture->sandbox, 1));
    assert_int_equal(block_at(fixture, 3).output_count, 1);
}

static void test_a_dropped_payment_never_comes_back(void **state) {
    struct fixture *fixture = *state;
    pay(fixture->sandbox, 1, 500);
    must(sandbox_mine(fixture->sandbox, 1));
    must(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_DROP));
    struct txid txid = pay(fixture->sandbox, 1, 600);
    must(sandbox_drop(fixture->sandbox, txid));
    refused(sandbox_drop(fixture->sandbox, txid), &ERR_TX_UNKNOWN);
    must(sandbox_mine(fixture->sandbox, 1));
    for (int64_t height = 1; height <= 3; height++) {
        assert_int_equal(block_at(fixture, height).output_count, 0);
    }
}

static void test_a_tick_mines_for_the_mempool_or_a_deadline_only(void **state) {
    struct fixture *fixture = *state;
    now_ms += 1000;
    must(sandbox_tick(fixture->sandbox, now_ms, 0));
    must(sandbox_tick(fixture->sandbox, now_ms, now_ms + 1));
    assert_int_equal(tip_of(fixture).height, 0);
    must(sandbox_tick(fixture->sandbox, now_ms, now_ms - 1));
    assert_int_equal(tip_of(fixture).height, 1);
    must(sandbox_tick(fixture->sandbox, now_ms, now_ms - 1));
    assert_int_equal(tip_of(fixture).height, 1);
    pay(fixture->sandbox, 1, 500);
    must(sandbox_tick(fixture->sandbox, now_ms, 0));
    assert_int_equal(block_at(fixture, 2).output_count, 1);
}

static void test_limits_are_refusals_that_change_nothing(void **state) {
    struct fixture *fixture = *state;
    struct digest before = digest_of(fixture->sandbox);
    struct txid txid;
    struct sandbox_output output = output_to(1, 1);
    refused(sandbox_pay(fixture->sandbox, &output, 0, &txid), &ERR_SANDBOX_LIMIT);
    refused(sandbox_pay(fixture->sandbox, &output, 5000, &txid), &ERR_SANDBOX_LIMIT);
    refused(sandbox_mine(fixture->sandbox, 0), &ERR_SANDBOX_LIMIT);
    refused(sandbox_mine(fixture->sandbox, 1000000), &ERR_SANDBOX_LIMIT);
    refused(sandbox_reorg(fixture->sandbox, 0, SANDBOX_REORG_DROP), &ERR_SANDBOX_DEPTH);
    refused(sandbox_reorg(fixture->sandbox, 1, SANDBOX_REORG_DROP), &ERR_SANDBOX_DEPTH);
    refused(sandbox_reorg(fixture->sandbox, UINT32_MAX, SANDBOX_REORG_DROP), &ERR_SANDBOX_DEPTH);
    assert_same(before, digest_of(fixture->sandbox));
}

/* A random history, the same for the same seed, one call a step. */
struct history {
    uint64_t random;
    struct txid paid;
};

static void play(struct sandbox *sandbox, struct history *history) {
    history->random = history->random * 6364136223846793005u + 1442695040888963407u;
    uint32_t roll = (uint32_t)(history->random >> 33);
    now_ms += roll % 3000;
    struct result done = RESULT_OK;
    switch (roll % 8) {
    case 0:
        done = sandbox_mine(sandbox, 1 + roll / 8 % 3);
        break;
    case 1:
        done = sandbox_reorg(sandbox, 1 + roll / 8 % 3, roll / 64 % 3);
        break;
    case 2:
        done = sandbox_drop(sandbox, history->paid);
        break;
    case 3:
        done = sandbox_tick(sandbox, now_ms, 0);
        break;
    default:
        history->paid = pay(sandbox, (uint8_t)roll, roll);
    }
    assert_true(result_is_ok(done) || done.code == &ERR_SANDBOX_DEPTH ||
                done.code == &ERR_TX_UNKNOWN);
}

static void test_a_reopened_chain_is_the_same_chain(void **state) {
    struct fixture *fixture = *state;
    struct history history = {.random = 1};
    for (int i = 0; i < 300; i++) {
        play(fixture->sandbox, &history);
    }
    struct digest before = digest_of(fixture->sandbox);
    struct block_header tip = tip_of(fixture);
    reopen(fixture, 0);
    assert_same(before, digest_of(fixture->sandbox));
    assert_true(block_hash_eq(tip.hash, tip_of(fixture).hash));
}

static void test_a_compacted_chain_is_the_same_chain_in_a_smaller_file(void **state) {
    struct fixture *fixture = *state;
    struct history history = {.random = 3};
    for (int i = 0; i < 300; i++) {
        play(fixture->sandbox, &history);
    }
    for (int i = 0; i < 1000; i++) {
        must(sandbox_drop(fixture->sandbox, pay(fixture->sandbox, 1, 1)));
    }
    struct digest before = digest_of(fixture->sandbox);
    struct stat large;
    assert_int_equal(stat(fixture->path, &large), 0);
    reopen(fixture, 1000);
    assert_same(before, digest_of(fixture->sandbox));
    struct stat small;
    assert_int_equal(stat(fixture->path, &small), 0);
    assert_true(small.st_size < large.st_size / 2);
    play(fixture->sandbox, &history);
    before = digest_of(fixture->sandbox);
    reopen(fixture, 0);
    assert_same(before, digest_of(fixture->sandbox));
}

static void test_a_record_torn_at_any_byte_is_cut_off(void **state) {
    struct fixture *fixture = *state;
    pay(fixture->sandbox, 1, 500);
    must(sandbox_mine(fixture->sandbox, 1));
    struct digest before = digest_of(fixture->sandbox);
    struct stat whole;
    assert_int_equal(stat(fixture->path, &whole), 0);
    pay(fixture->sandbox, 2, 600);
    struct stat more;
    assert_int_equal(stat(fixture->path, &more), 0);
    for (off_t size = more.st_size - 1; size >= whole.st_size; size--) {
        chain_sandbox_close(fixture->sandbox);
        assert_int_equal(truncate(fixture->path, size), 0);
        must(open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
        assert_same(before, digest_of(fixture->sandbox));
        pay(fixture->sandbox, 2, 600);
    }
    fixture->chain = chain_sandbox_chain(fixture->sandbox);
}

static void flip_byte(const char *path, off_t offset) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte;
    assert_int_equal(pread(fd, &byte, 1, offset), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
    close(fd);
}

static void test_damage_before_the_end_is_refused(void **state) {
    struct fixture *fixture = *state;
    pay(fixture->sandbox, 1, 500);
    struct stat middle;
    assert_int_equal(stat(fixture->path, &middle), 0);
    must(sandbox_mine(fixture->sandbox, 1));
    chain_sandbox_close(fixture->sandbox);
    fixture->sandbox = NULL;
    for (off_t offset = 0; offset < middle.st_size; offset++) {
        flip_byte(fixture->path, offset);
        refused(open_at(fixture->arena, fixture->path, 0, &fixture->sandbox), &ERR_SANDBOX_FILE);
        flip_byte(fixture->path, offset);
    }
    must(open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
}

static void test_a_chain_belongs_to_one_process(void **state) {
    struct fixture *fixture = *state;
    struct sandbox *second;
    refused(open_at(fixture->arena, fixture->path, 0, &second), &ERR_SANDBOX_FILE);
}

static void *pay_soon(void *context) {
    usleep(20000);
    pay(context, 1, 500);
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
    assert_in_range(real_ms() - start, 45, 5000);

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

    must(sandbox_mine(fixture->sandbox, 1));
    chain->ops->wait(chain, tip, 60000);
    chain->ops->wait(chain, tip, 60000); /* the tip it knows is not ours */
    assert_in_range(real_ms() - start, 0, 30000);
}

/* The child answers each step with its digest, until it is killed. */
static void play_until_killed(const char *path, uint64_t seed, int fd) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    struct sandbox *sandbox;
    must(open_at(arena, path, 0, &sandbox));
    for (struct history history = {.random = seed};;) {
        play(sandbox, &history);
        struct digest digest = digest_of(sandbox);
        if (write(fd, &digest, sizeof(digest)) != sizeof(digest)) {
            _exit(1);
        }
    }
}

static size_t kill_after(pid_t child, int fd, unsigned delay_us) {
    usleep(delay_us);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    size_t steps = 0;
    struct digest digest;
    while (read(fd, &digest, sizeof(digest)) == sizeof(digest)) {
        steps++;
    }
    return steps;
}

static void test_a_killed_process_loses_nothing_it_has_answered(void **state) {
    struct fixture *fixture = *state;
    for (unsigned round = 0; round < 5; round++) {
        chain_sandbox_close(fixture->sandbox);
        unlink(fixture->path);
        now_ms = 1700000000000;
        int pipe_fds[2];
        assert_int_equal(pipe(pipe_fds), 0);
        pid_t child = fork();
        if (child == 0) {
            play_until_killed(fixture->path, round, pipe_fds[1]);
        }
        close(pipe_fds[1]);
        size_t steps = kill_after(child, pipe_fds[0], 20000 + round * 7001);
        close(pipe_fds[0]);
        must(open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
        struct digest found = digest_of(fixture->sandbox);

        char twin_path[80];
        snprintf(twin_path, sizeof(twin_path), "%s-twin", fixture->path);
        unlink(twin_path);
        struct sandbox *twin;
        must(open_at(fixture->arena, twin_path, 0, &twin));
        struct history history = {.random = round};
        for (size_t i = 0; i < steps; i++) {
            play(twin, &history);
        }
        struct digest answered = digest_of(twin);
        /* What was running when it died may be there or not. */
        bool same = memcmp(&found, &answered, sizeof(found)) == 0;
        play(twin, &history);
        struct digest one_more = digest_of(twin);
        same = same || memcmp(&found, &one_more, sizeof(found)) == 0;
        assert_true(same);
        chain_sandbox_close(twin);
        unlink(twin_path);
    }
    fixture->chain = chain_sandbox_chain(fixture->sandbox);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_payment_is_seen_once_and_then_mined),
        TEST(test_a_height_above_the_tip_is_unknown),
        TEST(test_a_reorg_moves_a_payment_to_the_new_branch),
        TEST(test_a_held_payment_waits_for_the_next_command_to_mine),
        TEST(test_a_dropped_payment_never_comes_back),
        TEST(test_a_tick_mines_for_the_mempool_or_a_deadline_only),
        TEST(test_limits_are_refusals_that_change_nothing),
        TEST(test_a_reopened_chain_is_the_same_chain),
        TEST(test_a_compacted_chain_is_the_same_chain_in_a_smaller_file),
        TEST(test_a_record_torn_at_any_byte_is_cut_off),
        TEST(test_damage_before_the_end_is_refused),
        TEST(test_a_chain_belongs_to_one_process),
        TEST(test_waiting_ends_with_news_a_wake_or_its_time),
        TEST(test_a_killed_process_loses_nothing_it_has_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
