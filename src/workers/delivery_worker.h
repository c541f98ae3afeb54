/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_DELIVERY_WORKER_H
#define TILL_WORKERS_DELIVERY_WORKER_H

/* Brings postbacks to merchants. The outbox in the store is the truth; lanes decide what leaves
 * next; each attempt is worded and signed anew, sent, and recorded through the committer before its
 * lane goes on. One thread with an event loop of its own, which also drives the HTTP client. */

#include "base/result.h"

struct app;
struct arena;
struct delivery_row;
struct delivery_worker;
struct event_base;
struct http_client;
struct postback_body;
struct store_conn;

struct delivery_worker_options {
    const struct app *app;
    struct event_base *base; /* borrowed; the client's too */
    struct http_client *client;
    struct store_conn *reader; /* the worker's own */
    const struct postback_body *body;
};

struct delivery_worker *delivery_worker_new(const struct delivery_worker_options *options);
void delivery_worker_free(struct delivery_worker *worker);

/* Runs the event loop on a thread until stopped. What is under way at the stop is sent again at the
 * next start. */
void delivery_worker_start(struct delivery_worker *worker);
void delivery_worker_stop(struct delivery_worker *worker);

/* A row was committed. From any thread. */
void delivery_worker_notice(struct delivery_worker *worker, const struct delivery_row *delivery);

#endif
