/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_journal.h"

QUERY(setting_get, "SELECT value FROM setting WHERE key = $1");

struct result store_setting_get(struct store_conn *conn, struct arena *arena, struct str key,
                                struct str *ret_value) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &setting_get);
    bind_str(stmt, key);
    struct str value = {0};
    if (stmt_next(stmt)) {
        value = take_str(stmt, arena);
    }
    TRY(stmt_found(stmt));
    *ret_value = value;
    return RESULT_OK;
}

QUERY(setting_set, "INSERT INTO setting (key, value) VALUES ($1, $2) "
                   "ON CONFLICT (key) DO UPDATE SET value = excluded.value");

struct result store_setting_set(struct store_conn *conn, struct str key, struct str value) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &setting_set);
    bind_str(stmt, key);
    bind_str(stmt, value);
    return stmt_run(stmt);
}
