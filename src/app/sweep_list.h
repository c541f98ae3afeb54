/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_LIST_H
#define TILL_APP_SWEEP_LIST_H

/* Sweep plans for the operator to look at. */

#include "base/result.h"
#include "ports/store_sweep.h"

struct arena;
struct store_conn;

enum { SWEEP_LIST_MAX = 500 };

/* Newest first; `limit` is at most SWEEP_LIST_MAX. */
struct result sweep_list_load(struct store_conn *reader, struct arena *arena, uint32_t limit,
                              const struct sweep_plan_row **ret_plans, size_t *ret_count);
/* ERR_NOT_FOUND. */
struct result sweep_list_one(struct store_conn *reader, int64_t plan_id,
                             struct sweep_plan_row *ret_plan);

#endif
