/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_QUOTE_H
#define TILL_CORE_QUOTE_H

/* What a price comes to in an asset, and what is paid is worth, at a rate that the invoice keeps
 * for ever. A missing rate is a refusal, never a default, for stablecoins too. */

#include "core/amount.h"

struct rate;

/* price / rate, rounded up once, to the asset's display decimals and to 15 significant digits, so
 * that clients which read JSON numbers into doubles get the very sum. `rate` prices the asset in
 * the price's currency; NULL is ERR_RATE_MISSING. ERR_AMOUNT_INVALID for a price of zero,
 * ERR_AMOUNT_TOO_SMALL below the asset's smallest sum, ERR_AMOUNT_OVERFLOW above a million million
 * whole units of any currency. */
struct result quote_due(struct amount price, const struct asset *asset, const struct rate *rate,
                        struct amount *ret_due);

/* The price in USD, rounded half up to cents. `rate` prices the price's currency in USD; it may be
 * NULL for a price in USD only. */
struct result quote_usd(struct amount price, const struct rate *rate, struct amount *ret_usd);

/* What an amount is worth at a rate, in the rate's currency, rounded half up; it may be nothing.
 * ERR_AMOUNT_OVERFLOW. */
struct result quote_worth(struct amount amount, const struct rate *rate, struct amount *ret_worth);

#endif
