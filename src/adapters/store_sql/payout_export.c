/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_payout.h"

QUERY_INSERT(payout_export_insert,
             "INSERT INTO payout_export (shop_id, network_id, asset, fee, change_address_id, "
             "created_at_ms, file) VALUES ($1, $2, $3, $4, $5, $6, $7)");

struct result store_payout_export_insert(struct store_conn *conn,
                                         const struct payout_export_row *row, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_export_insert);
    bind_i64(stmt, row->shop_id);
    bind_network(stmt, row->network);
    bind_asset(stmt, row->fee.asset);
    bind_amount(stmt, row->fee);
    bind_or_null(stmt, row->change_address_id);
    bind_i64(stmt, row->created_at_ms);
    if (row->file.len == 0) {
        bind_null(stmt);
    } else {
        bind_str(stmt, row->file);
    }
    return stmt_run_insert(stmt, ret_id);
}

QUERY(payout_export_file, "SELECT coalesce(file, '') FROM payout_export WHERE id = $1");

struct result store_payout_export_file(struct store_conn *conn, struct arena *arena,
                                       int64_t export_id, struct str *ret_file) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_export_file);
    bind_i64(stmt, export_id);
    struct str file = STR("");
    if (stmt_next(stmt)) {
        file = take_str(stmt, arena);
    }
    TRY(stmt_found(stmt));
    *ret_file = file;
    return RESULT_OK;
}

/* ---- transfers */

QUERY(payout_transfer_insert,
      "INSERT INTO payout_transfer (payout_id, address_id, nonce) VALUES ($1, $2, $3)");

struct result store_payout_transfer_insert(struct store_conn *conn,
                                           const struct payout_transfer_row *row) {
    assert(row->nonce < INT64_MAX);
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_transfer_insert);
    bind_i64(stmt, row->payout_id);
    bind_i64(stmt, row->address_id);
    bind_i64(stmt, (int64_t)row->nonce);
    return stmt_run(stmt);
}

QUERY(payout_transfer_by_payout,
      "SELECT payout_id, address_id, nonce FROM payout_transfer WHERE payout_id = $1");

struct result store_payout_transfer_by_payout(struct store_conn *conn, int64_t payout_id,
                                              struct payout_transfer_row *ret_row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_transfer_by_payout);
    bind_i64(stmt, payout_id);
    struct payout_transfer_row row = {0};
    if (stmt_next(stmt)) {
        row.payout_id = take_i64(stmt);
        row.address_id = take_i64(stmt);
        row.nonce = (uint64_t)take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_row = row;
    return RESULT_OK;
}

QUERY(payout_sender_use,
      "SELECT coalesce(max(o.status = 'created'), 0), coalesce(max(t.nonce) + 1, 0), "
      "coalesce(max(CASE o.status WHEN 'created' THEN o.id END), max(o.id), 0) "
      "FROM payout_transfer AS t JOIN payout AS o ON o.id = t.payout_id WHERE t.address_id = $1 "
      "AND (o.status = 'created' OR (o.status = 'done' AND o.finished_at_ms > $2))");

struct result store_payout_sender_use(struct store_conn *conn, int64_t address_id,
                                      int64_t done_since_ms, struct store_sender_use *ret_use) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payout_sender_use);
    bind_i64(stmt, address_id);
    bind_i64(stmt, done_since_ms);
    struct store_sender_use use = {0};
    if (stmt_next(stmt)) {
        use.is_held = take_bool(stmt);
        use.nonce_end = (uint64_t)take_i64(stmt);
        use.payout_id = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_use = use;
    return RESULT_OK;
}

/* ---- coins */

#define COIN_COLUMNS                                                                               \
    "p.id, p.txid, p.ordinal, p.asset, p.amount, p.height, p.block_hash, a.program, "              \
    "a.wallet_id, a.address_index"

static void take_coin(struct stmt *stmt, struct coin_row *coin) {
    coin->payment_id = take_i64(stmt);
    take_bytes(stmt, coin->txid.bytes, sizeof coin->txid.bytes);
    coin->vout = take_u32(stmt);
    const struct asset *asset = take_asset(stmt);
    coin->amount = take_amount(stmt, asset);
    coin->height = take_i64(stmt);
    take_bytes(stmt, coin->block_hash.bytes, sizeof coin->block_hash.bytes);
    if (!script_from_bytes(take_view(stmt), &coin->program)) {
        stmt_fail(stmt, &ERR_STORE_BROKEN, "a program is too long");
    }
    coin->wallet_id = take_i64(stmt);
    coin->address_index = take_u32(stmt);
}

