/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapters/store_sql/fault.h"
#include "store_fixture.h"

static void test_a_reader_sees_one_state_between_begin_and_end(void **state) {
    struct fixture *fixture = *state;
    int64_t highest;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_read_begin(fixture->reader));
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 1);
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 2);
    assert_ok(store_invoice_highest_id(fixture->writer, &highest));
    assert_int_equal(highest, 2);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 1);
    store_read_end(fixture->reader);
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 2);
}

static void test_nothing_runs_after_a_fault_until_the_rollback(void **state) {
    struct fixture *fixture = *state;
    struct invoice_row invoice = an_invoice(fixture, 1);
    int64_t highest;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_invoice_insert(fixture->writer, &invoice));
    assert_fault(store_invoice_insert(fixture->writer, &invoice), ERR_STORE_TAKEN);
    assert_fault(store_invoice_highest_id(fixture->writer, &highest), ERR_STORE_TAKEN);
    assert_fault(store_commit(fixture->writer), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
    assert_ok(store_invoice_highest_id(fixture->writer, &highest));
    assert_int_equal(highest, 0);
}

static void test_a_rule_of_the_schema_holds_against_the_program(void **state) {
    struct fixture *fixture = *state;
    struct invoice_row invoice = an_invoice(fixture, 1);
    invoice.shop_id += 1;
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_invoice_insert(fixture->writer, &invoice), ERR_STORE_CONSTRAINT);
    store_rollback(fixture->writer);
    invoice.shop_id -= 1;
    invoice.order_id = (struct str){arena_alloc(fixture->arena, 5 << 20), 5 << 20};
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_invoice_insert(fixture->writer, &invoice), ERR_STORE_CONSTRAINT);
    store_rollback(fixture->writer);
    assert_ok(store_begin(fixture->writer));
    store_rollback(fixture->writer);
}

static void test_an_answer_that_does_not_fit_its_arena_is_a_fault(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 100; id++) {
        struct invoice_row invoice = an_invoice(fixture, id);
        assert_ok(store_invoice_insert(fixture->writer, &invoice));
    }
    assert_ok(store_commit(fixture->writer));
    struct arena *small = arena_new(4096);
    struct store_invoice_filter filter = {.shop_id = fixture->shop_id, .limit = 100};
    const struct invoice_row *invoices;
    size_t count;
    assert_fault(store_invoice_list(fixture->reader, small, &filter, &invoices, &count),
                 ERR_STORE_ANSWER_LARGE);
    arena_free(small);
}

static void test_a_read_that_takes_more_than_a_second_is_broken_off(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 500; id++) {
        struct invoice_row invoice = an_invoice(fixture, id);
        assert_ok(store_invoice_insert(fixture->writer, &invoice));
    }
    assert_ok(store_commit(fixture->writer));
    struct store_invoice_filter filter = {.shop_id = fixture->shop_id, .limit = 500};
    const struct invoice_row *invoices;
    size_t count;
    assert_ok(store_read_begin(fixture->reader));
    struct timespec wait = {.tv_sec = 1, .tv_nsec = 50000000};
    nanosleep(&wait, NULL);
    assert_fault(store_invoice_list(fixture->reader, fixture->arena, &filter, &invoices, &count),
                 ERR_STORE_BUSY);
    store_read_end(fixture->reader);
    assert_ok(store_invoice_list(fixture->reader, fixture->arena, &filter, &invoices, &count));
    assert_int_equal(count, 500);
}

/* What a batch does, stopping at its first fault. */
static struct result run_batch(struct fixture *fixture, int64_t id) {
    struct invoice_row invoice = an_invoice(fixture, id);
    struct address_row address = an_address(fixture, id, (uint32_t)id);
    struct journal_row entry = {
        .at_ms = 1, .invoice_id = id, .event = STR("invoice_created"), .detail = STR("{}")};
    TRY(store_begin(fixture->writer));
    TRY(store_invoice_insert(fixture->writer, &invoice));
    TRY(store_address_insert(fixture->writer, &address, &address.id));
    TRY(store_journal_append(fixture->writer, &entry));
    invoice.shown_address_id = address.id;
    TRY(store_invoice_update(fixture->writer, &invoice));
    return store_commit(fixture->writer);
}

static void test_whichever_call_fails_nothing_of_its_batch_remains(void **state) {
    struct fixture *fixture = *state;
    struct str before;
    struct str after;
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &before));
    uint64_t call = 0;
    for (;;) {
        store_fault_plan(fixture->writer, ++call, &ERR_STORE_FULL);
        struct result result = run_batch(fixture, 1);
        if (result_is_ok(result)) {
            break;
        }
        assert_ptr_equal(result.code, &ERR_STORE_FULL);
        store_rollback(fixture->writer);
        assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &after));
        assert_memory_equal(before.ptr, after.ptr, 64);
    }
    assert_int_equal(call, 7); /* begin, four statements, commit, and the one that succeeded */
    store_fault_plan(fixture->writer, 0, NULL);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_a_broken_store_writes_no_more_until_it_is_opened_again(void **state) {
    struct fixture *fixture = *state;
    store_fault_plan(fixture->writer, 3, &ERR_STORE_BROKEN);
    assert_fault(run_batch(fixture, 1), ERR_STORE_BROKEN);
    store_rollback(fixture->writer);
    assert_fault(run_batch(fixture, 1), ERR_STORE_BROKEN);
    fixture_reopen(fixture);
    assert_ok(run_batch(fixture, 1));
}

