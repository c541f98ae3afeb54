/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_DECIMAL_H
#define TILL_CORE_DECIMAL_H

/* A decimal number as text says it, exactly: digits * 10^exponent. The grammar is JSON's (RFC 8259
 * section 6) without a minus sign; no locale, no binary fractions. Amounts and rates are read
 * through it. */

#include "base/checked.h"
#include "base/str.h"

enum decimal_verdict {
    DECIMAL_OK,
    DECIMAL_INVALID, /* not a number of the grammar */
    DECIMAL_TOO_BIG, /* more significant digits than 128 bits hold, or an absurd exponent */
};

enum { DECIMAL_TEXT_BYTES_MAX = 256, DECIMAL_EXPONENT_MAX = 400 };

/* Without trailing zeros, so equal numbers are equal structs; zero is 0 * 10^0. */
struct decimal {
    u128 digits;
    int exponent;
};

enum decimal_verdict decimal_from_text(struct str text, struct decimal *ret_decimal);

/* 10^exponent; false past 128 bits. */
bool decimal_power_of_ten(unsigned exponent, u128 *ret_power);

#endif
