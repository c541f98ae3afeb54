/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_shop.h"

#define API_KEY_COLUMNS                                                                            \
    "id, shop_id, hash, hint, scope, created_at_ms, revoked_at_ms, last_used_at_ms"

static const char *const scopes[] = {
    [KEY_SCOPE_ALL] = "all",
    [KEY_SCOPE_READ] = "read",
    [KEY_SCOPE_CREATE] = "create",
    [KEY_SCOPE_PAYOUT] = "payout",
};

static void take_api_key(struct stmt *stmt, struct arena *arena, struct api_key_row *key) {
    key->id = take_i64(stmt);
    key->shop_id = take_i64(stmt);
    take_bytes(stmt, key->hash, sizeof(key->hash));
    key->hint = take_str(stmt, arena);
    key->scope = (enum key_scope)take_word(stmt, WORDS_OF(scopes));
    key->created_at_ms = take_i64(stmt);
    key->revoked_at_ms = take_i64(stmt);
    key->last_used_at_ms = take_i64(stmt);
}

QUERY_INSERT(api_key_insert,
             "INSERT INTO api_key (shop_id, hash, hint, scope, created_at_ms, revoked_at_ms) "
             "VALUES ($1, $2, $3, $4, $5, $6)");

struct result store_api_key_insert(struct store_conn *conn, const struct api_key_row *key,
                                   int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &api_key_insert);
    bind_i64(stmt, key->shop_id);
    bind_bytes(stmt, key->hash, sizeof(key->hash));
    bind_str(stmt, key->hint);
    bind_word(stmt, WORDS_OF(scopes), key->scope);
    bind_i64(stmt, key->created_at_ms);
    bind_or_null(stmt, key->revoked_at_ms);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(api_key_by_hash, "SELECT " API_KEY_COLUMNS " FROM api_key WHERE hash = $1");

struct result store_api_key_by_hash(struct store_conn *conn, struct arena *arena,
                                    const uint8_t hash[API_KEY_HASH_BYTES],
                                    struct api_key_row *ret_key) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &api_key_by_hash);
    bind_bytes(stmt, hash, API_KEY_HASH_BYTES);
    struct api_key_row key = {0};
    if (stmt_next(stmt)) {
        take_api_key(stmt, arena, &key);
    }
    TRY(stmt_found(stmt));
    *ret_key = key;
    return RESULT_OK;
}

QUERY(api_key_list, "SELECT " API_KEY_COLUMNS " FROM api_key WHERE shop_id = $1 ORDER BY id");

struct result store_api_key_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                 const struct api_key_row **ret_keys, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &api_key_list);
    bind_i64(stmt, shop_id);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct api_key_row));
    while (stmt_next(stmt)) {
        struct api_key_row *key = row_list_add(&list);
        if (key != NULL) {
            take_api_key(stmt, arena, key);
        }
    }
    TRY(stmt_result(stmt));
    *ret_keys = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* The first revocation stays. */
QUERY(api_key_revoke,
      "UPDATE api_key SET revoked_at_ms = coalesce(revoked_at_ms, $2) WHERE id = $1");

struct result store_api_key_revoke(struct store_conn *conn, int64_t id, int64_t revoked_at_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &api_key_revoke);
    bind_i64(stmt, id);
    bind_i64(stmt, revoked_at_ms);
    return stmt_run_one(stmt);
}

QUERY(api_key_used, "UPDATE api_key SET last_used_at_ms = $2 "
                    "WHERE id = $1 AND coalesce(last_used_at_ms, 0) < $2");

struct result store_api_key_used(struct store_conn *conn, int64_t id, int64_t last_used_at_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &api_key_used);
    bind_i64(stmt, id);
    bind_i64(stmt, last_used_at_ms);
    return stmt_run(stmt);
}
