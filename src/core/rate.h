/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_RATE_H
#define TILL_CORE_RATE_H

/* What a coin, a token or a foreign currency is worth in a fiat currency, exactly, as a fraction.
 * Never zero, never guessed: who has no rate has ERR_RATE_MISSING. Where rates come from and how
 * old they may be is the caller's business. */

#include "base/checked.h"
#include "base/result.h"
#include "base/str.h"

struct arena;
struct asset;

/* lot_units base units of `asset` are worth worth_units base units of `fiat`. */
struct rate {
    const struct asset *asset;
    const struct asset *fiat;
    u128 lot_units;
    u128 worth_units;
    int64_t at_ms; /* when the source said so */
};

/* `text` is how many whole units of `fiat` one whole unit of `asset` is worth: JSON number grammar,
 * positive, at most 18 decimals. ERR_RATE_INVALID otherwise. */
struct result rate_from_text(const struct asset *asset, const struct asset *fiat, struct str text,
                             int64_t at_ms, struct rate *ret_rate);
/* Rounded half up to 15 significant digits (18 decimals at most); what rate_from_text read comes
 * back as it was if it was no longer. */
struct str rate_to_text(struct arena *arena, const struct rate *rate);

/* Coin in EUR out of coin in USD and EUR in USD, exactly; as old as the older of the two.
 * ERR_AMOUNT_OVERFLOW if the fraction does not fit 128 bits. */
struct result rate_cross(const struct rate *coin_usd, const struct rate *fiat_usd,
                         struct rate *ret_coin_fiat);

#endif
