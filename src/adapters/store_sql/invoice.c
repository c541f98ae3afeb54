/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_invoice.h"

/* The SQL below and the partial indexes of the schema name this bit. */
static_assert(INVOICE_FLAG_EXPIRED_PARTIAL == 8, "stored in the schema as 8");

static const char *const statuses[] = {
    [INVOICE_CREATED] = "created",   [INVOICE_PARTIAL] = "partial",   [INVOICE_PAID] = "paid",
    [INVOICE_OVERPAID] = "overpaid", [INVOICE_CANCELED] = "canceled",
};

#define INVOICE_COLUMNS                                                                            \
    "id, shop_id, status, flags, order_id, email, price_asset, price, price_usd, assets, "         \
    "underpaid_tolerance, overpaid_tolerance, canceled_by_shop, confirmed_by_hand, "               \
    "late_accepted, created_at_ms, expires_at_ms, "                                                \
    "finished_at_ms, success_announced_at_ms, shown_address_id, auto_confirm, accept_late, "       \
    "side_commission, side_commission_cc, transfer_fee_usd, service_fee_usd, without_payment"

static void take_invoice(struct stmt *stmt, struct arena *arena, struct invoice_row *invoice) {
    invoice->id = take_i64(stmt);
    invoice->shop_id = take_i64(stmt);
    invoice->status = (enum invoice_status)take_word(stmt, WORDS_OF(statuses));
    invoice->flags = take_u32(stmt);
    invoice->order_id = take_str(stmt, arena);
    invoice->email = take_str(stmt, arena);
    const struct asset *price_asset = take_asset(stmt);
    invoice->price = take_amount(stmt, price_asset);
    invoice->price_usd = take_amount(stmt, fiat_usd());
    invoice->assets = take_str(stmt, arena);
    invoice->underpaid_tolerance = take_str(stmt, arena);
    invoice->overpaid_tolerance = take_str(stmt, arena);
    invoice->canceled_by_shop = take_bool(stmt);
    invoice->confirmed_by_hand = take_bool(stmt);
    invoice->late_accepted = take_bool(stmt);
    invoice->created_at_ms = take_i64(stmt);
    invoice->expires_at_ms = take_i64(stmt);
    invoice->finished_at_ms = take_i64(stmt);
    invoice->success_announced_at_ms = take_i64(stmt);
    invoice->shown_address_id = take_i64(stmt);
    invoice->auto_confirm = take_str(stmt, arena);
    invoice->accept_late = take_bool(stmt);
    invoice->commission.transfer_side = take_side(stmt);
    invoice->commission.service_side = take_side(stmt);
    invoice->commission.transfer_usd = take_usd_or_null(stmt);
    invoice->commission.service_usd = take_usd_or_null(stmt);
    invoice->without_payment = take_bool(stmt);
}

QUERY(invoice_insert, "INSERT INTO invoice (" INVOICE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, "
                      "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
                      "$22, $23, $24, $25, $26, $27)");

struct result store_invoice_insert(struct store_conn *conn, const struct invoice_row *invoice) {
    assert(invoice->id > 0);
    assert(invoice->price_usd.asset == fiat_usd());
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_insert);
    bind_i64(stmt, invoice->id);
    bind_i64(stmt, invoice->shop_id);
    bind_word(stmt, WORDS_OF(statuses), invoice->status);
    bind_i64(stmt, invoice->flags);
    bind_str(stmt, invoice->order_id);
    bind_str(stmt, invoice->email);
    bind_asset(stmt, invoice->price.asset);
    bind_amount(stmt, invoice->price);
    bind_amount(stmt, invoice->price_usd);
    bind_str(stmt, invoice->assets);
    bind_str(stmt, invoice->underpaid_tolerance);
    bind_str(stmt, invoice->overpaid_tolerance);
    bind_bool(stmt, invoice->canceled_by_shop);
    bind_bool(stmt, invoice->confirmed_by_hand);
    bind_bool(stmt, invoice->late_accepted);
    bind_i64(stmt, invoice->created_at_ms);
    bind_i64(stmt, invoice->expires_at_ms);
    bind_or_null(stmt, invoice->finished_at_ms);
    bind_or_null(stmt, invoice->success_announced_at_ms);
    bind_or_null(stmt, invoice->shown_address_id);
    bind_str(stmt, invoice->auto_confirm);
    bind_bool(stmt, invoice->accept_late);
    bind_side(stmt, invoice->commission.transfer_side);
    bind_side(stmt, invoice->commission.service_side);
    bind_usd_or_null(stmt, invoice->commission.transfer_usd);
    bind_usd_or_null(stmt, invoice->commission.service_usd);
    bind_bool(stmt, invoice->without_payment);
    return stmt_run(stmt);
}

