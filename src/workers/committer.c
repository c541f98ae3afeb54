/* SPDX-License-Identifier: MIT */
#include "workers/committer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/app.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/error.h"
#include "ports/clock.h"
#include "ports/notices.h"
#include "ports/store.h"

enum {
    BATCH_JOBS_MAX = 512,
    BATCH_ARENA_BYTES_MAX = 512 << 20, /* a block of 10,000 payments fits */
    TRIES_MAX = 5,
    IDLE_CHECKPOINT_MS = 2000,
};

/* Creates are refused first; the others have room of their own. */
static const size_t class_limits[JOB_CLASS_COUNT] = {
    [JOB_CREATE] = 8192,    [JOB_REQUEST] = 4096,  [JOB_CHAIN] = 64,
    [JOB_DELIVERY] = 16384, [JOB_OPERATOR] = 1024,
};

struct committer {
    struct job_queue queue; /* first: the queue is the committer */
    struct committer_options options;
    struct store_conn *conn;
    struct arena *arena; /* of the batch */
    struct needs needs;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake;
    struct job *first;
    struct job **last;
    size_t queued[JOB_CLASS_COUNT];
    bool stopping;
    struct committer_counters counters;
    bool has_thread;
    pthread_t thread;
};

static struct result submit(struct job_queue *queue, struct job *job) {
    struct committer *committer = (struct committer *)queue;
    enum job_class job_class = job->use_case->job_class;
    (void)pthread_mutex_lock(&committer->lock);
    bool full = committer->queued[job_class] >= class_limits[job_class] || committer->stopping;
    if (!full) {
        job->next = NULL;
        *committer->last = job;
        committer->last = &job->next;
        committer->queued[job_class]++;
        committer->counters.queued++;
        (void)pthread_cond_signal(&committer->wake);
    }
    (void)pthread_mutex_unlock(&committer->lock);
    return full ? result_fail(&ERR_QUEUE_FULL) : RESULT_OK;
}

struct committer *committer_new(const struct committer_options *options) {
    struct committer *committer = calloc(1, sizeof *committer);
    BUG_IF(committer == NULL);
    committer->queue.submit = submit;
    committer->options = *options;
    committer->conn = store_writer(options->store);
    committer->arena = arena_new(BATCH_ARENA_BYTES_MAX);
    committer->last = &committer->first;
    BUG_IF(pthread_mutex_init(&committer->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&committer->wake, NULL) != 0);
    return committer;
}

void committer_free(struct committer *committer) {
    if (committer == NULL) {
        return;
    }
    BUG_IF(committer->has_thread);
    arena_free(committer->arena);
    (void)pthread_cond_destroy(&committer->wake);
    (void)pthread_mutex_destroy(&committer->lock);
    free(committer);
}

struct job_queue *committer_queue(struct committer *committer) {
    return &committer->queue;
}

/* Up to BATCH_JOBS_MAX jobs off the queue, in order. */
static struct job *take_batch(struct committer *committer, size_t *ret_count) {
    (void)pthread_mutex_lock(&committer->lock);
    struct job *batch = committer->first;
    struct job **end = &batch;
    *ret_count = 0;
    while (*end != NULL && *ret_count < BATCH_JOBS_MAX) {
        committer->queued[(*end)->use_case->job_class]--;
        (*ret_count)++;
        end = &(*end)->next;
    }
    committer->first = *end;
    if (committer->first == NULL) {
        committer->last = &committer->first;
    }
    *end = NULL;
    committer->counters.queued -= *ret_count;
    (void)pthread_mutex_unlock(&committer->lock);
    return batch;
}

static bool is_fault(struct result result) {
    if (result_is_ok(result)) {
        return false;
    }
    return result.code->kind == ERROR_SOFT || result.code->kind == ERROR_HARD;
}

/* Details live in the batch's arena; a job keeps a copy. */
static void set_outcome(struct job *job, struct result outcome) {
    job->outcome = outcome;
    if (outcome.detail != NULL) {
        (void)snprintf(job->detail, sizeof job->detail, "%s", outcome.detail);
        job->outcome.detail = job->detail;
    }
}

static void gather_needs(struct committer *committer, const struct job *batch) {
    committer->needs.invoice_count = 0;
    for (const struct job *job = batch; job != NULL; job = job->next) {
        if (job->use_case->needs != NULL) {
            job->use_case->needs(job->input, &committer->needs);
        }
    }
}

static struct result apply_all(struct committer *committer, struct job *batch,
                               struct ledger *ledger) {
    gather_needs(committer, batch);
    TRY(ledger_load(ledger, &committer->needs));
    for (struct job *job = batch; job != NULL; job = job->next) {
        int64_t written = store_rows_written(committer->conn);
        struct result outcome = job->use_case->apply(job->input, ledger);
        set_outcome(job, outcome);
        /* A refusal that left half of its work behind must not be committed with it. */
        bool half_done = !result_is_ok(outcome) && store_rows_written(committer->conn) != written;
        if (is_fault(outcome) || half_done) {
            return outcome;
        }
    }
    return ledger_write_counts(ledger);
}

/* One transaction. On success every job has its outcome and the ledger knows what to tell. */
static struct result run_transaction(struct committer *committer, struct job *batch,
                                     struct ledger **ret_ledger) {
    arena_reset(committer->arena);
    TRY(store_begin(committer->conn));
    int64_t now_ms = clock_wall_ms(committer->options.app->clock);
    *ret_ledger = ledger_new(committer->arena, committer->options.app, committer->conn, now_ms);
    struct result run = apply_all(committer, batch, *ret_ledger);
    if (result_is_ok(run)) {
        run = store_commit(committer->conn);
    }
    if (!result_is_ok(run)) {
        store_rollback(committer->conn);
    }
    return run;
}

