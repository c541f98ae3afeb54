/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/clock_os/clock_os.h"
#include "app/app.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/error.h"
#include "ports/clock.h"
#include "ports/notices.h"
#include "ports/store.h"
#include "ports/store_journal.h"
#include "workers/committer.h"

enum { JOBS = 50 };

struct fixture {
    struct arena *arena;
    struct clock clock;
    struct app app;
    struct store *store;
    struct notices notices;
    struct committer *committer;
    int told;  /* invoices noted after a commit */
    int ended; /* jobs whose `done` was called */
};

/* Writes a setting of its own unless it is early, then does as `ends` says. */
struct write_setting {
    struct str key;
    struct result ends;
    bool early; /* ends before it writes */
    int runs;
};

static struct result write_setting_apply(void *input, struct ledger *ledger) {
    struct write_setting *write = input;
    write->runs++;
    if (write->early) {
        return write->ends;
    }
    TRY(store_setting_set(ledger_conn(ledger), write->key, STR("written")));
    ledger_note_invoice(ledger, 1);
    return write->ends;
}

static const struct use_case write_setting_use_case = {
    .name = "write_setting", .job_class = JOB_REQUEST, .apply = write_setting_apply};

static void note_invoice(void *context, int64_t invoice_id) {
    (void)invoice_id;
    ((struct fixture *)context)->told++;
}

static void note_delivery(void *context, const struct delivery_row *delivery) {
    (void)context;
    (void)delivery;
}

static void job_ended(struct job *job) {
    ((struct fixture *)job->context)->ended++;
}

static int set_up(void **state) {
    struct fixture *fixture = test_calloc(1, sizeof *fixture);
    log_set_level(LOG_ERROR + 1);
    fixture->arena = arena_new(64 << 20);
    fixture->clock = clock_os();
    fixture->app.clock = &fixture->clock;
    assert_true(result_is_ok(store_open(fixture->arena, STR("sqlite::memory:"), &fixture->store)));
    fixture->notices = (struct notices){note_invoice, note_delivery, fixture};
    struct committer_options options = {
        .app = &fixture->app, .store = fixture->store, .notices = &fixture->notices};
    fixture->committer = committer_new(&options);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    committer_free(fixture->committer);
    store_close(fixture->store);
    arena_free(fixture->arena);
    test_free(fixture);
    return 0;
}

static bool is_written(struct fixture *fixture, struct str key) {
    struct store_conn *reader;
    assert_true(result_is_ok(store_reader_open(fixture->store, &reader)));
    struct str value;
    struct result found = store_setting_get(reader, fixture->arena, key, &value);
    store_reader_close(reader);
    return result_is_ok(found);
}

static struct job submit(struct fixture *fixture, struct job *job, struct write_setting *write) {
    *job = (struct job){
        .use_case = &write_setting_use_case, .input = write, .done = job_ended, .context = fixture};
    struct job_queue *queue = committer_queue(fixture->committer);
    assert_true(result_is_ok(queue->submit(queue, job)));
    return *job;
}

static void test_many_jobs_share_one_transaction(void **state) {
    struct fixture *fixture = *state;
    struct job jobs[JOBS];
    struct write_setting writes[JOBS] = {0};
    for (int i = 0; i < JOBS; i++) {
        writes[i].key = str_from_c(arena_printf(fixture->arena, "key %d", i));
        (void)submit(fixture, &jobs[i], &writes[i]);
    }
    assert_true(committer_step(fixture->committer));
    assert_false(committer_step(fixture->committer));
    assert_int_equal(fixture->ended, JOBS);
    assert_int_equal(fixture->told, JOBS);
    struct committer_counters counters = committer_counters_get(fixture->committer);
    assert_int_equal(counters.batches, 1);
    assert_int_equal(counters.jobs, JOBS);
    assert_true(is_written(fixture, STR("key 49")));
}

