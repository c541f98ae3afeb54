/* SPDX-License-Identifier: MIT */
#include "core/decimal.h"

/* Digits read so far. Zeros wait in `zeros` until a digit follows them, so trailing ones, however
 * many, end up in the exponent. */
struct mantissa {
    u128 digits;
    int zeros;
    int decimals;
    bool too_big;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool decimal_power_of_ten(unsigned exponent, u128 *ret_power) {
    u128 power = 1;
    for (unsigned i = 0; i < exponent; i++) {
        if (!u128_mul(power, 10, &power)) {
            return false;
        }
    }
    *ret_power = power;
    return true;
}

static void mantissa_add(struct mantissa *mantissa, char c) {
    if (c == '0') {
        mantissa->zeros += mantissa->digits != 0;
        return;
    }
    u128 power;
    u128 shifted;
    u128 digit = (u128)(c - '0');
    if (mantissa->too_big || !decimal_power_of_ten((unsigned)mantissa->zeros + 1, &power) ||
        !u128_mul(mantissa->digits, power, &shifted) ||
        !u128_add(shifted, digit, &mantissa->digits)) {
        mantissa->too_big = true;
        return;
    }
    mantissa->zeros = 0;
}

/* "0", or digits that do not begin with one: "05" and "" are no numbers in JSON. */
static bool read_integer(struct str text, size_t *at, struct mantissa *mantissa) {
    size_t start = *at;
    while (*at < text.len && is_digit(text.ptr[*at])) {
        mantissa_add(mantissa, text.ptr[(*at)++]);
    }
    size_t len = *at - start;
    return len > 0 && (len == 1 || text.ptr[start] != '0');
}

static bool read_fraction(struct str text, size_t *at, struct mantissa *mantissa) {
    if (*at == text.len || text.ptr[*at] != '.') {
        return true;
    }
    size_t start = ++*at;
    while (*at < text.len && is_digit(text.ptr[*at])) {
        mantissa->decimals++;
        mantissa_add(mantissa, text.ptr[(*at)++]);
    }
    return *at > start;
}

/* Stays at an absurd value instead of overflowing. */
static bool read_exponent(struct str text, size_t *at, int *ret_exponent) {
    *ret_exponent = 0;
    if (*at == text.len || (text.ptr[*at] != 'e' && text.ptr[*at] != 'E')) {
        return true;
    }
    (*at)++;
    bool negative = *at < text.len && text.ptr[*at] == '-';
    if (negative || (*at < text.len && text.ptr[*at] == '+')) {
        (*at)++;
    }
    size_t start = *at;
    int exponent = 0;
    for (; *at < text.len && is_digit(text.ptr[*at]); (*at)++) {
        exponent = exponent * 10 + (text.ptr[*at] - '0');
        if (exponent > 1000000) {
            exponent = 1000000;
        }
    }
    *ret_exponent = negative ? -exponent : exponent;
    return *at > start;
}

enum decimal_verdict decimal_from_text(struct str text, struct decimal *ret_decimal) {
    if (text.len > DECIMAL_TEXT_BYTES_MAX) {
        return DECIMAL_TOO_BIG;
    }
    struct mantissa mantissa = {0};
    size_t at = 0;
    int exponent;
    if (!read_integer(text, &at, &mantissa) || !read_fraction(text, &at, &mantissa) ||
        !read_exponent(text, &at, &exponent) || at != text.len) {
        return DECIMAL_INVALID;
    }
    if (mantissa.too_big) {
        return DECIMAL_TOO_BIG;
    }
    if (mantissa.digits == 0) {
        *ret_decimal = (struct decimal){0};
        return DECIMAL_OK;
    }
    exponent += mantissa.zeros - mantissa.decimals;
    if (exponent > DECIMAL_EXPONENT_MAX || exponent < -DECIMAL_EXPONENT_MAX) {
        return DECIMAL_TOO_BIG;
    }
    *ret_decimal = (struct decimal){.digits = mantissa.digits, .exponent = exponent};
    return DECIMAL_OK;
}
