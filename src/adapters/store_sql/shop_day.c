/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_rollup.h"

/* In the sequence of the enum. */
#define COUNT_COLUMNS "created, partial, paid, overpaid, canceled"
#define USD_COLUMNS   "created_usd, partial_usd, paid_usd, overpaid_usd, canceled_usd"

static_assert(INVOICE_CREATED == 0 && INVOICE_PARTIAL == 1 && INVOICE_PAID == 2 &&
                  INVOICE_OVERPAID == 3 && INVOICE_CANCELED == 4 && INVOICE_STATUS_COUNT == 5,
              "the columns stand in this sequence");

static void take_sums(struct stmt *stmt, struct shop_day_row *row) {
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        row->counts[i] = take_i64(stmt);
    }
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        row->usd[i] = take_amount(stmt, fiat_usd());
    }
}

QUERY(shop_day_get, "SELECT " COUNT_COLUMNS ", " USD_COLUMNS " FROM shop_day "
                    "WHERE shop_id = $1 AND day = $2");

struct result store_shop_day_get(struct store_conn *conn, int64_t shop_id, int64_t day,
                                 struct shop_day_row *ret_row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_day_get);
    bind_i64(stmt, shop_id);
    bind_i64(stmt, day);
    struct shop_day_row row = {.shop_id = shop_id, .day = day};
    if (stmt_next(stmt)) {
        take_sums(stmt, &row);
    }
    TRY(stmt_found(stmt));
    *ret_row = row;
    return RESULT_OK;
}

QUERY(shop_day_put,
      "INSERT INTO shop_day (shop_id, day, " COUNT_COLUMNS ", " USD_COLUMNS ") "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
      "ON CONFLICT (shop_id, day) DO UPDATE SET created = excluded.created, "
      "partial = excluded.partial, paid = excluded.paid, overpaid = excluded.overpaid, "
      "canceled = excluded.canceled, created_usd = excluded.created_usd, "
      "partial_usd = excluded.partial_usd, paid_usd = excluded.paid_usd, "
      "overpaid_usd = excluded.overpaid_usd, canceled_usd = excluded.canceled_usd");

struct result store_shop_day_put(struct store_conn *conn, const struct shop_day_row *row) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_day_put);
    bind_i64(stmt, row->shop_id);
    bind_i64(stmt, row->day);
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        bind_i64(stmt, row->counts[i]);
    }
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        bind_amount(stmt, row->usd[i]);
    }
    return stmt_run(stmt);
}

QUERY(shop_day_sum, "SELECT " COUNT_COLUMNS ", " USD_COLUMNS " FROM shop_day "
                    "WHERE shop_id = $1 AND day >= $2 AND day <= $3");

struct result store_shop_day_sum(struct store_conn *conn, int64_t shop_id, struct day_range days,
                                 struct shop_day_row *ret_sum) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_day_sum);
    bind_i64(stmt, shop_id);
    bind_i64(stmt, days.first);
    bind_i64(stmt, days.last);
    struct shop_day_row sum = {.shop_id = shop_id};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        sum.usd[i] = amount_zero(fiat_usd());
    }
    while (stmt_next(stmt)) {
        struct shop_day_row row;
        take_sums(stmt, &row);
        for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
            sum.counts[i] += row.counts[i];
            sum.usd[i] = amount_add_to_max(sum.usd[i], row.usd[i]);
        }
    }
    TRY(stmt_result(stmt));
    *ret_sum = sum;
    return RESULT_OK;
}

QUERY(shop_day_counts, "SELECT day, created + partial + paid + overpaid + canceled FROM shop_day "
                       "WHERE shop_id = $1 AND day >= $2 AND day <= $3 ORDER BY day DESC");

struct result store_shop_day_counts(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    struct day_range days, const struct day_count **ret_counts,
                                    size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_day_counts);
    bind_i64(stmt, shop_id);
    bind_i64(stmt, days.first);
    bind_i64(stmt, days.last);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct day_count));
    while (stmt_next(stmt)) {
        struct day_count *count = row_list_add(&list);
        if (count != NULL) {
            count->day = take_i64(stmt);
            count->count = take_i64(stmt);
        }
    }
    TRY(stmt_result(stmt));
    *ret_counts = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(shop_day_total, "SELECT coalesce(sum(created + partial + paid + overpaid + canceled), 0) "
                      "FROM shop_day");

struct result store_shop_day_total(struct store_conn *conn, int64_t *ret_total) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_day_total);
    return stmt_run_i64(stmt, ret_total);
}

QUERY(shop_day_clear, "DELETE FROM shop_day");
QUERY(shop_asset_clear, "DELETE FROM shop_asset");

static struct result clear(struct store_conn *conn, const struct query *query) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, query);
    return stmt_run(stmt);
}

struct result store_rollup_clear(struct store_conn *conn) {
    TRY(clear(conn, &shop_day_clear));
    return clear(conn, &shop_asset_clear);
}
