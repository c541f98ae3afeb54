/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_END_H
#define TILL_APP_SWEEP_END_H

/* The operator has carried out a sweep plan, or will not: nothing counts on its addresses any more.
 * Again changes nothing. ERR_NOT_FOUND. */

#include "app/job.h"

struct sweep_end {
    int64_t plan_id;
};

extern const struct use_case sweep_end_use_case;

#endif
