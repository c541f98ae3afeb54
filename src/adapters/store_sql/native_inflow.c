/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_inflow.h"

#define NATIVE_INFLOW_COLUMNS "address_id, network_id, asset, amount, height, noticed_at_ms"

static void take_native_inflow(struct stmt *stmt, struct native_inflow_row *inflow) {
    inflow->address_id = take_i64(stmt);
    inflow->network = take_network(stmt);
    const struct asset *asset = take_asset(stmt);
    inflow->amount = take_amount(stmt, asset);
    inflow->height = take_i64(stmt);
    inflow->noticed_at_ms = take_i64(stmt);
}

QUERY(native_inflow_put,
      "INSERT INTO native_inflow (" NATIVE_INFLOW_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (address_id) DO UPDATE SET amount = excluded.amount, height = excluded.height, "
      "noticed_at_ms = excluded.noticed_at_ms");

struct result store_native_inflow_put(struct store_conn *conn,
                                      const struct native_inflow_row *inflow) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &native_inflow_put);
    bind_i64(stmt, inflow->address_id);
    bind_network(stmt, inflow->network);
    bind_asset(stmt, inflow->amount.asset);
    bind_amount(stmt, inflow->amount);
    bind_i64(stmt, inflow->height);
    bind_i64(stmt, inflow->noticed_at_ms);
    return stmt_run(stmt);
}

QUERY(native_inflow_delete, "DELETE FROM native_inflow WHERE address_id = $1");

struct result store_native_inflow_delete(struct store_conn *conn, int64_t address_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &native_inflow_delete);
    bind_i64(stmt, address_id);
    return stmt_run(stmt);
}

QUERY(native_inflow_by_address,
      "SELECT " NATIVE_INFLOW_COLUMNS " FROM native_inflow WHERE address_id = $1");

struct result store_native_inflow_by_address(struct store_conn *conn, int64_t address_id,
                                             struct native_inflow_row *ret_inflow) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &native_inflow_by_address);
    bind_i64(stmt, address_id);
    struct native_inflow_row inflow = {0};
    if (stmt_next(stmt)) {
        take_native_inflow(stmt, &inflow);
    }
    TRY(stmt_found(stmt));
    *ret_inflow = inflow;
    return RESULT_OK;
}

QUERY(native_inflow_after, "SELECT " NATIVE_INFLOW_COLUMNS " FROM native_inflow "
                           "WHERE network_id = $1 AND address_id > $2 "
                           "ORDER BY address_id LIMIT $3");

struct result store_native_inflow_after(struct store_conn *conn, struct arena *arena,
                                        const struct network *network, int64_t after_id,
                                        uint32_t limit,
                                        const struct native_inflow_row **ret_inflows,
                                        size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &native_inflow_after);
    bind_network(stmt, network);
    bind_i64(stmt, after_id);
    bind_i64(stmt, limit);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct native_inflow_row));
    while (stmt_next(stmt)) {
        struct native_inflow_row *inflow = row_list_add(&list);
        if (inflow != NULL) {
            take_native_inflow(stmt, inflow);
        }
    }
    TRY(stmt_result(stmt));
    *ret_inflows = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