QUERY(invoice_update,
      "UPDATE invoice SET status = $2, flags = $3, canceled_by_shop = $4, confirmed_by_hand = $5, "
      "late_accepted = $6, expires_at_ms = $7, finished_at_ms = $8, success_announced_at_ms = $9, "
      "shown_address_id = $10, without_payment = $11 WHERE id = $1");

struct result store_invoice_update(struct store_conn *conn, const struct invoice_row *invoice) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_update);
    bind_i64(stmt, invoice->id);
    bind_word(stmt, WORDS_OF(statuses), invoice->status);
    bind_i64(stmt, invoice->flags);
    bind_bool(stmt, invoice->canceled_by_shop);
    bind_bool(stmt, invoice->confirmed_by_hand);
    bind_bool(stmt, invoice->late_accepted);
    bind_i64(stmt, invoice->expires_at_ms);
    bind_or_null(stmt, invoice->finished_at_ms);
    bind_or_null(stmt, invoice->success_announced_at_ms);
    bind_or_null(stmt, invoice->shown_address_id);
    bind_bool(stmt, invoice->without_payment);
    return stmt_run_one(stmt);
}

QUERY(invoice_by_id, "SELECT " INVOICE_COLUMNS " FROM invoice WHERE id = $1");

struct result store_invoice_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                  struct invoice_row *ret_invoice) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_by_id);
    bind_i64(stmt, id);
    struct invoice_row invoice = {0};
    if (stmt_next(stmt)) {
        take_invoice(stmt, arena, &invoice);
    }
    TRY(stmt_found(stmt));
    *ret_invoice = invoice;
    return RESULT_OK;
}

static struct result invoices_of(struct stmt *stmt, struct arena *arena,
                                 const struct invoice_row **ret_invoices, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct invoice_row));
    while (stmt_next(stmt)) {
        struct invoice_row *invoice = row_list_add(&list);
        if (invoice != NULL) {
            take_invoice(stmt, arena, invoice);
        }
    }
    TRY(stmt_result(stmt));
    *ret_invoices = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* Two ways to walk back in time: along a shop's index, or along all ids. */
QUERY(invoice_list_of_shop, "SELECT " INVOICE_COLUMNS " FROM invoice "
                            "WHERE shop_id = $1 AND created_at_ms >= $2 AND created_at_ms < $3 "
                            "ORDER BY created_at_ms DESC, id DESC LIMIT $4 OFFSET $5");
QUERY(invoice_list, "SELECT " INVOICE_COLUMNS " FROM invoice "
                    "WHERE created_at_ms >= $1 AND created_at_ms < $2 "
                    "ORDER BY id DESC LIMIT $3 OFFSET $4");
static void bind_filter(struct stmt *stmt, const struct store_invoice_filter *filter) {
    if (filter->shop_id != 0) {
        bind_i64(stmt, filter->shop_id);
    }
    bind_i64(stmt, filter->created_from_ms);
    bind_i64(stmt, filter->created_before_ms == 0 ? INT64_MAX : filter->created_before_ms);
}

