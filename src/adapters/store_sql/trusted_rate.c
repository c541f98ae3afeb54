/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_rate.h"

QUERY(trusted_rate_put,
      "INSERT INTO trusted_rate (base, price, at_ms, judged_at_ms) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (base) DO UPDATE SET price = excluded.price, at_ms = excluded.at_ms, "
      "judged_at_ms = excluded.judged_at_ms");

struct result store_trusted_rate_put(struct store_conn *conn, const struct trusted_rate_row *row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &trusted_rate_put);
    bind_asset(stmt, row->base);
    bind_str(stmt, row->price);
    bind_i64(stmt, row->at_ms);
    bind_i64(stmt, row->judged_at_ms);
    return stmt_run(stmt);
}

QUERY(trusted_rate_list, "SELECT base, price, at_ms, judged_at_ms FROM trusted_rate ORDER BY base");

struct result store_trusted_rate_list(struct store_conn *conn, struct arena *arena,
                                      const struct trusted_rate_row **ret_rows, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &trusted_rate_list);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct trusted_rate_row));
    while (stmt_next(stmt)) {
        struct trusted_rate_row *row = row_list_add(&list);
        if (row != NULL) {
            row->base = take_asset(stmt);
            row->price = take_str(stmt, arena);
            row->at_ms = take_i64(stmt);
            row->judged_at_ms = take_i64(stmt);
        }
    }
    TRY(stmt_result(stmt));
    *ret_rows = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
