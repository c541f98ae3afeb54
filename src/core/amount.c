/* SPDX-License-Identifier: MIT */
#include "core/amount.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "core/asset.h"
#include "core/decimal.h"
#include "core/error.h"

static_assert(sizeof(u128) == AMOUNT_BLOB_BYTES, "an amount's blob holds all of its units");

enum { UNIT_DIGITS_MAX = 39, DECIMALS_MAX = 38 }; /* of 2^128 - 1; the largest power of ten in it */

static const u128 units_max = ~(u128)0;

static u128 power_of_ten(unsigned exponent) {
    u128 power;
    BUG_IF(!decimal_power_of_ten(exponent, &power));
    return power;
}

/* Does the remainder of a division by `divisor` raise the quotient by one? */
static bool rounds_up(u128 remainder, u128 divisor, enum rounding rounding) {
    switch (rounding) {
    case ROUND_UP:
        return remainder > 0;
    case ROUND_DOWN:
        return false;
    case ROUND_HALF_UP:
        return remainder >= divisor - remainder && remainder > 0;
    }
    BUG_IF(true);
}

static u128 divide_rounded(u128 units, u128 divisor, enum rounding rounding) {
    /* No overflow: the quotient is at most half of the maximum unless nothing remains. */
    return units / divisor + rounds_up(units % divisor, divisor, rounding);
}

struct u256 {
    u128 high;
    u128 low;
};

static struct u256 multiply_wide(u128 a, u128 b) {
    u128 a_low = (uint64_t)a;
    u128 a_high = a >> 64;
    u128 b_low = (uint64_t)b;
    u128 b_high = b >> 64;
    u128 low = a_low * b_low;
    u128 cross = a_high * b_low + (low >> 64); /* at most (2^64-1)^2 + 2^64-1 < 2^128 */
    u128 cross_low = (u128)(uint64_t)cross + a_low * b_high;
    return (struct u256){
        .high = a_high * b_high + (cross >> 64) + (cross_low >> 64),
        .low = cross_low << 64 | (uint64_t)low,
    };
}

