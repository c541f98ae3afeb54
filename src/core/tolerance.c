/* SPDX-License-Identifier: MIT */
#include "core/tolerance.h"

#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/decimal.h"
#include "core/error.h"

/* "0.5" percent are 5,000 parts of a million. */
static struct result parts_from_percent(struct str text, struct tolerance *ret_tolerance) {
    enum { PERCENT_DECIMALS = 4 }; /* 1 % = 10^4 parts */
    struct decimal percent;
    ENSURE(decimal_from_text(str_trim(text), &percent) == DECIMAL_OK, ERR_TOLERANCE_INVALID);
    u128 power;
    u128 parts;
    ENSURE(percent.exponent >= -PERCENT_DECIMALS &&
               decimal_power_of_ten((unsigned)(percent.exponent + PERCENT_DECIMALS), &power) &&
               u128_mul(percent.digits, power, &parts) && parts <= TOLERANCE_PER_MILLION_MAX,
           ERR_TOLERANCE_INVALID);
    *ret_tolerance = (struct tolerance){
        .kind = parts == 0 ? TOLERANCE_NONE : TOLERANCE_PER_MILLION,
        .parts_per_million = (uint32_t)parts,
    };
    return RESULT_OK;
}

static struct result usd_from_text(struct str text, struct tolerance *ret_tolerance) {
    struct amount usd;
    ENSURE(result_is_ok(amount_from_text(fiat_usd(), str_trim(text), &usd)), ERR_TOLERANCE_INVALID);
    *ret_tolerance = (struct tolerance){
        .kind = amount_is_zero(usd) ? TOLERANCE_NONE : TOLERANCE_USD,
        .usd = usd,
    };
    return RESULT_OK;
}

struct result tolerance_from_text(struct str text, struct tolerance *ret_tolerance) {
    struct str trimmed = str_trim(text);
    if (str_is_empty(trimmed) || str_eq(trimmed, STR("0"))) {
        *ret_tolerance = (struct tolerance){0};
        return RESULT_OK;
    }
    if (str_ends_with(trimmed, STR("%"))) {
        return parts_from_percent(str_slice(trimmed, 0, trimmed.len - 1), ret_tolerance);
    }
    ENSURE(str_ends_with(trimmed, STR("USD")), ERR_TOLERANCE_INVALID);
    return usd_from_text(str_slice(trimmed, 0, trimmed.len - 3), ret_tolerance);
}

static struct str percent_to_text(struct arena *arena, uint32_t parts) {
    struct buf buf = buf_in(arena);
    buf_put_u64(&buf, parts / 10000);
    uint32_t rest = parts % 10000;
    for (uint32_t place = 1000; rest != 0; place /= 10) {
        if (place == 1000) {
            buf_put_char(&buf, '.');
        }
        buf_put_u64(&buf, rest / place);
        rest %= place;
    }
    buf_put_char(&buf, '%');
    return buf_str(&buf);
}

struct str tolerance_to_text(struct arena *arena, struct tolerance tolerance) {
    switch (tolerance.kind) {
    case TOLERANCE_NONE:
        return STR("0");
    case TOLERANCE_USD: {
        struct buf buf = buf_in(arena);
        buf_put_str(&buf, amount_to_text(arena, tolerance.usd));
        buf_puts(&buf, "USD");
        return buf_str(&buf);
    }
    case TOLERANCE_PER_MILLION:
        return percent_to_text(arena, tolerance.parts_per_million);
    }
    BUG_IF(true);
}

/* The USD sum at the invoice's own quote. Without a worth of `due` there is nothing to compare
 * with, so nothing is allowed; a sum that covers all of it allows all of it. */
static struct amount usd_allowance(struct amount usd, struct amount due, struct amount due_usd) {
    if (amount_is_zero(due_usd)) {
        return amount_zero(due.asset);
    }
    struct amount allowance;
    if (!result_is_ok(amount_scale(due, usd, due_usd, due.asset, ROUND_DOWN, &allowance))) {
        return due;
    }
    return allowance;
}

struct amount tolerance_allowance(struct tolerance tolerance, struct amount due,
                                  struct amount due_usd) {
    switch (tolerance.kind) {
    case TOLERANCE_NONE:
        return amount_zero(due.asset);
    case TOLERANCE_USD:
        return usd_allowance(tolerance.usd, due, due_usd);
    case TOLERANCE_PER_MILLION: {
        BUG_IF(tolerance.parts_per_million > TOLERANCE_PER_MILLION_MAX);
        struct amount allowance;
        struct result scaled =
            amount_per_million(due, tolerance.parts_per_million, ROUND_DOWN, &allowance);
        BUG_IF(!result_is_ok(scaled)); /* at most all of `due` */
        return allowance;
    }
    }
    BUG_IF(true);
}
