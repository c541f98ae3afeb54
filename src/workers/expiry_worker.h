/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_EXPIRY_WORKER_H
#define TILL_WORKERS_EXPIRY_WORKER_H

/* Ends invoices whose time is over. Our clock only says whom to look at; whether the end is proven
 * is decided in app/invoice_expire. */

#include <stddef.h>

struct app;
struct expiry_worker;
struct store_conn;

/* `reader` is the worker's own. */
struct expiry_worker *expiry_worker_new(const struct app *app, struct store_conn *reader);
void expiry_worker_free(struct expiry_worker *worker);

/* A step looks at no more batches of EXPIRE_BATCH_MAX than this; for tests. */
void expiry_worker_limit(struct expiry_worker *worker, int batches_max);

/* Looks at the invoices that may have to end, in bounded batches, and goes on with the others in
 * the next step; how many ended. */
size_t expiry_worker_step(struct expiry_worker *worker);

#endif
