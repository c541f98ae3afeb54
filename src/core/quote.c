/* SPDX-License-Identifier: MIT */
#include "core/quote.h"

#include "core/asset.h"
#include "core/error.h"
#include "core/rate.h"

/* A price above this many whole units is a mistake in any currency, and below it every due sum has
 * at most 15 significant digits in front of its last display decimal. */
static const struct str price_whole_max = {.ptr = "1000000000000", .len = 13};

static struct amount amount_known(const struct asset *asset, struct str text) {
    struct amount amount;
    struct result known = amount_from_text(asset, text, &amount);
    BUG_IF(!result_is_ok(known));
    return amount;
}

static struct result price_check(struct amount price) {
    BUG_IF(price.asset->kind != ASSET_FIAT);
    ENSURE(!amount_is_zero(price), ERR_AMOUNT_INVALID);
    ENSURE(!amount_less(amount_known(price.asset, price_whole_max), price), ERR_AMOUNT_OVERFLOW);
    return RESULT_OK;
}

struct result quote_due(struct amount price, const struct asset *asset, const struct rate *rate,
                        struct amount *ret_due) {
    TRY(price_check(price));
    ENSURE(rate != NULL, ERR_RATE_MISSING);
    BUG_IF(rate->asset != asset || rate->fiat != price.asset || rate->lot_units == 0 ||
           rate->worth_units == 0);
    struct amount due;
    /* Rounding up to base units and then to display decimals is rounding up once: every display
     * step is a whole number of base units. */
    TRY(amount_scale(price, amount_from_units(asset, rate->lot_units),
                     amount_from_units(price.asset, rate->worth_units), asset, ROUND_UP, &due));
    TRY(amount_to_display_precision(due, ROUND_UP, &due));
    ENSURE(!amount_less(due, amount_known(asset, str_from_c(asset->smallest))),
           ERR_AMOUNT_TOO_SMALL);
    *ret_due = due;
    return RESULT_OK;
}

struct result quote_usd(struct amount price, const struct rate *rate, struct amount *ret_usd) {
    TRY(price_check(price));
    const struct asset *usd = fiat_usd();
    if (price.asset == usd) {
        *ret_usd = price;
        return RESULT_OK;
    }
    ENSURE(rate != NULL, ERR_RATE_MISSING);
    BUG_IF(rate->asset != price.asset || rate->fiat != usd || rate->lot_units == 0);
    return amount_scale(price, amount_from_units(usd, rate->worth_units),
                        amount_from_units(price.asset, rate->lot_units), usd, ROUND_HALF_UP,
                        ret_usd);
}

struct result quote_worth(struct amount amount, const struct rate *rate, struct amount *ret_worth) {
    BUG_IF(rate->asset != amount.asset || rate->lot_units == 0);
    return amount_scale(amount, amount_from_units(rate->fiat, rate->worth_units),
                        amount_from_units(amount.asset, rate->lot_units), rate->fiat, ROUND_HALF_UP,
                        ret_worth);
}
