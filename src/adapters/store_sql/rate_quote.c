/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_invoice.h"

QUERY(rate_quote_find, "SELECT id FROM rate_quote WHERE pair = $1 AND rate = $2 AND source = $3");

static struct result find(struct store_conn *conn, const struct rate_quote_row *quote,
                          int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &rate_quote_find);
    bind_str(stmt, quote->pair);
    bind_str(stmt, quote->rate);
    bind_str(stmt, quote->source);
    return stmt_run_i64(stmt, ret_id);
}

QUERY_INSERT(rate_quote_insert, "INSERT INTO rate_quote (pair, rate, source, at_ms) "
                                "VALUES ($1, $2, $3, $4)");

struct result store_rate_quote_intern(struct store_conn *conn, const struct rate_quote_row *quote,
                                      int64_t *ret_id) {
    struct result found = find(conn, quote, ret_id);
    if (found.code != &ERR_NOT_FOUND) {
        return found;
    }
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &rate_quote_insert);
    bind_str(stmt, quote->pair);
    bind_str(stmt, quote->rate);
    bind_str(stmt, quote->source);
    bind_i64(stmt, quote->at_ms);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(rate_quote_by_id, "SELECT id, pair, rate, source, at_ms FROM rate_quote WHERE id = $1");

struct result store_rate_quote_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                     struct rate_quote_row *ret_quote) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &rate_quote_by_id);
    bind_i64(stmt, id);
    struct rate_quote_row quote = {0};
    if (stmt_next(stmt)) {
        quote.id = take_i64(stmt);
        quote.pair = take_str(stmt, arena);
        quote.rate = take_str(stmt, arena);
        quote.source = take_str(stmt, arena);
        quote.at_ms = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_quote = quote;
    return RESULT_OK;
}
