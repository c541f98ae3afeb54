/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/lookup_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The resolver keeps answers of up to 64 KB on its stack. */
enum { THREAD_STACK_BYTES = 512 << 10 };

STAILQ_HEAD(job_list, lookup_job);

struct lookup_pool {
    http_lookup_fn *lookup;
    int event_fd;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* all below under the lock */
    struct job_list waiting;
    struct job_list done;
    unsigned idle;
    unsigned threads;
    bool is_closed;
};

struct lookup_job *lookup_job_new(struct str host, void *owner) {
    struct lookup_job *job = calloc(1, sizeof *job + host.len + 1);
    BUG_IF(job == NULL);
    memcpy(job->host, host.ptr, host.len);
    job->owner = owner;
    return job;
}

struct lookup_pool *lookup_pool_new(http_lookup_fn *lookup) {
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0) {
        return NULL;
    }
    struct lookup_pool *pool = calloc(1, sizeof *pool);
    BUG_IF(pool == NULL);
    pool->lookup = lookup;
    pool->event_fd = event_fd;
    BUG_IF(pthread_mutex_init(&pool->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&pool->work, NULL) != 0);
    STAILQ_INIT(&pool->waiting);
    STAILQ_INIT(&pool->done);
    return pool;
}

static void free_jobs(struct job_list *jobs) {
    while (!STAILQ_EMPTY(jobs)) {
        struct lookup_job *job = STAILQ_FIRST(jobs);
        STAILQ_REMOVE_HEAD(jobs, link);
        free(job);
    }
}

/* By the last who has to do with it. */
static void pool_destroy(struct lookup_pool *pool) {
    free_jobs(&pool->waiting);
    free_jobs(&pool->done);
    (void)pthread_cond_destroy(&pool->work);
    (void)pthread_mutex_destroy(&pool->lock);
    (void)close(pool->event_fd);
    free(pool);
}

static void lock(struct lookup_pool *pool) {
    BUG_IF(pthread_mutex_lock(&pool->lock) != 0);
}

static void unlock(struct lookup_pool *pool) {
    BUG_IF(pthread_mutex_unlock(&pool->lock) != 0);
}

/* The next job, or NULL when the pool is closed. Under the lock. */
static struct lookup_job *wait_for_job(struct lookup_pool *pool) {
    pool->idle++;
    while (STAILQ_EMPTY(&pool->waiting) && !pool->is_closed) {
        BUG_IF(pthread_cond_wait(&pool->work, &pool->lock) != 0);
    }
    pool->idle--;
    if (pool->is_closed) {
        return NULL;
    }
    struct lookup_job *job = STAILQ_FIRST(&pool->waiting);
    STAILQ_REMOVE_HEAD(&pool->waiting, link);
    return job;
}

static void *run(void *context) {
    struct lookup_pool *pool = context;
    lock(pool);
    struct lookup_job *job;
    while ((job = wait_for_job(pool)) != NULL) {
        unlock(pool);
        job->outcome = pool->lookup(job->host, job->addresses);
        lock(pool);
        STAILQ_INSERT_TAIL(&pool->done, job, link);
        uint64_t one = 1;
        ssize_t written = write(pool->event_fd, &one, sizeof one);
        (void)written; /* a full counter is readable as well */
    }
    bool is_last = --pool->threads == 0;
    unlock(pool);
    if (is_last) {
        pool_destroy(pool);
    }
    return NULL;
}

void lookup_pool_close(struct lookup_pool *pool) {
    if (pool == NULL) {
        return;
    }
    lock(pool);
    pool->is_closed = true;
    bool is_last = pool->threads == 0;
    BUG_IF(pthread_cond_broadcast(&pool->work) != 0);
    unlock(pool);
    if (is_last) {
        pool_destroy(pool);
    }
}

int lookup_pool_fd(const struct lookup_pool *pool) {
    return pool->event_fd;
}

/* Signals are the main thread's business. */
static bool start_thread(struct lookup_pool *pool) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    bool started = pthread_create(&thread, &attributes, run, pool) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return started;
}

static unsigned count_waiting(const struct lookup_pool *pool) {
    unsigned count = 0;
    const struct lookup_job *job;
    STAILQ_FOREACH(job, &pool->waiting, link) {
        count++;
    }
    return count;
}

bool lookup_pool_submit(struct lookup_pool *pool, struct lookup_job *job) {
    lock(pool);
    bool needs_thread = pool->idle <= count_waiting(pool) && pool->threads < LOOKUP_THREADS_MAX;
    if (needs_thread && start_thread(pool)) {
        pool->threads++;
    }
    bool is_served = pool->threads > 0;
    if (is_served) {
        STAILQ_INSERT_TAIL(&pool->waiting, job, link);
        BUG_IF(pthread_cond_signal(&pool->work) != 0);
    }
    unlock(pool);
    return is_served;
}

struct lookup_job *lookup_pool_next_done(struct lookup_pool *pool) {
    uint64_t count;
    ssize_t got = read(pool->event_fd, &count, sizeof count);
    (void)got; /* empty: nothing was announced since */
    lock(pool);
    struct lookup_job *job = STAILQ_FIRST(&pool->done);
    if (job != NULL) {
        STAILQ_REMOVE_HEAD(&pool->done, link);
    }
    unlock(pool);
    return job;
}