static void test_one_poison_job_leaves_the_others_committed(void **state) {
    struct fixture *fixture = *state;
    struct job jobs[JOBS];
    struct write_setting writes[JOBS] = {0};
    for (int i = 0; i < JOBS; i++) {
        writes[i].key = str_from_c(arena_printf(fixture->arena, "key %d", i));
        writes[i].ends = i == 20 ? result_fail(&ERR_STORE_CONSTRAINT) : RESULT_OK;
        (void)submit(fixture, &jobs[i], &writes[i]);
    }
    assert_true(committer_step(fixture->committer));
    assert_int_equal(fixture->ended, JOBS);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(is_written(fixture, writes[i].key), i != 20);
        assert_int_equal(result_is_ok(jobs[i].outcome), i != 20);
    }
    assert_ptr_equal(jobs[20].outcome.code, &ERR_STORE_CONSTRAINT);
    assert_int_equal(fixture->told, JOBS - 1);
}

static void test_a_refusal_neither_rolls_back_nor_runs_anything_again(void **state) {
    struct fixture *fixture = *state;
    struct job jobs[2];
    struct write_setting writes[2] = {
        {.key = STR("good")},
        {.key = STR("refused"), .ends = result_fail(&ERR_INVOICE_NOT_CREATED), .early = true}};
    for (int i = 0; i < 2; i++) {
        (void)submit(fixture, &jobs[i], &writes[i]);
    }
    assert_true(committer_step(fixture->committer));
    assert_true(is_written(fixture, STR("good")));
    assert_int_equal(writes[0].runs, 1);
    assert_ptr_equal(jobs[1].outcome.code, &ERR_INVOICE_NOT_CREATED);
}

static void test_nothing_stays_of_a_job_that_is_refused_when_it_has_written(void **state) {
    struct fixture *fixture = *state;
    struct job jobs[2];
    struct write_setting writes[2] = {
        {.key = STR("good")}, {.key = STR("half"), .ends = result_fail(&ERR_STORE_ANSWER_LARGE)}};
    for (int i = 0; i < 2; i++) {
        (void)submit(fixture, &jobs[i], &writes[i]);
    }
    assert_true(committer_step(fixture->committer));
    assert_true(is_written(fixture, STR("good")));
    assert_true(result_is_ok(jobs[0].outcome));
    assert_false(is_written(fixture, STR("half")));
    assert_ptr_equal(jobs[1].outcome.code, &ERR_STORE_ANSWER_LARGE);
}

static void test_a_busy_store_is_tried_again_a_bounded_number_of_times(void **state) {
    struct fixture *fixture = *state;
    struct job job;
    struct write_setting write = {.key = STR("busy"), .ends = result_fail(&ERR_STORE_BUSY)};
    (void)submit(fixture, &job, &write);
    assert_true(committer_step(fixture->committer));
    assert_ptr_equal(job.outcome.code, &ERR_STORE_BUSY);
    assert_in_range(write.runs, 2, 20);
    assert_false(is_written(fixture, STR("busy")));
    assert_int_equal(fixture->told, 0);
}

static void test_a_full_queue_refuses_one_class_and_leaves_room_for_the_others(void **state) {
    struct fixture *fixture = *state;
    struct use_case create = write_setting_use_case;
    create.job_class = JOB_CREATE;
    struct write_setting write = {.key = STR("x")};
    struct job_queue *queue = committer_queue(fixture->committer);
    size_t taken = 0;
    struct result submitted = RESULT_OK;
    while (result_is_ok(submitted)) {
        assert_in_range(taken, 0, 100000);
        struct job *job = ARENA_NEW(fixture->arena, struct job);
        *job = (struct job){
            .use_case = &create, .input = &write, .done = job_ended, .context = fixture};
        submitted = queue->submit(queue, job);
        taken += result_is_ok(submitted) ? 1 : 0;
    }
    assert_ptr_equal(submitted.code, &ERR_QUEUE_FULL);
    struct job other;
    (void)submit(fixture, &other, &write);
    while (committer_step(fixture->committer)) {
    }
    assert_int_equal(fixture->ended, taken + 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_many_jobs_share_one_transaction),
        TEST(test_one_poison_job_leaves_the_others_committed),
        TEST(test_a_refusal_neither_rolls_back_nor_runs_anything_again),
        TEST(test_nothing_stays_of_a_job_that_is_refused_when_it_has_written),
        TEST(test_a_busy_store_is_tried_again_a_bounded_number_of_times),
        TEST(test_a_full_queue_refuses_one_class_and_leaves_room_for_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
