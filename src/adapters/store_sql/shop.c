/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_shop.h"

static const char *const formats[] = {
    [POSTBACK_JSON] = "json",
    [POSTBACK_FORM] = "form",
};

#define SHOP_COLUMNS                                                                               \
    "id, public_id, name, notify_url, success_url, fail_url, postback_format, secret_sealed, "     \
    "test, "                                                                                       \
    "underpaid_tolerance, overpaid_tolerance, assets, invoice_ttl_s, created_at_ms, "              \
    "auto_confirm, accept_late, side_commission, side_commission_cc, transfer_fee, service_fee, "  \
    "amount_min_usd"

static void take_shop(struct stmt *stmt, struct arena *arena, struct shop_row *shop) {
    shop->id = take_i64(stmt);
    shop->public_id = take_str(stmt, arena);
    shop->name = take_str(stmt, arena);
    shop->notify_url = take_str(stmt, arena);
    shop->success_url = take_str(stmt, arena);
    shop->fail_url = take_str(stmt, arena);
    shop->postback_format = (enum postback_format)take_word(stmt, WORDS_OF(formats));
    shop->secret_sealed = bytes_from_str(take_str(stmt, arena));
    shop->test = take_bool(stmt);
    shop->underpaid_tolerance = take_str(stmt, arena);
    shop->overpaid_tolerance = take_str(stmt, arena);
    shop->assets = take_str(stmt, arena);
    shop->invoice_ttl_s = take_i64(stmt);
    shop->created_at_ms = take_i64(stmt);
    shop->auto_confirm = take_str(stmt, arena);
    shop->accept_late = take_bool(stmt);
    shop->transfer_side = take_side(stmt);
    shop->service_side = take_side(stmt);
    shop->transfer_fee = take_str(stmt, arena);
    shop->service_fee = take_str(stmt, arena);
    shop->amount_min_usd = take_str(stmt, arena);
}

/* What a shop's owner may change, from $1 on. */
static void bind_changeable(struct stmt *stmt, const struct shop_row *shop) {
    bind_str(stmt, shop->name);
    bind_str(stmt, shop->notify_url);
    bind_str(stmt, shop->success_url);
    bind_str(stmt, shop->fail_url);
    bind_word(stmt, WORDS_OF(formats), shop->postback_format);
    bind_bytes(stmt, shop->secret_sealed.ptr, shop->secret_sealed.len);
    bind_bool(stmt, shop->test);
    bind_str(stmt, shop->underpaid_tolerance);
    bind_str(stmt, shop->overpaid_tolerance);
    bind_str(stmt, shop->assets);
    bind_i64(stmt, shop->invoice_ttl_s);
    bind_str(stmt, shop->auto_confirm);
    bind_bool(stmt, shop->accept_late);
    bind_side(stmt, shop->transfer_side);
    bind_side(stmt, shop->service_side);
    bind_str(stmt, shop->transfer_fee);
    bind_str(stmt, shop->service_fee);
    bind_str(stmt, shop->amount_min_usd);
}

QUERY_INSERT(
    shop_insert,
    "INSERT INTO shop (name, notify_url, success_url, fail_url, postback_format, secret_sealed, "
    "test, underpaid_tolerance, overpaid_tolerance, assets, invoice_ttl_s, auto_confirm, "
    "accept_late, side_commission, side_commission_cc, transfer_fee, service_fee, amount_min_usd, "
    "public_id, created_at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
    "$20)");

struct result store_shop_insert(struct store_conn *conn, const struct shop_row *shop,
                                int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_insert);
    bind_changeable(stmt, shop);
    bind_str(stmt, shop->public_id);
    bind_i64(stmt, shop->created_at_ms);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(shop_update,
      "UPDATE shop SET name = $1, notify_url = $2, success_url = $3, fail_url = $4, "
      "postback_format = $5, secret_sealed = $6, test = $7, underpaid_tolerance = $8, "
      "overpaid_tolerance = $9, assets = $10, invoice_ttl_s = $11, auto_confirm = $12, "
      "accept_late = $13, side_commission = $14, side_commission_cc = $15, "
      "transfer_fee = $16, service_fee = $17, amount_min_usd = $18 WHERE id = $19");

struct result store_shop_update(struct store_conn *conn, const struct shop_row *shop) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_update);
    bind_changeable(stmt, shop);
    bind_i64(stmt, shop->id);
    return stmt_run_one(stmt);
}

static struct result one_shop(struct stmt *stmt, struct arena *arena, struct shop_row *ret_shop) {
    struct shop_row shop = {0};
    if (stmt_next(stmt)) {
        take_shop(stmt, arena, &shop);
    }
    TRY(stmt_found(stmt));
    *ret_shop = shop;
    return RESULT_OK;
}

QUERY(shop_by_id, "SELECT " SHOP_COLUMNS " FROM shop WHERE id = $1");

struct result store_shop_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                               struct shop_row *ret_shop) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_by_id);
    bind_i64(stmt, id);
    return one_shop(stmt, arena, ret_shop);
}

QUERY(shop_by_public_id, "SELECT " SHOP_COLUMNS " FROM shop WHERE public_id = $1");

struct result store_shop_by_public_id(struct store_conn *conn, struct arena *arena,
                                      struct str public_id, struct shop_row *ret_shop) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_by_public_id);
    bind_str(stmt, public_id);
    return one_shop(stmt, arena, ret_shop);
}

QUERY(shop_list, "SELECT " SHOP_COLUMNS " FROM shop ORDER BY id");

struct result store_shop_list(struct store_conn *conn, struct arena *arena,
                              const struct shop_row **ret_shops, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_list);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct shop_row));
    while (stmt_next(stmt)) {
        struct shop_row *shop = row_list_add(&list);
        if (shop != NULL) {
            take_shop(stmt, arena, shop);
        }
    }
    TRY(stmt_result(stmt));
    *ret_shops = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
