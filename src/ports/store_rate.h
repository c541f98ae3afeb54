/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_RATE_H
#define TILL_PORTS_STORE_RATE_H

/* The last trusted prices, kept over a restart: see store.h. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct asset;
struct store_conn;

struct trusted_rate_row {
    const struct asset *base;
    struct str price; /* in USD, decimal text */
    int64_t at_ms;    /* of the oldest input */
    int64_t judged_at_ms;
};

/* Replaces what was kept for this base. */
struct result store_trusted_rate_put(struct store_conn *conn, const struct trusted_rate_row *row);
struct result store_trusted_rate_list(struct store_conn *conn, struct arena *arena,
                                      const struct trusted_rate_row **ret_rows, size_t *ret_count);

#endif
