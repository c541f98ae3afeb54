/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_rollup.h"

#define SHOP_ASSET_COLUMNS "shop_id, network_id, asset, received, received_usd"

static void take_shop_asset(struct stmt *stmt, struct shop_asset_row *row) {
    row->shop_id = take_i64(stmt);
    row->network = take_network(stmt);
    row->asset = take_asset(stmt);
    row->received = take_amount(stmt, row->asset);
    row->received_usd = take_amount(stmt, fiat_usd());
}

QUERY(shop_asset_get, "SELECT " SHOP_ASSET_COLUMNS " FROM shop_asset "
                      "WHERE shop_id = $1 AND network_id = $2 AND asset = $3");

struct result store_shop_asset_get(struct store_conn *conn, int64_t shop_id,
                                   const struct network *network, const struct asset *asset,
                                   struct shop_asset_row *ret_row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_asset_get);
    bind_i64(stmt, shop_id);
    bind_network(stmt, network);
    bind_asset(stmt, asset);
    struct shop_asset_row row = {0};
    if (stmt_next(stmt)) {
        take_shop_asset(stmt, &row);
    }
    TRY(stmt_found(stmt));
    *ret_row = row;
    return RESULT_OK;
}

QUERY(shop_asset_put, "INSERT INTO shop_asset (" SHOP_ASSET_COLUMNS ") "
                      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, network_id, asset) "
                      "DO UPDATE SET received = excluded.received, "
                      "received_usd = excluded.received_usd");

struct result store_shop_asset_put(struct store_conn *conn, const struct shop_asset_row *row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_asset_put);
    bind_i64(stmt, row->shop_id);
    bind_network(stmt, row->network);
    bind_asset(stmt, row->asset);
    bind_amount(stmt, row->received);
    bind_amount(stmt, row->received_usd);
    return stmt_run(stmt);
}

QUERY(shop_asset_list, "SELECT " SHOP_ASSET_COLUMNS " FROM shop_asset WHERE shop_id = $1");

struct result store_shop_asset_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    const struct shop_asset_row **ret_rows, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_asset_list);
    bind_i64(stmt, shop_id);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct shop_asset_row));
    while (stmt_next(stmt)) {
        struct shop_asset_row *row = row_list_add(&list);
        if (row != NULL) {
            take_shop_asset(stmt, row);
        }
    }
    TRY(stmt_result(stmt));
    *ret_rows = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
