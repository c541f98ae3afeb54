/* SPDX-License-Identifier: MIT */
#include "app/errand.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/error.h"

struct errand_runner {
    pthread_mutex_t lock; /* guards the rest */
    pthread_t thread;
    struct errand *errand; /* NULL: none is under way */
    bool has_thread;       /* one has run and is not joined yet */
};

struct errand_runner *errand_runner_new(void) {
    struct errand_runner *runner = calloc(1, sizeof *runner);
    BUG_IF(runner == NULL);
    BUG_IF(pthread_mutex_init(&runner->lock, NULL) != 0);
    return runner;
}

static void join_thread(struct errand_runner *runner) {
    if (runner->has_thread) {
        (void)pthread_join(runner->thread, NULL);
        runner->has_thread = false;
    }
}

void errand_runner_free(struct errand_runner *runner) {
    if (runner == NULL) {
        return;
    }
    join_thread(runner);
    (void)pthread_mutex_destroy(&runner->lock);
    free(runner);
}

static void *run(void *context) {
    struct errand_runner *runner = context;
    struct errand *errand = runner->errand;
    errand->run(errand);
    (void)pthread_mutex_lock(&runner->lock);
    runner->errand = NULL;
    (void)pthread_mutex_unlock(&runner->lock);
    errand->done(errand);
    return NULL;
}

static struct result start_locked(struct errand_runner *runner, struct errand *errand,
                                  const struct error_code *busy) {
    if (runner->errand != NULL) {
        return result_fail(busy);
    }
    join_thread(runner);
    runner->errand = errand;
    if (pthread_create(&runner->thread, NULL, run, runner) != 0) {
        runner->errand = NULL;
        return result_fail(&ERR_QUEUE_FULL);
    }
    runner->has_thread = true;
    return RESULT_OK;
}

struct result errand_start(struct errand_runner *runner, struct errand *errand,
                           const struct error_code *busy) {
    (void)pthread_mutex_lock(&runner->lock);
    struct result started = start_locked(runner, errand, busy);
    (void)pthread_mutex_unlock(&runner->lock);
    return started;
}