/* Schoolbook long division, bit by bit. False if the quotient needs more than 128 bits. */
static bool divide_wide(struct u256 dividend, u128 divisor, enum rounding rounding,
                        u128 *ret_quotient) {
    if (dividend.high >= divisor) {
        return false;
    }
    u128 remainder = dividend.high;
    u128 quotient = 0;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = remainder >> 127;
        remainder = remainder << 1 | (dividend.low >> bit & 1);
        quotient <<= 1;
        if (carry || remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    return u128_add(quotient, rounds_up(remainder, divisor, rounding), ret_quotient);
}

static struct result multiply_divide(u128 units, u128 numerator, u128 denominator,
                                     enum rounding rounding, u128 *ret_units) {
    BUG_IF(denominator == 0);
    struct u256 product = multiply_wide(units, numerator);
    if (product.high == 0) {
        *ret_units = divide_rounded(product.low, denominator, rounding);
        return RESULT_OK;
    }
    ENSURE(divide_wide(product, denominator, rounding, ret_units), ERR_AMOUNT_OVERFLOW);
    return RESULT_OK;
}

struct amount amount_zero(const struct asset *asset) {
    return amount_from_units(asset, 0);
}

struct amount amount_from_u64(const struct asset *asset, uint64_t units) {
    return amount_from_units(asset, units);
}

struct amount amount_from_units(const struct asset *asset, unsigned __int128 units) {
    BUG_IF(asset == NULL || asset->decimals > DECIMALS_MAX);
    return (struct amount){.asset = asset, .units = units};
}

static struct result decimal_of(struct str text, struct decimal *ret_decimal) {
    switch (decimal_from_text(text, ret_decimal)) {
    case DECIMAL_OK:
        return RESULT_OK;
    case DECIMAL_INVALID:
        return result_fail(&ERR_AMOUNT_INVALID);
    case DECIMAL_TOO_BIG:
        return result_fail(&ERR_AMOUNT_OVERFLOW);
    }
    BUG_IF(true);
}

static struct result units_shifted_up(u128 digits, unsigned shift, u128 *ret_units) {
    u128 power;
    ENSURE(decimal_power_of_ten(shift, &power) && u128_mul(digits, power, ret_units),
           ERR_AMOUNT_OVERFLOW);
    return RESULT_OK;
}

struct result amount_from_text(const struct asset *asset, struct str text,
                               struct amount *ret_amount) {
    struct decimal decimal;
    TRY(decimal_of(text, &decimal));
    int shift = decimal.exponent + asset->decimals;
    ENSURE(shift >= 0, ERR_AMOUNT_INVALID);
    u128 units = 0;
    if (decimal.digits != 0) {
        TRY(units_shifted_up(decimal.digits, (unsigned)shift, &units));
    }
    *ret_amount = amount_from_units(asset, units);
    return RESULT_OK;
}

struct result amount_from_text_rounded(const struct asset *asset, struct str text,
                                       enum rounding rounding, struct amount *ret_amount) {
    struct decimal decimal;
    TRY(decimal_of(text, &decimal));
    int shift = decimal.exponent + asset->decimals;
    if (shift >= 0) {
        return amount_from_text(asset, text, ret_amount);
    }
    /* Past the largest power of ten, 128 bits of digits are less than half a unit. */
    u128 units = -shift <= DECIMALS_MAX
                     ? divide_rounded(decimal.digits, power_of_ten((unsigned)-shift), rounding)
                     : rounds_up(1, units_max, rounding);
    *ret_amount = amount_from_units(asset, units);
    return RESULT_OK;
}

/* Written from the end of `digits`, at least `digits_min` of them; where they begin. */
static size_t put_digits(u128 units, size_t digits_min, char *digits, size_t size) {
    size_t first = size;
    while (units != 0 || size - first < digits_min) {
        digits[--first] = (char)('0' + (int)(units % 10));
        units /= 10;
    }
    return first;
}

static struct str text_with_decimals(struct arena *arena, struct amount amount,
                                     size_t decimals_min) {
    char digits[UNIT_DIGITS_MAX + DECIMALS_MAX];
    size_t decimals = amount.asset->decimals;
    size_t first = put_digits(amount.units, decimals + 1, digits, sizeof(digits));
    size_t end = sizeof(digits);
    while (decimals > decimals_min && digits[end - 1] == '0') {
        end--;
        decimals--;
    }
    size_t whole = end - first - decimals;
    char *text = arena_alloc(arena, sizeof(digits) + 4);
    size_t len = 0;
    memcpy(text, digits + first, whole);
    len += whole;
    if (decimals > 0 || decimals_min > 0) {
        text[len++] = '.';
    }
    memcpy(text + len, digits + first + whole, decimals);
    len += decimals;
    if (decimals < decimals_min) { /* a currency without decimals: JPY */
        text[len++] = '0';
    }
    return (struct str){.ptr = text, .len = len};
}

struct str amount_to_text(struct arena *arena, struct amount amount) {
    return text_with_decimals(arena, amount, 0);
}

struct str amount_to_json(struct arena *arena, struct amount amount) {
    return text_with_decimals(arena, amount, 1);
}

struct str amount_to_units(struct arena *arena, struct amount amount) {
    char digits[UNIT_DIGITS_MAX];
    size_t first = put_digits(amount.units, 1, digits, sizeof(digits));
    struct str text = {.ptr = digits + first, .len = sizeof(digits) - first};
    return str_copy(arena, text);
}

void amount_to_blob(struct amount amount, uint8_t ret_blob[AMOUNT_BLOB_BYTES]) {
    u64_store_be(ret_blob, (uint64_t)(amount.units >> 64));
    u64_store_be(ret_blob + 8, (uint64_t)amount.units);
}

struct amount amount_from_blob(const struct asset *asset, const uint8_t blob[AMOUNT_BLOB_BYTES]) {
    return amount_from_units(asset, (u128)u64_load_be(blob) << 64 | u64_load_be(blob + 8));
}

bool amount_is_zero(struct amount amount) {
    return amount.units == 0;
}

int amount_compare(struct amount a, struct amount b) {
    BUG_IF(a.asset != b.asset);
    return (a.units > b.units) - (a.units < b.units);
}

bool amount_less(struct amount a, struct amount b) {
    return amount_compare(a, b) < 0;
}

bool amount_eq(struct amount a, struct amount b) {
    return amount_compare(a, b) == 0;
}

struct result amount_add(struct amount a, struct amount b, struct amount *ret_sum) {
    BUG_IF(a.asset != b.asset);
    u128 units;
    ENSURE(u128_add(a.units, b.units, &units), ERR_AMOUNT_OVERFLOW);
    *ret_sum = amount_from_units(a.asset, units);
    return RESULT_OK;
}

struct amount amount_add_to_max(struct amount a, struct amount b) {
    struct amount sum;
    return result_is_ok(amount_add(a, b, &sum)) ? sum : amount_from_units(a.asset, units_max);
}

struct amount amount_subtract_to_zero(struct amount a, struct amount b) {
    BUG_IF(a.asset != b.asset);
    return amount_from_units(a.asset, a.units > b.units ? a.units - b.units : 0);
}

struct result amount_scale(struct amount amount, struct amount numerator, struct amount denominator,
                           const struct asset *to, enum rounding rounding,
                           struct amount *ret_amount) {
    /* The denominator takes one of the two assets away and `to` is the other. */
    BUG_IF(!(amount.asset == denominator.asset && numerator.asset == to) &&
           !(numerator.asset == denominator.asset && amount.asset == to));
    u128 units;
    TRY(multiply_divide(amount.units, numerator.units, denominator.units, rounding, &units));
    *ret_amount = amount_from_units(to, units);
    return RESULT_OK;
}

struct result amount_per_million(struct amount amount, uint32_t parts, enum rounding rounding,
                                 struct amount *ret_amount) {
    u128 units;
    TRY(multiply_divide(amount.units, parts, 1000000, rounding, &units));
    *ret_amount = amount_from_units(amount.asset, units);
    return RESULT_OK;
}

struct result amount_to_display_precision(struct amount amount, enum rounding rounding,
                                          struct amount *ret_amount) {
    const struct asset *asset = amount.asset;
    BUG_IF(asset->display_decimals > asset->decimals);
    u128 digits_limit = power_of_ten(AMOUNT_DIGITS_MAX);
    u128 step = power_of_ten(asset->decimals - asset->display_decimals);
    u128 steps = divide_rounded(amount.units, step, rounding);
    /* 1000...0 has one significant digit, so the limit itself is fine. */
    while (steps > digits_limit) {
        step *= 10;
        steps = divide_rounded(amount.units, step, rounding);
    }
    u128 units;
    ENSURE(u128_mul(steps, step, &units), ERR_AMOUNT_OVERFLOW);
    *ret_amount = amount_from_units(asset, units);
    return RESULT_OK;
}
