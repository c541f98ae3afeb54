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

/* Looks at all invoices that may have to end, in bounded batches; how many ended. */
size_t expiry_worker_step(struct expiry_worker *worker);

#endif
