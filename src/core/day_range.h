/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_DAY_RANGE_H
#define TILL_CORE_DAY_RANGE_H

/* Whole days in UTC, counted since 1970. */

#include <stdint.h>

#define DAY_MS INT64_C(86400000)

struct day_range {
    int64_t first; /* both belong to it */
    int64_t last;
};

#endif
