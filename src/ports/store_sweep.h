/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_SWEEP_H
#define TILL_PORTS_STORE_SWEEP_H

/* Sweep plans in the store, and the addresses that they count on: see store.h. */

#include "base/result.h"
#include "core/amount.h"

struct arena;
struct store_conn;

struct sweep_plan_row {
    int64_t id;
    int64_t wallet_id;
    int64_t address_count;
    int64_t made_at_ms;
    int64_t holds_until_ms;
    int64_t ended_at_ms; /* by the operator; 0: not */
};

struct sweep_hold_row {
    int64_t address_id;
    int64_t plan_id;
    uint64_t nonce_end;   /* past those of its transfers; 0 on Tron */
    struct amount top_up; /* coin that a plan asked for; no asset: none did */
};

/* Its id is given. */
struct result store_sweep_plan_insert(struct store_conn *conn, const struct sweep_plan_row *plan,
                                      int64_t *ret_id);
/* ERR_NOT_FOUND. */
struct result store_sweep_plan_by_id(struct store_conn *conn, int64_t id,
                                     struct sweep_plan_row *ret_plan);
/* ERR_NOT_FOUND. */
struct result store_sweep_plan_end(struct store_conn *conn, int64_t id, int64_t ended_at_ms);
/* Newest first. */
struct result store_sweep_plan_list(struct store_conn *conn, struct arena *arena, uint32_t limit,
                                    const struct sweep_plan_row **ret_plans, size_t *ret_count);

/* Takes the address over from an earlier plan, but for a top-up that only that one asked for. */
struct result store_sweep_hold_put(struct store_conn *conn, const struct sweep_hold_row *hold);
/* ERR_NOT_FOUND if no plan ever moved something from it. */
struct result store_sweep_hold_by_address(struct store_conn *conn, int64_t address_id,
                                          struct sweep_hold_row *ret_hold);

#endif
