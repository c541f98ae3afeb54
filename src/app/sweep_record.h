/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_RECORD_H
#define TILL_APP_SWEEP_RECORD_H

/* A sweep plan as it is kept: which addresses it counts on and how long, so that no payout is sent
 * from them meanwhile, and what coin it asked for, so that this is known when it comes. */

#include "base/result.h"

struct app;
struct arena;
struct sweep_plan;

enum {
    /* What was signed for Tron cannot be mined any more; elsewhere nodes have forgotten it. */
    SWEEP_HOLD_TRON_HOURS = 12,
    SWEEP_HOLD_DAYS = 14,
};

/* Before anybody sees it. A plan that moves nothing counts on nothing; its id stays 0. */
struct result sweep_plan_record(const struct app *app, struct arena *arena,
                                struct sweep_plan *plan);

#endif
