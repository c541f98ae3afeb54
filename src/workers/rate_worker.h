/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_RATE_WORKER_H
#define TILL_WORKERS_RATE_WORKER_H

/* Asks the public sources of rates, each at its own pace, waits longer after a failure, and raises
 * an alarm when an operator must look: no rate left, a stablecoin off its peg, a source that stays
 * silent. Requests never wait for it: they ask app/live_rates. */

#include <stdint.h>

struct app;
struct live_rates;
struct rate_feeds;
struct rate_worker;
struct store_conn;

struct rate_worker_options {
    const struct app *app;
    struct live_rates *live;
    struct rate_feeds *feeds;
    struct store_conn *reader; /* the worker's own */
};

/* What was trusted before a restart is there at once. */
struct rate_worker *rate_worker_new(const struct rate_worker_options *options);
void rate_worker_free(struct rate_worker *worker);

/* Asks those that are due, waits until one answers or the next is due, and tells the alarms. */
void rate_worker_step(struct rate_worker *worker);

/* Steps and waits on a thread of its own until stopped, which does not wait for a source. */
void rate_worker_start(struct rate_worker *worker);
void rate_worker_stop(struct rate_worker *worker);

#endif
