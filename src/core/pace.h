/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PACE_H
#define TILL_CORE_PACE_H

/* How fast somebody may go on calling: "50/s" is fifty at once and then one each 20 ms. */

#include "base/str.h"

enum { PACE_CALLS_MAX = 1000000 };

struct pace {
    uint32_t calls; /* 0: as fast as they like */
    uint32_t period_ms;
};

/* "50/s", "100/m", "1000/h", "0". */
bool pace_from_text(struct str text, struct pace *ret_pace);

#endif
