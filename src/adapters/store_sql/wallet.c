/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_shop.h"

#define WALLET_COLUMNS                                                                             \
    "id, shop_id, network_id, asset, account_key_id, descriptor, chain_name, mac, created_at_ms"

static void take_wallet(struct stmt *stmt, struct arena *arena, struct wallet_row *wallet) {
    wallet->id = take_i64(stmt);
    wallet->shop_id = take_i64(stmt);
    wallet->network = take_network(stmt);
    wallet->asset = take_asset(stmt);
    wallet->account_key_id = take_i64(stmt);
    wallet->descriptor = take_str(stmt, arena);
    wallet->chain_name = take_str(stmt, arena);
    take_bytes(stmt, wallet->mac, sizeof(wallet->mac));
    wallet->created_at_ms = take_i64(stmt);
}

QUERY_INSERT(
    wallet_insert,
    "INSERT INTO wallet (shop_id, network_id, asset, account_key_id, descriptor, chain_name, mac, "
    "created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

struct result store_wallet_insert(struct store_conn *conn, const struct wallet_row *wallet,
                                  int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &wallet_insert);
    bind_or_null(stmt, wallet->shop_id);
    bind_network(stmt, wallet->network);
    bind_asset(stmt, wallet->asset);
    bind_i64(stmt, wallet->account_key_id);
    bind_str(stmt, wallet->descriptor);
    bind_str(stmt, wallet->chain_name);
    bind_bytes(stmt, wallet->mac, sizeof(wallet->mac));
    bind_i64(stmt, wallet->created_at_ms);
    return stmt_run_insert(stmt, ret_id);
}

static struct result one_wallet(struct stmt *stmt, struct arena *arena,
                                struct wallet_row *ret_wallet) {
    struct wallet_row wallet = {0};
    if (stmt_next(stmt)) {
        take_wallet(stmt, arena, &wallet);
    }
    TRY(stmt_found(stmt));
    *ret_wallet = wallet;
    return RESULT_OK;
}

QUERY(wallet_by_id, "SELECT " WALLET_COLUMNS " FROM wallet WHERE id = $1");

struct result store_wallet_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                 struct wallet_row *ret_wallet) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &wallet_by_id);
    bind_i64(stmt, id);
    return one_wallet(stmt, arena, ret_wallet);
}

QUERY(wallet_in_use, "SELECT " WALLET_COLUMNS " FROM wallet "
                     "WHERE shop_id IS NOT DISTINCT FROM $1 AND network_id = $2 "
                     "AND asset IS NOT DISTINCT FROM $3 ORDER BY id DESC LIMIT 1");

struct result store_wallet_in_use(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                  const struct network *network, const struct asset *asset,
                                  struct wallet_row *ret_wallet) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &wallet_in_use);
    bind_or_null(stmt, shop_id);
    bind_network(stmt, network);
    bind_asset(stmt, asset);
    return one_wallet(stmt, arena, ret_wallet);
}

QUERY(wallet_list, "SELECT " WALLET_COLUMNS " FROM wallet ORDER BY id");
QUERY(wallet_list_of_shop, "SELECT " WALLET_COLUMNS " FROM wallet WHERE shop_id = $1 ORDER BY id");

struct result store_wallet_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                const struct wallet_row **ret_wallets, size_t *ret_count) {
    CLEANUP(stmt_close)
    struct stmt *stmt = stmt_open(conn, shop_id == 0 ? &wallet_list : &wallet_list_of_shop);
    if (shop_id != 0) {
        bind_i64(stmt, shop_id);
    }
    struct row_list list = row_list_of(stmt, arena, sizeof(struct wallet_row));
    while (stmt_next(stmt)) {
        struct wallet_row *wallet = row_list_add(&list);
        if (wallet != NULL) {
            take_wallet(stmt, arena, wallet);
        }
    }
    TRY(stmt_result(stmt));
    *ret_wallets = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
