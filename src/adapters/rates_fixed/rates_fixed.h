/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_RATES_FIXED_H
#define TILL_ADAPTERS_RATES_FIXED_H

/* Rates that the operator wrote into the configuration. They are as fresh as the question. */

#include "ports/rates.h"

struct clock;

struct fixed_rate {
    const char *base;  /* asset or fiat code */
    const char *quote; /* fiat code */
    const char *rate;  /* exact decimal */
};

/* ERR_RATE_INVALID naming the first pair or number that cannot be used. Texts are copied. Owned by
 * the caller. */
struct result rates_fixed_new(struct arena *arena, const struct clock *clock,
                              const struct fixed_rate *list, size_t count,
                              struct rates **ret_rates);
void rates_fixed_free(struct rates *rates);

#endif
