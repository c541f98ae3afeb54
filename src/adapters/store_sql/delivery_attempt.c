/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_delivery.h"

QUERY(attempt_insert, "INSERT INTO delivery_attempt (delivery_id, number, at_ms, duration_ms, "
                      "http_status, url, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7)");

struct result store_attempt_insert(struct store_conn *conn, const struct attempt_row *attempt) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &attempt_insert);
    bind_i64(stmt, attempt->delivery_id);
    bind_i64(stmt, attempt->number);
    bind_i64(stmt, attempt->at_ms);
    bind_i64(stmt, attempt->duration_ms);
    bind_i64(stmt, attempt->http_status);
    bind_str(stmt, attempt->url);
    bind_str(stmt, attempt->outcome);
    return stmt_run(stmt);
}

static void take_attempt(struct stmt *stmt, struct arena *arena, struct attempt_row *attempt) {
    attempt->id = take_i64(stmt);
    attempt->delivery_id = take_i64(stmt);
    attempt->number = take_u32(stmt);
    attempt->at_ms = take_i64(stmt);
    attempt->duration_ms = take_i64(stmt);
    attempt->http_status = (int)take_i64(stmt);
    attempt->url = take_str(stmt, arena);
    attempt->outcome = take_str(stmt, arena);
}

QUERY(attempt_list, "SELECT id, delivery_id, number, at_ms, duration_ms, http_status, url, outcome "
                    "FROM delivery_attempt WHERE delivery_id = $1 ORDER BY number");

struct result store_attempt_list(struct store_conn *conn, struct arena *arena, int64_t delivery_id,
                                 const struct attempt_row **ret_attempts, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &attempt_list);
    bind_i64(stmt, delivery_id);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct attempt_row));
    while (stmt_next(stmt)) {
        struct attempt_row *attempt = row_list_add(&list);
        if (attempt != NULL) {
            take_attempt(stmt, arena, attempt);
        }
    }
    TRY(stmt_result(stmt));
    *ret_attempts = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