/* What the disk holds is uncertain now: nobody is told anything, the next start recovers. */
static void stop_if_broken(struct result run) {
    if (run.code == &ERR_STORE_BROKEN) {
        log_event(LOG_ERROR, "store_broken", LOG_RESULT(run));
        BUG_IF(run.code == &ERR_STORE_BROKEN);
    }
}

/* Soft faults are tried again, a bounded number of times. */
static struct result run_batch(struct committer *committer, struct job *batch) {
    struct result run = RESULT_OK;
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        struct ledger *ledger;
        run = run_transaction(committer, batch, &ledger);
        stop_if_broken(run);
        if (result_is_ok(run)) {
            ledger_tell(ledger, committer->options.notices);
            return run;
        }
        if (run.code != &ERR_STORE_BUSY) {
            return run;
        }
    }
    return run;
}

static void run_alone(struct committer *committer, struct job *job) {
    struct result run = run_batch(committer, job);
    if (result_is_ok(run)) {
        return;
    }
    log_event(LOG_ERROR, "job_failed", LOG_STR("use_case", str_from_c(job->use_case->name)),
              LOG_RESULT(run));
    set_outcome(job, run);
}

static void count_batch(struct committer *committer, size_t jobs, const uint64_t outcomes[3],
                        bool solo) {
    (void)pthread_mutex_lock(&committer->lock);
    struct committer_counters *counters = &committer->counters;
    counters->jobs += jobs;
    counters->batches++;
    counters->refusals += outcomes[1];
    counters->faults += outcomes[2];
    counters->solo_runs += solo ? jobs : 0;
    if (jobs > counters->batch_jobs_max) {
        counters->batch_jobs_max = jobs;
    }
    (void)pthread_mutex_unlock(&committer->lock);
}

/* A poison job makes the whole batch roll back once; then each runs in a transaction of its own. */
static bool run_one_by_one(struct committer *committer, struct job *batch) {
    for (struct job *job = batch; job != NULL;) {
        struct job *next = job->next;
        job->next = NULL;
        run_alone(committer, job);
        job->next = next;
        job = next;
    }
    return true;
}

bool committer_step(struct committer *committer) {
    size_t count;
    struct job *batch = take_batch(committer, &count);
    if (batch == NULL) {
        return false;
    }
    struct result run = run_batch(committer, batch);
    bool solo = !result_is_ok(run) && run_one_by_one(committer, batch);
    uint64_t outcomes[3] = {0};
    for (struct job *job = batch; job != NULL;) {
        struct job *next = job->next; /* `done` may free the job */
        outcomes[result_is_ok(job->outcome) ? 0 : is_fault(job->outcome) ? 2 : 1]++;
        job->done(job);
        job = next;
    }
    count_batch(committer, count, outcomes, solo);
    if (committer->options.batch_done != NULL) {
        committer->options.batch_done(committer->options.batch_context);
    }
    return true;
}

static void checkpoint(struct committer *committer, bool idle) {
    struct result done = store_checkpoint(committer->conn, idle);
    if (!result_is_ok(done)) {
        log_event(LOG_WARN, "checkpoint_failed", LOG_RESULT(done));
    }
}

/* Sleeps until there is work; false when it is time to end. Idle time moves the log into the
 * database. */
static bool wait_for_work(struct committer *committer, bool *idle_done) {
    (void)pthread_mutex_lock(&committer->lock);
    while (committer->first == NULL && !committer->stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += IDLE_CHECKPOINT_MS / 1000;
        int waited = pthread_cond_timedwait(&committer->wake, &committer->lock, &until);
        if (waited != 0 && committer->first == NULL && !*idle_done) {
            *idle_done = true;
            (void)pthread_mutex_unlock(&committer->lock);
            checkpoint(committer, true);
            (void)pthread_mutex_lock(&committer->lock);
        }
    }
    bool more = committer->first != NULL;
    (void)pthread_mutex_unlock(&committer->lock);
    return more;
}

static void *run(void *context) {
    struct committer *committer = context;
    (void)pthread_setname_np(pthread_self(), "till-commit");
    bool idle_done = true;
    while (wait_for_work(committer, &idle_done)) {
        while (committer_step(committer)) {
            checkpoint(committer, false);
            idle_done = false;
        }
    }
    return NULL;
}

void committer_start(struct committer *committer) {
    BUG_IF(committer->has_thread);
    BUG_IF(pthread_create(&committer->thread, NULL, run, committer) != 0);
    committer->has_thread = true;
}

void committer_stop(struct committer *committer) {
    if (!committer->has_thread) {
        return;
    }
    (void)pthread_mutex_lock(&committer->lock);
    committer->stopping = true;
    (void)pthread_cond_signal(&committer->wake);
    (void)pthread_mutex_unlock(&committer->lock);
    (void)pthread_join(committer->thread, NULL);
    committer->has_thread = false;
}

struct committer_counters committer_counters_get(struct committer *committer) {
    (void)pthread_mutex_lock(&committer->lock);
    struct committer_counters counters = committer->counters;
    (void)pthread_mutex_unlock(&committer->lock);
    return counters;
}
