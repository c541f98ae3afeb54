/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_READER_POOL_H
#define TILL_APP_READER_POOL_H

/* Read connections for whoever answers requests: taken for one unit of work, given back after it.
 * Grows to as many as are used at once. Thread-safe. */

#include "base/result.h"

struct reader_pool;
struct store;
struct store_conn;

struct reader_pool *reader_pool_new(struct store *store);
/* All must have been given back. */
void reader_pool_free(struct reader_pool *pool);

struct result reader_take(struct reader_pool *pool, struct store_conn **ret_reader);
void reader_give(struct reader_pool *pool, struct store_conn *reader);

#endif
