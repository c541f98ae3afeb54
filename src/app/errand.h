/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ERRAND_H
#define TILL_APP_ERRAND_H

/* Runs what takes longer than a request's thread may wait, on a thread of its own, one errand at a
 * time: a copy of a large store, questions to a node. */

#include "base/result.h"

struct errand_runner;

/* Owned by whoever starts it, until `done` has been called. */
struct errand {
    void (*run)(struct errand *errand);
    void (*done)(
        struct errand *errand); /* both on the errand's thread; afterwards it may be gone */
};

struct errand_runner *errand_runner_new(void);
/* Waits for the errand that is under way. NULL is fine. */
void errand_runner_free(struct errand_runner *runner);

/* `busy` while another one is under way; ERR_QUEUE_FULL if there is no thread for it. */
struct result errand_start(struct errand_runner *runner, struct errand *errand,
                           const struct error_code *busy);

#endif