static struct result coins_of(struct stmt *stmt, struct arena *arena,
                              const struct coin_row **ret_coins, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct coin_row));
    while (stmt_next(stmt)) {
        struct coin_row *coin = row_list_add(&list);
        if (coin != NULL) {
            take_coin(stmt, coin);
        }
    }
    TRY(stmt_result(stmt));
    *ret_coins = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* An export holds its coins while a payout of it is open, and for a while after one was done: its
 * transaction may be waiting for a block. */
#define IS_HELD_BY(export, since)                                                                  \
    "EXISTS (SELECT 1 FROM payout AS o WHERE o.payout_export_id = " export " AND (o.status = "     \
                                                                           "'created' OR "         \
                                                                           "(o.status = 'done' "   \
                                                                           "AND o.finished_at_ms " \
                                                                           "> " since ")))"

QUERY(coin_list,
      "SELECT " COIN_COLUMNS " FROM payment AS p JOIN address AS a ON a.id = p.address_id "
      "JOIN wallet AS w ON w.id = a.wallet_id "
      "WHERE p.network_id = $1 AND p.asset IN ('BTC', 'LTC') AND p.state = 'confirmed' "
      "AND p.spent_height IS NULL AND w.shop_id = $2 AND a.account_key_id = $3 "
      "AND +p.height <= $5 AND NOT EXISTS (SELECT 1 FROM payout_coin AS c "
      "WHERE c.payment_id = p.id AND " IS_HELD_BY("c.payout_export_id",
                                                  "$4") ") "
                                                        "ORDER BY p.amount DESC LIMIT $6");

struct result store_coin_list(struct store_conn *conn, struct arena *arena,
                              const struct store_coin_filter *filter,
                              const struct coin_row **ret_coins, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_list);
    bind_network(stmt, filter->network);
    bind_i64(stmt, filter->shop_id);
    bind_i64(stmt, filter->account_key_id);
    bind_i64(stmt, filter->done_since_ms);
    bind_i64(stmt, filter->height_max);
    bind_i64(stmt, filter->limit);
    return coins_of(stmt, arena, ret_coins, ret_count);
}

QUERY(coin_of_export,
      "SELECT " COIN_COLUMNS " FROM payout_coin AS c JOIN payment AS p ON p.id = c.payment_id "
      "JOIN address AS a ON a.id = p.address_id WHERE c.payout_export_id = $1");

struct result store_coin_of_export(struct store_conn *conn, struct arena *arena, int64_t export_id,
                                   const struct coin_row **ret_coins, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_of_export);
    bind_i64(stmt, export_id);
    return coins_of(stmt, arena, ret_coins, ret_count);
}

QUERY(coin_holder, "SELECT coalesce((SELECT c.payout_export_id FROM payout_coin AS c "
                   "WHERE c.payment_id = $1 AND " IS_HELD_BY("c.payout_export_id", "$2") "), 0)");

struct result store_coin_holder(struct store_conn *conn, int64_t payment_id, int64_t done_since_ms,
                                int64_t *ret_export_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_holder);
    bind_i64(stmt, payment_id);
    bind_i64(stmt, done_since_ms);
    return stmt_run_i64(stmt, ret_export_id);
}

QUERY(coin_hold, "INSERT INTO payout_coin (payment_id, payout_export_id) VALUES ($1, $2) "
                 "ON CONFLICT (payment_id) DO UPDATE SET payout_export_id = "
                 "excluded.payout_export_id");

struct result store_coin_hold(struct store_conn *conn, int64_t payment_id, int64_t export_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_hold);
    bind_i64(stmt, payment_id);
    bind_i64(stmt, export_id);
    return stmt_run(stmt);
}

QUERY(coin_set_spent, "UPDATE payment SET spent_height = $2 WHERE id = $1");

struct result store_coin_set_spent(struct store_conn *conn, int64_t payment_id, int64_t height) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_set_spent);
    bind_i64(stmt, payment_id);
    bind_i64(stmt, height);
    return stmt_run_one(stmt);
}

QUERY(coin_forget_spent, "UPDATE payment SET spent_height = NULL "
                         "WHERE network_id = $1 AND spent_height >= $2");

struct result store_coin_forget_spent(struct store_conn *conn, const struct network *network,
                                      int64_t height) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &coin_forget_spent);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    return stmt_run(stmt);
}
