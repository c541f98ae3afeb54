/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_COMMITTER_H
#define TILL_WORKERS_COMMITTER_H

/* The one writer. Jobs queue up; a step takes what is there, runs it in one transaction, commits
 * with a real fsync, and only then tells each submitter. Throughput grows with load, latency at
 * rest is one fsync. A job that fails unexpectedly harms only itself. */

#include "app/job.h"

struct app;
struct committer;
struct notices;
struct store;

struct committer_options {
    const struct app *app;
    struct store *store;
    const struct notices *notices;     /* told after each commit */
    void (*batch_done)(void *context); /* once for each batch, after its last `done`; may be NULL */
    void *batch_context;
};

struct committer *committer_new(const struct committer_options *options);
/* After committer_stop, or without a thread. */
void committer_free(struct committer *committer);

/* Where jobs go in; from any thread. */
struct job_queue *committer_queue(struct committer *committer);

/* Takes everything queued (bounded) and commits it; false if there was nothing. For the thread,
 * tests and the simulator. A hard fault of the store stops the process: nothing uncertain is
 * acknowledged. */
bool committer_step(struct committer *committer);

/* Runs steps on a thread of its own until stopped; everything queued before the stop is committed.
 */
void committer_start(struct committer *committer);
void committer_stop(struct committer *committer);

struct committer_counters {
    uint64_t jobs, batches, refusals, faults, solo_runs;
    uint64_t queued; /* now */
    uint64_t batch_jobs_max;
};
struct committer_counters committer_counters_get(struct committer *committer);

#endif
