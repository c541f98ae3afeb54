/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_journal.h"

QUERY(journal_append, "INSERT INTO journal (id, at_ms, shop_id, invoice_id, event, detail) "
                      "VALUES ($1, $2, $3, $4, $5, $6)");
QUERY(journal_highest_id, "SELECT coalesce(max(id), 0) FROM journal");

struct result store_journal_append(struct store_conn *conn, const struct journal_row *entry) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &journal_append);
    bind_or_null(stmt, entry->id);
    bind_i64(stmt, entry->at_ms);
    bind_or_null(stmt, entry->shop_id);
    bind_or_null(stmt, entry->invoice_id);
    bind_str(stmt, entry->event);
    bind_str(stmt, entry->detail);
    return stmt_run(stmt);
}

struct result store_journal_highest_id(struct store_conn *conn, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &journal_highest_id);
    return stmt_run_i64(stmt, ret_id);
}

static void take_entry(struct stmt *stmt, struct arena *arena, struct journal_row *entry) {
    entry->id = take_i64(stmt);
    entry->at_ms = take_i64(stmt);
    entry->shop_id = take_i64(stmt);
    entry->invoice_id = take_i64(stmt);
    entry->event = take_str(stmt, arena);
    entry->detail = take_str(stmt, arena);
}

QUERY(journal_of_invoice, "SELECT id, at_ms, shop_id, invoice_id, event, detail FROM journal "
                          "WHERE invoice_id = $1 ORDER BY id");

struct result store_journal_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct journal_row **ret_entries,
                                       size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &journal_of_invoice);
    bind_i64(stmt, invoice_id);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct journal_row));
    while (stmt_next(stmt)) {
        struct journal_row *entry = row_list_add(&list);
        if (entry != NULL) {
            take_entry(stmt, arena, entry);
        }
    }
    TRY(stmt_result(stmt));
    *ret_entries = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

/* The terms of the index journal_shop, word for word. */
QUERY(journal_of_shop,
      "SELECT journal.id, journal.at_ms, journal.shop_id, journal.invoice_id, journal.event, "
      "journal.detail, coalesce(invoice.order_id, '') "
      "FROM journal LEFT JOIN invoice ON invoice.id = journal.invoice_id "
      "WHERE journal.shop_id = $1 AND journal.id > $2 AND journal.event <> 'invoice_created' "
      "AND journal.event <> 'address_issued' ORDER BY journal.id LIMIT $3");

struct result store_journal_of_shop(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    int64_t after_id, uint32_t limit,
                                    const struct shop_event_row **ret_events, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &journal_of_shop);
    bind_i64(stmt, shop_id);
    bind_i64(stmt, after_id);
    bind_i64(stmt, limit);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct shop_event_row));
    while (stmt_next(stmt)) {
        struct shop_event_row *event = row_list_add(&list);
        if (event != NULL) {
            take_entry(stmt, arena, &event->entry);
            event->order_id = take_str(stmt, arena);
        }
    }
    TRY(stmt_result(stmt));
    *ret_events = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
