/* SPDX-License-Identifier: MIT */
#include "workers/ticker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/result.h"

struct ticker {
    void (*step)(void *context);
    void *context;
    uint32_t pause_ms;
    pthread_mutex_t lock; /* guards `stopping` */
    pthread_cond_t stop;
    bool stopping;
    pthread_t thread;
};

/* False when it is time to end. */
static bool pause_between(struct ticker *ticker) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ticker->pause_ms / 1000;
    until.tv_nsec += (long)(ticker->pause_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&ticker->lock);
    int waited = 0;
    while (!ticker->stopping && waited == 0) {
        waited = pthread_cond_timedwait(&ticker->stop, &ticker->lock, &until);
    }
    bool go_on = !ticker->stopping;
    (void)pthread_mutex_unlock(&ticker->lock);
    return go_on;
}

static void *run(void *context) {
    struct ticker *ticker = context;
    do {
        ticker->step(ticker->context);
    } while (pause_between(ticker));
    return NULL;
}

struct ticker *ticker_start_new(void (*step)(void *context), void *context, uint32_t pause_ms) {
    struct ticker *ticker = calloc(1, sizeof *ticker);
    BUG_IF(ticker == NULL);
    ticker->step = step;
    ticker->context = context;
    ticker->pause_ms = pause_ms;
    pthread_condattr_t attributes;
    BUG_IF(pthread_mutex_init(&ticker->lock, NULL) != 0 ||
           pthread_condattr_init(&attributes) != 0 ||
           pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0 ||
           pthread_cond_init(&ticker->stop, &attributes) != 0);
    (void)pthread_condattr_destroy(&attributes);
    BUG_IF(pthread_create(&ticker->thread, NULL, run, ticker) != 0);
    return ticker;
}

void ticker_stop_free(struct ticker *ticker) {
    if (ticker == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&ticker->lock);
    ticker->stopping = true;
    (void)pthread_cond_signal(&ticker->stop);
    (void)pthread_mutex_unlock(&ticker->lock);
    (void)pthread_join(ticker->thread, NULL);
    (void)pthread_cond_destroy(&ticker->stop);
    (void)pthread_mutex_destroy(&ticker->lock);
    free(ticker);
}
