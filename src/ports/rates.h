/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_RATES_H
#define TILL_PORTS_RATES_H

/* Where rates come from. ERR_RATE_MISSING if there is none that can be trusted: never a default. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct asset;

struct rate_answer {
    struct str rate; /* exact decimal: how many `quote` for one whole `base` */
    struct str source;
    int64_t at_ms;
};

struct rates {
    const struct rates_ops *ops;
};

struct rates_ops {
    /* `base` is a coin, a token or a fiat currency, `quote` a fiat currency. Thread-safe, never
     * blocks. */
    struct result (*find)(struct rates *rates, struct arena *arena, const struct asset *base,
                          const struct asset *quote, struct rate_answer *ret_answer);
};

#endif
