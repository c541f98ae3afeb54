/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_MERCHANT_DAYS_H
#define TILL_HTTP_MERCHANT_DAYS_H

/* `start` and `end` as shops write them: "04.03.2027", whole days in UTC, both included. */

#include "base/str.h"
#include "core/day_range.h"

struct days_input {
    struct str start;
    struct str end;
};

/* The name of the field that is wrong, or NULL: `*ret_days` is set. An end before the start is
 * `end`'s fault. */
const char *days_input_read(const struct days_input *input, struct day_range *ret_days);

#endif
