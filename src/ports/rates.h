/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_RATES_H
#define TILL_PORTS_RATES_H

/* Where rates come from. ERR_RATE_MISSING if there is none that can be trusted: never a default. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct asset;

struct rate_answer {
    struct str rate;   /* exact decimal: how many `quote` for one whole `base` */
    struct str source; /* with its inputs: "median of kraken=80.1 coinbase=80.2" */
    int64_t at_ms;
    struct str problem; /* why it could not be renewed; empty: nothing is wrong with it */
};

/* How a public source of rates is doing. */
struct rate_source_state {
    struct str name;
    int64_t heard_at_ms; /* its last good answer; 0: none yet */
    struct str problem;  /* of its last answer; empty: none */
};

struct rates {
    const struct rates_ops *ops;
};

struct rates_ops {
    /* `base` is a coin, a token or a fiat currency, `quote` a fiat currency. Thread-safe, never
     * blocks. The detail of a failure says what is the matter; none: nobody was to price it. */
    struct result (*find)(struct rates *rates, struct arena *arena, const struct asset *base,
                          const struct asset *quote, struct rate_answer *ret_answer);
    /* The public lists that are asked; answers how many. NULL: there are none. */
    size_t (*sources)(struct rates *rates, struct arena *arena,
                      const struct rate_source_state **ret_states);
};

#endif
