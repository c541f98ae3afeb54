/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_AMOUNT_H
#define TILL_CORE_AMOUNT_H

/* Money: an unsigned 128-bit count of an asset's base units. Text conversion is exact, arithmetic
 * is checked, and only amount.c looks inside. Mixing two assets is a bug and stops the process. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct asset;

struct amount {
    const struct asset *asset;
    unsigned __int128 units;
};

enum { AMOUNT_BLOB_BYTES = 16, AMOUNT_DIGITS_MAX = 15 };

enum rounding { ROUND_UP, ROUND_DOWN, ROUND_HALF_UP };

struct amount amount_zero(const struct asset *asset);
/* Base units as an RPC or a contract log gives them. */
struct amount amount_from_u64(const struct asset *asset, uint64_t units);
struct amount amount_from_units(const struct asset *asset, unsigned __int128 units);

/* JSON number grammar (RFC 8259 section 6) without a minus sign: "100.5", "1e-8". Refuses with
 * ERR_AMOUNT_INVALID what is not, and digits below the base unit; ERR_AMOUNT_OVERFLOW past 128
 * bits. */
struct result amount_from_text(const struct asset *asset, struct str text,
                               struct amount *ret_amount);
/* The same, but digits below the base unit are rounded. */
struct result amount_from_text_rounded(const struct asset *asset, struct str text,
                                       enum rounding rounding, struct amount *ret_amount);

/* "0.0005", "100": no exponent, no trailing zeros. */
struct str amount_to_text(struct arena *arena, struct amount amount);
/* The same with at least one decimal ("100.0"), as typed clients want JSON numbers. */
struct str amount_to_json(struct arena *arena, struct amount amount);

/* The count of base units, as digits: "500000000000000". */
struct str amount_to_units(struct arena *arena, struct amount amount);

/* 16 bytes, big-endian: sorts as the numbers do. */
void amount_to_blob(struct amount amount, uint8_t ret_blob[AMOUNT_BLOB_BYTES]);
struct amount amount_from_blob(const struct asset *asset, const uint8_t blob[AMOUNT_BLOB_BYTES]);

bool amount_is_zero(struct amount amount);
int amount_compare(struct amount a, struct amount b);
bool amount_less(struct amount a, struct amount b);
bool amount_eq(struct amount a, struct amount b);

/* ERR_AMOUNT_OVERFLOW past 128 bits. */
struct result amount_add(struct amount a, struct amount b, struct amount *ret_sum);
/* The same, but stays at the largest amount: for sums that only decide and are never paid out. */
struct amount amount_add_to_max(struct amount a, struct amount b);
/* a - b, or zero when b is larger: "what is still due". */
struct amount amount_subtract_to_zero(struct amount a, struct amount b);
/* amount * numerator / denominator in `to`'s units, both given in base units; exact inside (256
 * bit). */
struct result amount_scale(struct amount amount, struct amount numerator, struct amount denominator,
                           const struct asset *to, enum rounding rounding,
                           struct amount *ret_amount);
/* amount * parts / 1,000,000. */
struct result amount_per_million(struct amount amount, uint32_t parts, enum rounding rounding,
                                 struct amount *ret_amount);
/* Rounds to the asset's display decimals and to AMOUNT_DIGITS_MAX significant digits, which a
 * binary double holds exactly enough to give them back. */
struct result amount_to_display_precision(struct amount amount, enum rounding rounding,
                                          struct amount *ret_amount);

#endif
