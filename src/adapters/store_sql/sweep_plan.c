/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_sweep.h"

#define SWEEP_PLAN_COLUMNS                                                                         \
    "id, wallet_id, address_count, made_at_ms, holds_until_ms, coalesce(ended_at_ms, 0)"

static void take_sweep_plan(struct stmt *stmt, struct sweep_plan_row *plan) {
    plan->id = take_i64(stmt);
    plan->wallet_id = take_i64(stmt);
    plan->address_count = take_i64(stmt);
    plan->made_at_ms = take_i64(stmt);
    plan->holds_until_ms = take_i64(stmt);
    plan->ended_at_ms = take_i64(stmt);
}

QUERY_INSERT(sweep_plan_insert,
             "INSERT INTO sweep_plan (wallet_id, address_count, made_at_ms, holds_until_ms) "
             "VALUES ($1, $2, $3, $4)");

struct result store_sweep_plan_insert(struct store_conn *conn, const struct sweep_plan_row *plan,
                                      int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_plan_insert);
    bind_i64(stmt, plan->wallet_id);
    bind_i64(stmt, plan->address_count);
    bind_i64(stmt, plan->made_at_ms);
    bind_i64(stmt, plan->holds_until_ms);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(sweep_plan_by_id, "SELECT " SWEEP_PLAN_COLUMNS " FROM sweep_plan WHERE id = $1");

struct result store_sweep_plan_by_id(struct store_conn *conn, int64_t id,
                                     struct sweep_plan_row *ret_plan) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_plan_by_id);
    bind_i64(stmt, id);
    struct sweep_plan_row plan = {0};
    if (stmt_next(stmt)) {
        take_sweep_plan(stmt, &plan);
    }
    TRY(stmt_found(stmt));
    *ret_plan = plan;
    return RESULT_OK;
}

QUERY(sweep_plan_end, "UPDATE sweep_plan SET ended_at_ms = $2 WHERE id = $1");

struct result store_sweep_plan_end(struct store_conn *conn, int64_t id, int64_t ended_at_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_plan_end);
    bind_i64(stmt, id);
    bind_i64(stmt, ended_at_ms);
    return stmt_run_one(stmt);
}

QUERY(sweep_plan_list,
      "SELECT " SWEEP_PLAN_COLUMNS " FROM sweep_plan WHERE id > 0 ORDER BY id DESC LIMIT $1");

struct result store_sweep_plan_list(struct store_conn *conn, struct arena *arena, uint32_t limit,
                                    const struct sweep_plan_row **ret_plans, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_plan_list);
    bind_i64(stmt, limit);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct sweep_plan_row));
    while (stmt_next(stmt)) {
        struct sweep_plan_row *plan = row_list_add(&list);
        if (plan != NULL) {
            take_sweep_plan(stmt, plan);
        }
    }
    TRY(stmt_result(stmt));
    *ret_plans = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* ---- addresses */

QUERY(sweep_hold_put,
      "INSERT INTO sweep_hold (address_id, sweep_plan_id, nonce_end, asset, top_up) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (address_id) DO UPDATE SET "
      "sweep_plan_id = excluded.sweep_plan_id, nonce_end = excluded.nonce_end, "
      "asset = coalesce(excluded.asset, asset), top_up = coalesce(excluded.top_up, top_up)");

struct result store_sweep_hold_put(struct store_conn *conn, const struct sweep_hold_row *hold) {
    assert(hold->nonce_end <= INT64_MAX);
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_hold_put);
    bind_i64(stmt, hold->address_id);
    bind_i64(stmt, hold->plan_id);
    bind_i64(stmt, (int64_t)hold->nonce_end);
    bind_asset(stmt, hold->top_up.asset);
    if (hold->top_up.asset == NULL) {
        bind_null(stmt);
    } else {
        bind_amount(stmt, hold->top_up);
    }
    return stmt_run(stmt);
}

QUERY(sweep_hold_by_address, "SELECT address_id, sweep_plan_id, nonce_end, asset, top_up "
                             "FROM sweep_hold WHERE address_id = $1");

struct result store_sweep_hold_by_address(struct store_conn *conn, int64_t address_id,
                                          struct sweep_hold_row *ret_hold) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &sweep_hold_by_address);
    bind_i64(stmt, address_id);
    struct sweep_hold_row hold = {0};
    if (stmt_next(stmt)) {
        hold.address_id = take_i64(stmt);
        hold.plan_id = take_i64(stmt);
        hold.nonce_end = (uint64_t)take_i64(stmt);
        const struct asset *asset = take_asset(stmt);
        hold.top_up = take_amount(stmt, asset);
    }
    TRY(stmt_found(stmt));
    *ret_hold = hold;
    return RESULT_OK;
}
