/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_RATE_LIST_H
#define TILL_APP_RATE_LIST_H

/* The rates that new invoices would be made with now, in USD, and how the public sources are doing.
 */

#include "base/str.h"
#include "core/asset.h"

struct app;
struct arena;

struct listed_rate {
    const struct asset *base;
    const struct asset *quote;
    struct str rate; /* empty: there is none; `problem` says why */
    struct str source;
    int64_t at_ms;
    struct str problem; /* empty: none */
};

enum { RATE_LIST_MAX = 256 };

/* A public price list, and how it is doing. */
struct listed_source {
    struct str name;
    int64_t heard_at_ms; /* its last good answer; 0: none yet */
    struct str problem;  /* of its last answer; empty: none */
};

struct rate_listing {
    struct listed_rate *rates; /* assets in display order, then fiat currencies */
    size_t rate_count;
    size_t missing_count; /* how many of them are without a rate */
    struct listed_source *sources;
    size_t source_count;
};

/* What nobody was to price is left out. */
struct rate_listing rate_list(const struct app *app, struct arena *arena);

#endif
