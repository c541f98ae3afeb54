/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_RATE_LIST_H
#define TILL_APP_RATE_LIST_H

/* The rates that new invoices would be made with now, in USD. */

#include "base/str.h"
#include "core/asset.h"

struct app;
struct arena;

struct listed_rate {
    const struct asset *base;
    const struct asset *quote;
    struct str rate;
    struct str source;
    int64_t at_ms;
};

enum { RATE_LIST_MAX = 256 };

/* Those that there are: assets in display order, then fiat currencies. `ret_rates` holds
 * RATE_LIST_MAX; answers how many. */
size_t rate_list(const struct app *app, struct arena *arena, struct listed_rate *ret_rates);

#endif