static int64_t size_of_log(const struct fixture *fixture) {
    struct stat about;
    const char *path = arena_printf(fixture->arena, "%s-wal", fixture->path);
    return stat(path, &about) == 0 ? about.st_size : 0;
}

static void test_an_idle_checkpoint_makes_the_log_begin_again(void **state) {
    struct fixture *fixture = *state;
    assert_ok(run_batch(fixture, 1));
    assert_ok(run_batch(fixture, 2));
    assert_ok(run_batch(fixture, 3));
    int64_t size = size_of_log(fixture);
    assert_true(size > 0);
    assert_ok(store_checkpoint(fixture->writer, true));
    assert_ok(run_batch(fixture, 4));
    assert_int_equal(size_of_log(fixture), size);
    assert_ok(store_checkpoint(fixture->writer, false)); /* nothing like long enough */
    for (int64_t id = 5; id < 10; id++) {
        assert_ok(run_batch(fixture, id));
    }
    assert_true(size_of_log(fixture) > size);
}

static void test_a_reader_in_the_way_postpones_the_checkpoint_only(void **state) {
    struct fixture *fixture = *state;
    int64_t highest;
    assert_ok(store_checkpoint(fixture->writer, true));
    assert_ok(store_read_begin(fixture->reader));
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_ok(run_batch(fixture, 1));
    int64_t size = size_of_log(fixture);
    assert_ok(store_checkpoint(fixture->writer, true));
    assert_ok(run_batch(fixture, 2));
    assert_true(size_of_log(fixture) > size);
    store_read_end(fixture->reader);
    size = size_of_log(fixture);
    assert_ok(store_checkpoint(fixture->writer, true));
    assert_ok(run_batch(fixture, 3));
    assert_int_equal(size_of_log(fixture), size);
}

/* Commits batches until it is killed, and says after each which id is safe. */
static void write_until_killed(struct fixture *fixture, int64_t next, int pipe_fd) {
    struct store *store;
    if (!result_is_ok(store_open(fixture->arena, fixture->url, &store))) {
        _exit(2);
    }
    fixture->writer = store_writer(store);
    for (int64_t id = next;; id++) {
        if (!result_is_ok(run_batch(fixture, id)) || write(pipe_fd, &id, sizeof id) != sizeof id ||
            !result_is_ok(store_checkpoint(fixture->writer, id % 7 == 0))) {
            _exit(3);
        }
    }
}

/* The highest id that the child called safe before it was killed. */
static int64_t run_and_kill(struct fixture *fixture, int64_t next, unsigned wait_us) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        write_until_killed(fixture, next, ends[1]);
    }
    close(ends[1]);
    int64_t safe = next - 1;
    assert_int_equal(read(ends[0], &safe, sizeof safe), sizeof safe);
    struct timespec wait = {.tv_nsec = (long)wait_us * 1000};
    nanosleep(&wait, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &safe, sizeof safe) == sizeof safe) {
    }
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return safe;
}

static void check_whole(struct fixture *fixture, int64_t safe) {
    int64_t highest;
    assert_ok(store_verify(fixture->reader, fixture->arena));
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    /* All that was called safe is there, and at most one more: committed, not yet told. */
    assert_in_range(highest, safe, safe + 1);
    for (int64_t id = 1; id <= highest; id++) {
        struct invoice_row invoice;
        const struct address_row *addresses;
        const struct journal_row *entries;
        size_t address_count;
        size_t entry_count;
        assert_ok(store_invoice_by_id(fixture->reader, fixture->arena, id, &invoice));
        assert_ok(store_address_of_invoice(fixture->reader, fixture->arena, id, &addresses,
                                           &address_count));
        assert_ok(
            store_journal_of_invoice(fixture->reader, fixture->arena, id, &entries, &entry_count));
        assert_int_equal(address_count, 1);
        assert_int_equal(entry_count, 1);
        assert_int_equal(invoice.shown_address_id, addresses[0].id);
    }
}

static void test_a_killed_writer_loses_nothing_that_it_committed(void **state) {
    enum { KILLS = 12 };
    struct fixture *fixture = *state;
    int64_t next = 1;
    for (int i = 0; i < KILLS; i++) {
        fixture_close(fixture);
        int64_t safe = run_and_kill(fixture, next, (unsigned)i * 1741 % 5000);
        fixture_reopen(fixture);
        check_whole(fixture, safe);
        int64_t highest;
        assert_ok(store_invoice_highest_id(fixture->reader, &highest));
        next = highest + 1;
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_reader_sees_one_state_between_begin_and_end),
        TEST(test_nothing_runs_after_a_fault_until_the_rollback),
        TEST(test_a_rule_of_the_schema_holds_against_the_program),
        TEST(test_an_answer_that_does_not_fit_its_arena_is_a_fault),
        TEST(test_a_read_that_takes_more_than_a_second_is_broken_off),
        TEST(test_whichever_call_fails_nothing_of_its_batch_remains),
        TEST(test_a_broken_store_writes_no_more_until_it_is_opened_again),
        TEST(test_an_idle_checkpoint_makes_the_log_begin_again),
        TEST(test_a_reader_in_the_way_postpones_the_checkpoint_only),
        TEST(test_a_killed_writer_loses_nothing_that_it_committed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
