/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_static.h"

#define STATIC_WALLET_COLUMNS "id, public_id, shop_id, asset, identify, address_id, created_at_ms"

QUERY_INSERT(static_wallet_insert,
             "INSERT INTO static_wallet (public_id, shop_id, asset, identify, address_id, "
             "created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)");

struct result store_static_wallet_insert(struct store_conn *conn,
                                         const struct static_wallet_row *wallet, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &static_wallet_insert);
    bind_str(stmt, wallet->public_id);
    bind_i64(stmt, wallet->shop_id);
    bind_asset(stmt, wallet->asset);
    bind_str(stmt, wallet->identify);
    bind_i64(stmt, wallet->address_id);
    bind_i64(stmt, wallet->created_at_ms);
    return stmt_run_insert(stmt, ret_id);
}

static struct result one_wallet(struct stmt *stmt, struct arena *arena,
                                struct static_wallet_row *ret_wallet) {
    struct static_wallet_row wallet = {0};
    if (stmt_next(stmt)) {
        wallet.id = take_i64(stmt);
        wallet.public_id = take_str(stmt, arena);
        wallet.shop_id = take_i64(stmt);
        wallet.asset = take_asset(stmt);
        wallet.identify = take_str(stmt, arena);
        wallet.address_id = take_i64(stmt);
        wallet.created_at_ms = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_wallet = wallet;
    return RESULT_OK;
}

QUERY(static_wallet_by_key, "SELECT " STATIC_WALLET_COLUMNS " FROM static_wallet "
                            "WHERE shop_id = $1 AND asset = $2 AND identify = $3");

struct result store_static_wallet_by_key(struct store_conn *conn, struct arena *arena,
                                         const struct store_static_key *key,
                                         struct static_wallet_row *ret_wallet) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &static_wallet_by_key);
    bind_i64(stmt, key->shop_id);
    bind_asset(stmt, key->asset);
    bind_str(stmt, key->identify);
    return one_wallet(stmt, arena, ret_wallet);
}

QUERY(static_wallet_by_address,
      "SELECT " STATIC_WALLET_COLUMNS " FROM static_wallet WHERE address_id = $1");

struct result store_static_wallet_by_address(struct store_conn *conn, struct arena *arena,
                                             int64_t address_id,
                                             struct static_wallet_row *ret_wallet) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &static_wallet_by_address);
    bind_i64(stmt, address_id);
    return one_wallet(stmt, arena, ret_wallet);
}

QUERY(static_wallet_by_public_id,
      "SELECT " STATIC_WALLET_COLUMNS " FROM static_wallet WHERE public_id = $1");

struct result store_static_wallet_by_public_id(struct store_conn *conn, struct arena *arena,
                                               struct str public_id,
                                               struct static_wallet_row *ret_wallet) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &static_wallet_by_public_id);
    bind_str(stmt, public_id);
    return one_wallet(stmt, arena, ret_wallet);
}

QUERY(static_receipt_insert, "INSERT INTO static_receipt (invoice_id, static_wallet_id, due, "
                             "rate_quote_id) VALUES ($1, $2, $3, $4)");

struct result store_static_receipt_insert(struct store_conn *conn,
                                          const struct static_receipt_row *receipt) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &static_receipt_insert);
    bind_i64(stmt, receipt->invoice_id);
    bind_i64(stmt, receipt->static_wallet_id);
    bind_amount(stmt, receipt->due);
    bind_or_null(stmt, receipt->rate_quote_id);
    return stmt_run(stmt);
}
