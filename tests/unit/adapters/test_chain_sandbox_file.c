/* SPDX-License-Identifier: MIT */
/* The simulated chain survives its process, and refuses a file that did not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/chain_sandbox/chain_sandbox.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/sandbox.h"
#include "sandbox_fixture.h"

/* A random history, the same for the same seed, one call a step. */
struct history {
    uint64_t random;
    struct txid paid;
};

static void play(struct sandbox *sandbox, struct history *history) {
    history->random = history->random * 6364136223846793005u + 1442695040888963407u;
    uint32_t roll = (uint32_t)(history->random >> 33);
    test_now_ms += roll % 3000;
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
        done = sandbox_tick(sandbox, test_now_ms, 0);
        break;
    default:
        history->paid = sandbox_pay_one(sandbox, (uint8_t)roll, roll);
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
    struct digest before = sandbox_digest_of(fixture->sandbox);
    struct block_header tip = tip_of(fixture);
    sandbox_reopen(fixture, 0);
    assert_same(before, sandbox_digest_of(fixture->sandbox));
    assert_true(block_hash_eq(tip.hash, tip_of(fixture).hash));
}

static void test_a_compacted_chain_is_the_same_chain_in_a_smaller_file(void **state) {
    struct fixture *fixture = *state;
    struct history history = {.random = 3};
    for (int i = 0; i < 300; i++) {
        play(fixture->sandbox, &history);
    }
    for (int i = 0; i < 1000; i++) {
        must_work(sandbox_drop(fixture->sandbox, sandbox_pay_one(fixture->sandbox, 1, 1)));
    }
    struct digest before = sandbox_digest_of(fixture->sandbox);
    struct stat large;
    assert_int_equal(stat(fixture->path, &large), 0);
    sandbox_reopen(fixture, 1000);
    assert_same(before, sandbox_digest_of(fixture->sandbox));
    struct stat small;
    assert_int_equal(stat(fixture->path, &small), 0);
    assert_true(small.st_size < large.st_size / 2);
    play(fixture->sandbox, &history);
    before = sandbox_digest_of(fixture->sandbox);
    sandbox_reopen(fixture, 0);
    assert_same(before, sandbox_digest_of(fixture->sandbox));
}

static void test_a_record_torn_at_any_byte_is_cut_off(void **state) {
    struct fixture *fixture = *state;
    sandbox_pay_one(fixture->sandbox, 1, 500);
    must_work(sandbox_mine(fixture->sandbox, 1));
    struct digest before = sandbox_digest_of(fixture->sandbox);
    struct stat whole;
    assert_int_equal(stat(fixture->path, &whole), 0);
    sandbox_pay_one(fixture->sandbox, 2, 600);
    struct stat more;
    assert_int_equal(stat(fixture->path, &more), 0);
    for (off_t size = more.st_size - 1; size >= whole.st_size; size--) {
        chain_sandbox_close(fixture->sandbox);
        assert_int_equal(truncate(fixture->path, size), 0);
        must_work(sandbox_open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
        assert_same(before, sandbox_digest_of(fixture->sandbox));
        sandbox_pay_one(fixture->sandbox, 2, 600);
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
    sandbox_pay_one(fixture->sandbox, 1, 500);
    struct stat middle;
    assert_int_equal(stat(fixture->path, &middle), 0);
    must_work(sandbox_mine(fixture->sandbox, 1));
    chain_sandbox_close(fixture->sandbox);
    fixture->sandbox = NULL;
    for (off_t offset = 0; offset < middle.st_size; offset++) {
        flip_byte(fixture->path, offset);
        must_refuse(sandbox_open_at(fixture->arena, fixture->path, 0, &fixture->sandbox),
                    &ERR_SANDBOX_FILE);
        flip_byte(fixture->path, offset);
    }
    must_work(sandbox_open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
}

static void test_a_chain_belongs_to_one_process(void **state) {
    struct fixture *fixture = *state;
    struct sandbox *second;
    must_refuse(sandbox_open_at(fixture->arena, fixture->path, 0, &second), &ERR_SANDBOX_FILE);
}

/* The child answers each step with its digest, until it is killed. */
static void play_until_killed(const char *path, uint64_t seed, int fd) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    struct sandbox *sandbox;
    must_work(sandbox_open_at(arena, path, 0, &sandbox));
    for (struct history history = {.random = seed};;) {
        play(sandbox, &history);
        struct digest digest = sandbox_digest_of(sandbox);
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
        test_now_ms = 1700000000000;
        int pipe_fds[2];
        assert_int_equal(pipe(pipe_fds), 0);
        pid_t child = fork();
        if (child == 0) {
            play_until_killed(fixture->path, round, pipe_fds[1]);
        }
        close(pipe_fds[1]);
        size_t steps = kill_after(child, pipe_fds[0], 20000 + round * 7001);
        close(pipe_fds[0]);
        must_work(sandbox_open_at(fixture->arena, fixture->path, 0, &fixture->sandbox));
        struct digest found = sandbox_digest_of(fixture->sandbox);

        char twin_path[80];
        snprintf(twin_path, sizeof(twin_path), "%s-twin", fixture->path);
        unlink(twin_path);
        struct sandbox *twin;
        must_work(sandbox_open_at(fixture->arena, twin_path, 0, &twin));
        struct history history = {.random = round};
        for (size_t i = 0; i < steps; i++) {
            play(twin, &history);
        }
        struct digest answered = sandbox_digest_of(twin);
        /* What was running when it died may be there or not. */
        bool same = memcmp(&found, &answered, sizeof(found)) == 0;
        play(twin, &history);
        struct digest one_more = sandbox_digest_of(twin);
        same = same || memcmp(&found, &one_more, sizeof(found)) == 0;
        assert_true(same);
        chain_sandbox_close(twin);
        unlink(twin_path);
    }
    fixture->chain = chain_sandbox_chain(fixture->sandbox);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_reopened_chain_is_the_same_chain),
        TEST(test_a_compacted_chain_is_the_same_chain_in_a_smaller_file),
        TEST(test_a_record_torn_at_any_byte_is_cut_off),
        TEST(test_damage_before_the_end_is_refused),
        TEST(test_a_chain_belongs_to_one_process),
        TEST(test_a_killed_process_loses_nothing_it_has_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
