/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_payout.h"

static const char *const statuses[] = {
    [PAYOUT_CREATED] = "created",
    [PAYOUT_DONE] = "done",
    [PAYOUT_CANCELED] = "canceled",
};

#define PAYOUT_COLUMNS                                                                             \
    "id, shop_id, api_key_id, status, network_id, asset, amount, to_address, note, "               \
    "created_at_ms, finished_at_ms, payout_export_id"

static void take_payout(struct stmt *stmt, struct arena *arena, struct payout_row *payout) {
    payout->id = take_i64(stmt);
    payout->shop_id = take_i64(stmt);
    payout->api_key_id = take_i64(stmt);
    payout->status = (enum payout_status)take_word(stmt, WORDS_OF(statuses));
    payout->network = take_network(stmt);
    const struct asset *asset = take_asset(stmt);
    payout->amount = take_amount(stmt, asset);
    payout->to_address = take_str(stmt, arena);
    payout->note = take_str(stmt, arena);
    payout->created_at_ms = take_i64(stmt);
    payout->finished_at_ms = take_i64(stmt);
    payout->export_id = take_i64(stmt);
}

QUERY(payout_insert, "INSERT INTO payout (" PAYOUT_COLUMNS ") "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

struct result store_payout_insert(struct store_conn *conn, const struct payout_row *payout) {
    assert(payout->id > 0);
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_insert);
    bind_i64(stmt, payout->id);
    bind_i64(stmt, payout->shop_id);
    bind_i64(stmt, payout->api_key_id);
    bind_word(stmt, WORDS_OF(statuses), payout->status);
    bind_network(stmt, payout->network);
    bind_asset(stmt, payout->amount.asset);
    bind_amount(stmt, payout->amount);
    bind_str(stmt, payout->to_address);
    bind_str(stmt, payout->note);
    bind_i64(stmt, payout->created_at_ms);
    bind_or_null(stmt, payout->finished_at_ms);
    bind_or_null(stmt, payout->export_id);
    return stmt_run(stmt);
}

QUERY(payout_update, "UPDATE payout SET status = $2, note = $3, finished_at_ms = $4, "
                     "payout_export_id = $5 WHERE id = $1");

struct result store_payout_update(struct store_conn *conn, const struct payout_row *payout) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_update);
    bind_i64(stmt, payout->id);
    bind_word(stmt, WORDS_OF(statuses), payout->status);
    bind_str(stmt, payout->note);
    bind_or_null(stmt, payout->finished_at_ms);
    bind_or_null(stmt, payout->export_id);
    return stmt_run_one(stmt);
}

QUERY(payout_by_id, "SELECT " PAYOUT_COLUMNS " FROM payout WHERE id = $1");

struct result store_payout_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                 struct payout_row *ret_payout) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_by_id);
    bind_i64(stmt, id);
    struct payout_row payout = {0};
    if (stmt_next(stmt)) {
        take_payout(stmt, arena, &payout);
    }
    TRY(stmt_found(stmt));
    *ret_payout = payout;
    return RESULT_OK;
}

QUERY(payout_highest_id, "SELECT coalesce(max(id), 0) FROM payout");

struct result store_payout_highest_id(struct store_conn *conn, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_highest_id);
    return stmt_run_i64(stmt, ret_id);
}

QUERY(payout_latest, "SELECT coalesce(max(created_at_ms), 0) FROM payout WHERE api_key_id = $1");

struct result store_payout_latest(struct store_conn *conn, int64_t api_key_id,
                                  int64_t *ret_created_at_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_latest);
    bind_i64(stmt, api_key_id);
    return stmt_run_i64(stmt, ret_created_at_ms);
}

static struct result payouts_of(struct stmt *stmt, struct arena *arena,
                                const struct payout_row **ret_payouts, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct payout_row));
    while (stmt_next(stmt)) {
        struct payout_row *payout = row_list_add(&list);
        if (payout != NULL) {
            take_payout(stmt, arena, payout);
        }
    }
    TRY(stmt_result(stmt));
    *ret_payouts = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* Two ways to the same list. $1 shop, $2 status or NULL, $3 below this id, $4 limit. */
QUERY(payout_list, "SELECT " PAYOUT_COLUMNS " FROM payout "
                   "WHERE ($1 IS NULL OR shop_id = $1) AND ($2 IS NULL OR status = $2) "
                   "AND id < $3 ORDER BY id DESC LIMIT $4");
QUERY(payout_list_of_shop, "SELECT " PAYOUT_COLUMNS " FROM payout "
                           "WHERE shop_id = $1 AND ($2 IS NULL OR status = $2) "
                           "AND id < $3 ORDER BY id DESC LIMIT $4");

struct result store_payout_list(struct store_conn *conn, struct arena *arena,
                                const struct store_payout_filter *filter,
                                const struct payout_row **ret_payouts, size_t *ret_count) {
    CLEANUP(stmt_close)
    struct stmt *stmt = stmt_open(conn, filter->shop_id == 0 ? &payout_list : &payout_list_of_shop);
    bind_or_null(stmt, filter->shop_id);
    if (filter->by_status) {
        bind_word(stmt, WORDS_OF(statuses), filter->status);
    } else {
        bind_null(stmt);
    }
    bind_i64(stmt, filter->before_id == 0 ? INT64_MAX : filter->before_id);
    bind_i64(stmt, filter->limit);
    return payouts_of(stmt, arena, ret_payouts, ret_count);
}

QUERY(payout_of_export,
      "SELECT " PAYOUT_COLUMNS " FROM payout WHERE payout_export_id = $1 ORDER BY id");

struct result store_payout_of_export(struct store_conn *conn, struct arena *arena,
                                     int64_t export_id, const struct payout_row **ret_payouts,
                                     size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_of_export);
    bind_i64(stmt, export_id);
    return payouts_of(stmt, arena, ret_payouts, ret_count);
}
