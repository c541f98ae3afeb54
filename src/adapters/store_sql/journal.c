/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_journal.h"

QUERY(journal_append, "INSERT INTO journal (at_ms, shop_id, invoice_id, event, detail) "
                      "VALUES ($1, $2, $3, $4, $5)");

struct result store_journal_append(struct store_conn *conn, const struct journal_row *entry) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &journal_append);
    bind_i64(stmt, entry->at_ms);
    bind_or_null(stmt, entry->shop_id);
    bind_or_null(stmt, entry->invoice_id);
    bind_str(stmt, entry->event);
    bind_str(stmt, entry->detail);
    return stmt_run(stmt);
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
