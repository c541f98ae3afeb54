/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_BACKLOG_H
#define TILL_APP_BACKLOG_H

/* What waits for somebody: postbacks that were not delivered, and alarms that stand. Cheap however
 * much was delivered before. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct store_conn;

enum { BACKLOG_ALARM_CODES_MAX = 32 };

struct backlog_alarm {
    struct str code;
    int64_t count;
};

struct backlog {
    int64_t queued;
    int64_t deferred;
    int64_t parked;
    struct backlog_alarm alarms[BACKLOG_ALARM_CODES_MAX]; /* those that stand, by code */
    size_t alarm_code_count;
};

struct result backlog_read(struct store_conn *reader, struct arena *arena,
                           struct backlog *ret_backlog);

#endif
