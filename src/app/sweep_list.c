/* SPDX-License-Identifier: MIT */
#include "app/sweep_list.h"

struct result sweep_list_load(struct store_conn *reader, struct arena *arena, uint32_t limit,
                              const struct sweep_plan_row **ret_plans, size_t *ret_count) {
    BUG_IF(limit > SWEEP_LIST_MAX);
    return store_sweep_plan_list(reader, arena, limit, ret_plans, ret_count);
}

struct result sweep_list_one(struct store_conn *reader, int64_t plan_id,
                             struct sweep_plan_row *ret_plan) {
    return store_sweep_plan_by_id(reader, plan_id, ret_plan);
}
