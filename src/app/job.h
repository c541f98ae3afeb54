/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_JOB_H
#define TILL_APP_JOB_H

/* You are here: a use case is two functions, and a job is one call of it. `needs` names the rows it
 * reads; `apply` decides from the loaded rows and writes, all refusals before the first write. The
 * committer runs many jobs in one transaction; `apply` may run again from the top, so it changes
 * nothing of its input but its outputs. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct job;
struct ledger;

enum job_class {
    JOB_CREATE,   /* refused first when the queue is full */
    JOB_REQUEST,  /* a shop's other changes */
    JOB_CHAIN,    /* blocks and sightings */
    JOB_DELIVERY, /* results of attempts */
    JOB_OPERATOR, /* commands and timers */
    JOB_CLASS_COUNT
};

enum { NEEDS_MAX = 4096, JOB_DETAIL_BYTES = 200 };

/* Row keys that a batch will want, gathered so that one round trip can fetch them. A hint: what is
 * not named here is loaded when asked for. */
struct needs {
    int64_t invoice_ids[NEEDS_MAX];
    size_t invoice_count;
};

static inline void needs_invoice(struct needs *needs, int64_t invoice_id) {
    if (needs->invoice_count < NEEDS_MAX) {
        needs->invoice_ids[needs->invoice_count++] = invoice_id;
    }
}

struct use_case {
    const char *name;
    enum job_class job_class;
    void (*needs)(const void *input, struct needs *needs); /* NULL: nothing */
    struct result (*apply)(void *input, struct ledger *ledger);
};

/* Owned by the submitter until `done` has been called, on the committer's thread, after the commit
 * (or the refusal). */
struct job {
    struct job *next;
    const struct use_case *use_case;
    void *input;
    struct result outcome; /* its detail points into `detail` */
    char detail[JOB_DETAIL_BYTES];
    void (*done)(struct job *job);
    void *context; /* for `done` */
};

/* How use cases reach the committer. ERR_QUEUE_FULL (limited) when the class has no room. */
struct job_queue {
    struct result (*submit)(struct job_queue *queue, struct job *job);
};

/* Submits and waits; for threads that may block, never the committer's own. */
struct result job_run(struct job_queue *queue, const struct use_case *use_case, void *input,
                      struct arena *arena);

#endif
