/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_invoice.h"

QUERY(idempotency_key_insert,
      "INSERT INTO idempotency_key (shop_id, key, request_hash, made_id, reply, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6)");

struct result store_idempotency_key_insert(struct store_conn *conn,
                                           const struct idempotency_key_row *key) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &idempotency_key_insert);
    bind_i64(stmt, key->shop_id);
    bind_str(stmt, key->key);
    bind_bytes(stmt, key->request_hash, sizeof key->request_hash);
    bind_i64(stmt, key->made_id);
    bind_str(stmt, key->reply);
    bind_i64(stmt, key->created_at_ms);
    return stmt_run(stmt);
}

QUERY(idempotency_key_find, "SELECT shop_id, key, request_hash, made_id, reply, created_at_ms "
                            "FROM idempotency_key WHERE shop_id = $1 AND key = $2");

struct result store_idempotency_key_find(struct store_conn *conn, struct arena *arena,
                                         int64_t shop_id, struct str key,
                                         struct idempotency_key_row *ret_key) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &idempotency_key_find);
    bind_i64(stmt, shop_id);
    bind_str(stmt, key);
    struct idempotency_key_row row = {0};
    if (stmt_next(stmt)) {
        row.shop_id = take_i64(stmt);
        row.key = take_str(stmt, arena);
        take_bytes(stmt, row.request_hash, sizeof row.request_hash);
        row.made_id = take_i64(stmt);
        row.reply = take_str(stmt, arena);
        row.created_at_ms = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_key = row;
    return RESULT_OK;
}

QUERY(idempotency_key_oldest, "SELECT coalesce(min(created_at_ms), 0) FROM idempotency_key");

struct result store_idempotency_key_oldest(struct store_conn *conn, int64_t *ret_created_at_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &idempotency_key_oldest);
    return stmt_run_i64(stmt, ret_created_at_ms);
}

QUERY(idempotency_key_prune,
      "DELETE FROM idempotency_key WHERE id IN (SELECT id FROM idempotency_key "
      "WHERE created_at_ms < $1 ORDER BY created_at_ms LIMIT $2)");

struct result store_idempotency_key_prune(struct store_conn *conn, int64_t created_before_ms,
                                          uint32_t limit) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &idempotency_key_prune);
    bind_i64(stmt, created_before_ms);
    bind_i64(stmt, limit);
    return stmt_run(stmt);
}
