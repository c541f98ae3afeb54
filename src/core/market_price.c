/* SPDX-License-Identifier: MIT */
#include "core/market_price.h"

#include "base/buf.h"
#include "core/decimal.h"

enum { PRICE_DECIMALS = 18 };

/* Chosen so that every product below stays inside 128 bits, or is checked. */
static const u128 one = (u128)1000000000000000000u;
static const u128 least = (u128)1000000000u;
static const u128 most = (u128)1000000000000000000u * 1000000000u;
static const u128 ten_digits = (u128)10000000000u;

static bool is_in_range(u128 e18) {
    return e18 >= least && e18 <= most;
}

bool market_price_from_text(struct str text, struct market_price *ret_price) {
    struct decimal number;
    if (decimal_from_text(text, &number) != DECIMAL_OK || number.digits == 0) {
        return false;
    }
    int shift = number.exponent + PRICE_DECIMALS;
    u128 power;
    u128 e18;
    if (!decimal_power_of_ten((unsigned)(shift < 0 ? -shift : shift), &power)) {
        return false;
    }
    if (shift < 0) {
        e18 = number.digits / power;
    } else if (!u128_mul(number.digits, power, &e18)) {
        return false;
    }
    if (!is_in_range(e18)) {
        return false;
    }
    *ret_price = (struct market_price){e18};
    return true;
}

static u128 rounded(u128 e18) {
    u128 step = 1;
    for (u128 rest = e18; rest >= ten_digits; rest /= 10) {
        step *= 10;
    }
    return (e18 + step / 2) / step * step;
}

struct str market_price_to_text(struct arena *arena, struct market_price price) {
    u128 e18 = rounded(price.e18);
    struct buf text = buf_in(arena);
    buf_put_u64(&text, (uint64_t)(e18 / one));
    u128 rest = e18 % one;
    if (rest != 0) {
        buf_put_char(&text, '.');
    }
    for (u128 place = one / 10; rest != 0; place /= 10) {
        buf_put_char(&text, (char)('0' + (int)(rest / place)));
        rest %= place;
    }
    return buf_str(&text);
}

bool market_price_is_none(struct market_price price) {
    return price.e18 == 0;
}

bool market_price_inverse(struct market_price price, struct market_price *ret_inverse) {
    if (price.e18 == 0) {
        return false;
    }
    u128 e18 = (one * one + price.e18 / 2) / price.e18;
    if (!is_in_range(e18)) {
        return false;
    }
    *ret_inverse = (struct market_price){e18};
    return true;
}

bool market_price_times(struct market_price a, struct market_price b,
                        struct market_price *ret_product) {
    /* a * b / one, without a product of 180 bits. */
    u128 of_whole;
    u128 of_rest;
    u128 e18;
    if (!u128_mul(a.e18 / one, b.e18, &of_whole) || !u128_mul(a.e18 % one, b.e18, &of_rest) ||
        !u128_add(of_whole, of_rest / one, &e18) || !is_in_range(e18)) {
        return false;
    }
    *ret_product = (struct market_price){e18};
    return true;
}

struct market_price market_price_middle(struct market_price a, struct market_price b) {
    return (struct market_price){(a.e18 + b.e18) / 2};
}

bool market_price_near(struct market_price a, struct market_price b, uint32_t ppm) {
    u128 small = a.e18 < b.e18 ? a.e18 : b.e18;
    u128 large = a.e18 < b.e18 ? b.e18 : a.e18;
    return (large - small) * MARKET_PPM <= small * ppm;
}
