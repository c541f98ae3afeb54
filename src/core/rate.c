/* SPDX-License-Identifier: MIT */
#include "core/rate.h"

#include "base/arena.h"
#include "core/amount.h"
#include "core/asset.h"
#include "core/decimal.h"
#include "core/error.h"

enum { RATE_DECIMALS_MAX = 18 };

static u128 common_divisor(u128 a, u128 b) {
    while (b != 0) {
        u128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Small numbers leave room for products: a cross rate multiplies two of each. */
static void rate_reduce(struct rate *rate) {
    u128 divisor = common_divisor(rate->lot_units, rate->worth_units);
    rate->lot_units /= divisor;
    rate->worth_units /= divisor;
}

static bool scale_by_ten(u128 value, int exponent, u128 *ret_value) {
    u128 power;
    return exponent >= 0 && decimal_power_of_ten((unsigned)exponent, &power) &&
           u128_mul(value, power, ret_value);
}

struct result rate_from_text(const struct asset *asset, const struct asset *fiat, struct str text,
                             int64_t at_ms, struct rate *ret_rate) {
    BUG_IF(fiat->kind != ASSET_FIAT);
    struct decimal number;
    ENSURE(decimal_from_text(text, &number) == DECIMAL_OK && number.digits != 0, ERR_RATE_INVALID);
    ENSURE(number.exponent >= -RATE_DECIMALS_MAX, ERR_RATE_INVALID);
    int decimals = number.exponent < 0 ? -number.exponent : 0;
    struct rate rate = {.asset = asset, .fiat = fiat, .at_ms = at_ms};
    ENSURE(scale_by_ten(1, asset->decimals + decimals, &rate.lot_units) &&
               scale_by_ten(number.digits, number.exponent + decimals + fiat->decimals,
                            &rate.worth_units),
           ERR_RATE_INVALID);
    rate_reduce(&rate);
    *ret_rate = rate;
    return RESULT_OK;
}

/* What one whole unit is worth, in a fiat currency of as many decimals as 128 bits hold. */
static struct amount whole_worth(const struct rate *rate, struct asset *ret_currency) {
    u128 whole;
    BUG_IF(!decimal_power_of_ten(rate->asset->decimals, &whole));
    struct amount one = amount_from_units(rate->asset, whole);
    struct amount lot = amount_from_units(rate->asset, rate->lot_units);
    *ret_currency = *rate->fiat;
    for (int decimals = RATE_DECIMALS_MAX; decimals >= 0; decimals--) {
        ret_currency->decimals = (uint8_t)decimals;
        ret_currency->display_decimals = (uint8_t)decimals;
        u128 units;
        struct amount worth;
        if (!scale_by_ten(rate->worth_units, decimals - rate->fiat->decimals, &units)) {
            continue;
        }
        worth = amount_from_units(ret_currency, units);
        if (result_is_ok(amount_scale(one, worth, lot, ret_currency, ROUND_HALF_UP, &worth)) &&
            result_is_ok(amount_to_display_precision(worth, ROUND_HALF_UP, &worth))) {
            return worth;
        }
    }
    BUG_IF(true); /* the caller's text had at most 128 bits */
}

struct str rate_to_text(struct arena *arena, const struct rate *rate) {
    struct asset currency;
    return amount_to_text(arena, whole_worth(rate, &currency));
}

struct result rate_cross(const struct rate *coin_usd, const struct rate *fiat_usd,
                         struct rate *ret_coin_fiat) {
    BUG_IF(coin_usd->fiat != fiat_usd->fiat);
    struct rate rate = {
        .asset = coin_usd->asset,
        .fiat = fiat_usd->asset,
        .at_ms = coin_usd->at_ms < fiat_usd->at_ms ? coin_usd->at_ms : fiat_usd->at_ms,
    };
    ENSURE(u128_mul(coin_usd->lot_units, fiat_usd->worth_units, &rate.lot_units) &&
               u128_mul(coin_usd->worth_units, fiat_usd->lot_units, &rate.worth_units),
           ERR_AMOUNT_OVERFLOW);
    rate_reduce(&rate);
    *ret_coin_fiat = rate;
    return RESULT_OK;
}