struct result store_invoice_list(struct store_conn *conn, struct arena *arena,
                                 const struct store_invoice_filter *filter,
                                 const struct invoice_row **ret_invoices, size_t *ret_count) {
    CLEANUP(stmt_close)
    struct stmt *stmt =
        stmt_open(conn, filter->shop_id == 0 ? &invoice_list : &invoice_list_of_shop);
    bind_filter(stmt, filter);
    bind_i64(stmt, filter->limit);
    bind_i64(stmt, filter->offset);
    return invoices_of(stmt, arena, ret_invoices, ret_count);
}

QUERY(invoice_after, "SELECT " INVOICE_COLUMNS " FROM invoice WHERE id > $1 ORDER BY id LIMIT $2");

struct result store_invoice_after(struct store_conn *conn, struct arena *arena, int64_t after_id,
                                  uint32_t limit, const struct invoice_row **ret_invoices,
                                  size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_after);
    bind_i64(stmt, after_id);
    bind_i64(stmt, limit);
    return invoices_of(stmt, arena, ret_invoices, ret_count);
}

/* The WHERE clause of the partial index `invoice_open`, word for word. */
#define IS_OPEN "status IN ('created', 'partial') AND flags & 8 = 0"

QUERY(invoice_expiring, "SELECT expires_at_ms, id FROM invoice WHERE " IS_OPEN
                        " AND (expires_at_ms, id) > ($1, $2) AND expires_at_ms <= $3 "
                        "ORDER BY expires_at_ms, id LIMIT $4");
/* With the WHERE clause of the partial index `invoice_expired`. */
QUERY(invoice_expired, "SELECT expires_at_ms, id FROM invoice "
                       "WHERE (status = 'canceled' OR flags & 8 <> 0) "
                       "AND (expires_at_ms, id) > ($1, $2) AND expires_at_ms <= $3 "
                       "ORDER BY expires_at_ms, id LIMIT $4");

static struct result deadlines_by(struct store_conn *conn, struct arena *arena,
                                  const struct query *query, const struct store_deadlines *wanted,
                                  const struct store_deadline **ret_deadlines, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, query);
    bind_i64(stmt, wanted->after.deadline_ms);
    bind_i64(stmt, wanted->after.invoice_id);
    bind_i64(stmt, wanted->until_ms);
    bind_i64(stmt, wanted->limit);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct store_deadline));
    while (stmt_next(stmt)) {
        struct store_deadline *deadline = row_list_add(&list);
        if (deadline != NULL) {
            deadline->deadline_ms = take_i64(stmt);
            deadline->invoice_id = take_i64(stmt);
        }
    }
    TRY(stmt_result(stmt));
    *ret_deadlines = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

struct result store_invoice_expiring(struct store_conn *conn, struct arena *arena,
                                     const struct store_deadlines *wanted,
                                     const struct store_deadline **ret_deadlines,
                                     size_t *ret_count) {
    return deadlines_by(conn, arena, &invoice_expiring, wanted, ret_deadlines, ret_count);
}

struct result store_invoice_expired(struct store_conn *conn, struct arena *arena,
                                    const struct store_deadlines *wanted,
                                    const struct store_deadline **ret_deadlines,
                                    size_t *ret_count) {
    return deadlines_by(conn, arena, &invoice_expired, wanted, ret_deadlines, ret_count);
}

QUERY(invoice_next_deadline, "SELECT coalesce(min(expires_at_ms), 0) FROM invoice WHERE " IS_OPEN
                             " AND expires_at_ms > $1");

struct result store_invoice_next_deadline(struct store_conn *conn, int64_t after_ms,
                                          int64_t *ret_deadline_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_next_deadline);
    bind_i64(stmt, after_ms);
    return stmt_run_i64(stmt, ret_deadline_ms);
}

QUERY(invoice_highest_id, "SELECT coalesce(max(id), 0) FROM invoice");

struct result store_invoice_highest_id(struct store_conn *conn, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &invoice_highest_id);
    return stmt_run_i64(stmt, ret_id);
}
