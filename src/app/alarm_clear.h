/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ALARM_CLEAR_H
#define TILL_APP_ALARM_CLEAR_H

/* The operator has seen to what an alarm told: it is taken off, and the journal keeps that he did
 * so. What is still so is told again by whoever looks at it. */

#include "app/alarm_list.h"
#include "app/job.h"

struct alarm_clear {
    const struct alarm_shown *alarms; /* those that he saw; newer ones of the name stay */
    size_t count;
    struct str note; /* why; may be empty */
};

/* `what` is an alarm's number, or a code for those that alarm_list_load tells of it. ERR_NOT_FOUND,
 * with a detail, if none does. */
struct result alarm_clear_prepare(const struct app *app, struct store_conn *reader,
                                  struct arena *arena, struct str what,
                                  struct alarm_clear *ret_clear);

extern const struct use_case alarm_clear_use_case;

#endif
