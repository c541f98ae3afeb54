/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ALARM_LIST_H
#define TILL_APP_ALARM_LIST_H

/* The alarms that stand, each with what is to be done about it. */

#include "base/result.h"
#include "base/str.h"

struct app;
struct arena;
struct store_conn;

struct alarm_shown {
    int64_t id;
    struct str code;    /* "payment_late" */
    struct str subject; /* as it is stored: "ltc", "K7Q2M9XD" */
    struct str about;   /* the same as people write it: "ltc", "INV-K7Q2M9XD" */
    struct str detail;
    const char *advice; /* "" if there is none */
    /* Its cause is looked at: it goes when that goes, and comes back while that is there. */
    bool ends_by_itself;
    int64_t since_ms;
};

/* Oldest first; of each code the ALARMS_OF_CODE_MAX oldest. */
struct result alarm_list_load(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct alarm_shown **ret_alarms, size_t *ret_count);

#endif
