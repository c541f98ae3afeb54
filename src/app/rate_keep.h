/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_RATE_KEEP_H
#define TILL_APP_RATE_KEEP_H

/* Keeps the last trusted prices in the store, and brings them back at the next start: what is young
 * enough is still a price, and the next one is measured against it. */

#include "app/job.h"
#include "core/rate_board.h"

struct arena;
struct live_rates;
struct store_conn;

struct rate_keep {
    const struct rate_trusted *rates;
    size_t count;
};

extern const struct use_case rate_keep_use_case;

/* A price of an asset that this program does not know any more is passed over. */
struct result rate_keep_restore(struct live_rates *live, struct store_conn *reader,
                                struct arena *arena);

#endif
