/* SPDX-License-Identifier: MIT */
#include "app/reader_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/error.h"
#include "ports/store.h"

/* More at once than there are threads that answer. */
enum { READERS_MAX = 64 };

struct reader_pool {
    struct store *store;
    pthread_mutex_t lock; /* guards the rest */
    struct store_conn *free[READERS_MAX];
    size_t free_count;
    size_t open_count;
};

struct reader_pool *reader_pool_new(struct store *store) {
    struct reader_pool *pool = calloc(1, sizeof *pool);
    BUG_IF(pool == NULL);
    pool->store = store;
    BUG_IF(pthread_mutex_init(&pool->lock, NULL) != 0);
    return pool;
}

void reader_pool_free(struct reader_pool *pool) {
    if (pool == NULL) {
        return;
    }
    BUG_IF(pool->free_count != pool->open_count);
    for (size_t i = 0; i < pool->free_count; i++) {
        store_reader_close(pool->free[i]);
    }
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static struct result take_locked(struct reader_pool *pool, struct store_conn **ret_reader) {
    if (pool->free_count > 0) {
        *ret_reader = pool->free[--pool->free_count];
        return RESULT_OK;
    }
    ENSURE(pool->open_count < READERS_MAX, ERR_STORE_BUSY);
    TRY(store_reader_open(pool->store, ret_reader));
    pool->open_count++;
    return RESULT_OK;
}

struct result reader_take(struct reader_pool *pool, struct store_conn **ret_reader) {
    (void)pthread_mutex_lock(&pool->lock);
    struct result taken = take_locked(pool, ret_reader);
    (void)pthread_mutex_unlock(&pool->lock);
    return taken;
}

void reader_give(struct reader_pool *pool, struct store_conn *reader) {
    (void)pthread_mutex_lock(&pool->lock);
    BUG_IF(pool->free_count == READERS_MAX);
    pool->free[pool->free_count++] = reader;
    (void)pthread_mutex_unlock(&pool->lock);
}
