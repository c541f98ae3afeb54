/* SPDX-License-Identifier: MIT */
#include "app/job.h"

#include <pthread.h>

#include "base/arena.h"

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
};

static void wake_waiter(struct job *job) {
    struct waiter *waiter = job->context;
    (void)pthread_mutex_lock(&waiter->lock);
    waiter->is_done = true;
    (void)pthread_cond_signal(&waiter->done);
    (void)pthread_mutex_unlock(&waiter->lock);
}

struct result job_run(struct job_queue *queue, const struct use_case *use_case, void *input,
                      struct arena *arena) {
    struct waiter waiter = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
    struct job job = {
        .use_case = use_case, .input = input, .done = wake_waiter, .context = &waiter};
    TRY(queue->submit(queue, &job));
    (void)pthread_mutex_lock(&waiter.lock);
    while (!waiter.is_done) {
        (void)pthread_cond_wait(&waiter.done, &waiter.lock);
    }
    (void)pthread_mutex_unlock(&waiter.lock);
    if (job.outcome.detail != NULL) {
        job.outcome.detail = arena_printf(arena, "%s", job.outcome.detail);
    }
    return job.outcome;
}
