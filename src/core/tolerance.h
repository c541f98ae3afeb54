/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_TOLERANCE_H
#define TILL_CORE_TOLERANCE_H

/* How far a payment may miss the sum that is due: nothing, a sum in USD, or parts of a million of
 * the due sum. Only integers are compared, and the allowance is rounded down to base units once:
 * with an allowance of `a`, due - a and due + a themselves are still within it. */

#include "core/amount.h"

enum tolerance_kind { TOLERANCE_NONE, TOLERANCE_USD, TOLERANCE_PER_MILLION };

enum { TOLERANCE_PER_MILLION_MAX = 1000000 }; /* 100 % */

struct tolerance {
    enum tolerance_kind kind;
    struct amount usd;          /* TOLERANCE_USD */
    uint32_t parts_per_million; /* TOLERANCE_PER_MILLION */
};

/* "0", "0.5%", "1.25USD" or "1.25 USD"; at most four decimals in a percentage.
 * ERR_TOLERANCE_INVALID on anything else and above 100 %. */
struct result tolerance_from_text(struct str text, struct tolerance *ret_tolerance);
struct str tolerance_to_text(struct arena *arena, struct tolerance tolerance);

/* The allowance in the asset of `due`; `due_usd` is what the whole of `due` is worth. */
struct amount tolerance_allowance(struct tolerance tolerance, struct amount due,
                                  struct amount due_usd);

#endif
