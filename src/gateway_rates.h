/* SPDX-License-Identifier: MIT */
#ifndef TILL_GATEWAY_RATES_H
#define TILL_GATEWAY_RATES_H

/* The rates of tilld put together: what the configuration fixes, the public sources, and the worker
 * that asks them. */

#include "base/result.h"

struct app;
struct arena;
struct config;
struct live_rates;
struct rate_feeds;
struct rate_worker;
struct rates;
struct store_conn;

struct gateway_rates {
    struct rates *fixed;
    struct rate_feeds *feeds;
    struct live_rates *live;
    struct rate_worker *worker;
    struct store_conn *reader;
};

/* From here on `app` has rates. */
struct result gateway_rates_open(struct gateway_rates *rates, struct arena *arena,
                                 const struct config *config, struct app *app);
/* Once the committer runs. */
struct result gateway_rates_start(struct gateway_rates *rates, const struct app *app);
void gateway_rates_stop(struct gateway_rates *rates);
void gateway_rates_close(struct gateway_rates *rates);

#endif
