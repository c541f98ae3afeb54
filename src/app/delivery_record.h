/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_DELIVERY_RECORD_H
#define TILL_APP_DELIVERY_RECORD_H

/* What became of an attempt: logged, and the row moves on as core/delivery_plan.h says. */

#include "app/job.h"
#include "ports/rows.h"

struct delivery_record {
    struct attempt_row attempt;
    enum delivery_state state; /* decided by the worker: delivered, deferred or parked */
    int64_t next_attempt_at_ms;
};

extern const struct use_case delivery_record_use_case;

#endif
