/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_RATE_ALARMS_H
#define TILL_WORKERS_RATE_ALARMS_H

/* Which alarms about rates stand, so that each is told when it begins, once a minute while it
 * stands, for an operator may have cleared it, and when it ends. */

#include "base/result.h"
#include "base/str.h"

struct app;
struct arena;
struct store_conn;

enum { RATE_ALARMS_MAX = 24, RATE_ALARM_BYTES = 200, RATE_ALARM_SUBJECT_BYTES = 24 };

struct rate_alarm {
    const char *code; /* "rate_missing" */
    char subject[RATE_ALARM_SUBJECT_BYTES];
    char detail[RATE_ALARM_BYTES]; /* empty: does not stand */
    char wanted[RATE_ALARM_BYTES]; /* what the round says; empty: all is well */
    int64_t told_at_tick_ms;
};

struct rate_alarms {
    const struct app *app;
    struct rate_alarm list[RATE_ALARMS_MAX];
    size_t count;
};

/* Takes over what an earlier run of the program left standing. */
struct result rate_alarms_load(struct rate_alarms *alarms, struct store_conn *reader,
                               struct arena *arena);
/* A round begins: nothing is wrong until it is said. */
void rate_alarms_begin(struct rate_alarms *alarms);
/* `code` is static text. */
void rate_alarms_want(struct rate_alarms *alarms, const char *code, const char *subject,
                      struct str detail);
/* Raises what is new or reads otherwise, clears what is over. */
struct result rate_alarms_tell(struct rate_alarms *alarms, struct arena *arena);

#endif
