/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_STORE_SQL_DRIVER_H
#define TILL_ADAPTERS_STORE_SQL_DRIVER_H

/* The small driver below all queries: prepare, bind, step, take. SQL text is written once for every
 * engine, with parameters $1, $2, ... A query is a static object, prepared once for each
 * connection. Parameters are bound and columns taken in sequence. Faults are kept in the statement,
 * so a query reads straight down and asks once, at the end. A statement that was not executed, a
 * parameter not bound, a column not taken or a result not asked for is a bug and stops the process.
 *
 *     CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &shop_by_id);
 *     bind_i64(stmt, id);
 *     if (stmt_next(stmt)) {
 *         take_shop(stmt, arena, &shop);
 *     }
 *     TRY(stmt_found(stmt));
 */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/str.h"
#include "core/error.h"

struct store_conn;
struct stmt;

enum { QUERIES_MAX = 192, PARAMS_MAX = 32, STMT_SCRATCH_BYTES = 96 };

struct query {
    const char *name;
    const char *sql;
    bool makes_id; /* each engine has its own cheap way to tell a new row's id */
} __attribute__((aligned(32)));

/* Queries stand side by side in their own section: a query's place there is its place in each
 * connection's table of prepared statements, and a test can walk them all. */
#define QUERY_ROW(query_name, is_insert, ...)                                                      \
    static const struct query query_name __attribute__((used, section("till_query"))) = {          \
        .name = #query_name, .sql = __VA_ARGS__, .makes_id = (is_insert)}
#define QUERY(query_name, ...) QUERY_ROW(query_name, false, __VA_ARGS__)
/* Inserts one row into a table with an `id`; for stmt_run_insert. */
#define QUERY_INSERT(query_name, ...) QUERY_ROW(query_name, true, __VA_ARGS__)

/* All queries of the program. */
const struct query *query_at(size_t position); /* NULL past the last */

/* Never NULL. One use of a query at a time on a connection. */
struct stmt *stmt_open(struct store_conn *conn, const struct query *query);
void stmt_close(struct stmt **stmt);

/* The next row, or false: no more, or a fault. */
bool stmt_next(struct stmt *stmt);
/* After the last stmt_next. */
struct result stmt_result(struct stmt *stmt);
/* After the first and only row; ERR_NOT_FOUND if there was none, a second one is a bug. */
struct result stmt_found(struct stmt *stmt);
/* Executes a statement that gives no rows. */
struct result stmt_run(struct stmt *stmt);
/* Executes one that gives a single number: a count, a maximum. */
struct result stmt_run_i64(struct stmt *stmt, int64_t *ret_value);
/* Executes a QUERY_INSERT and gives the new row's id. */
struct result stmt_run_insert(struct stmt *stmt, int64_t *ret_id);
/* Executes one that changes a single row; ERR_NOT_FOUND if it changed none, more is a bug. */
struct result stmt_run_one(struct stmt *stmt);
/* Notes a fault found in what was read; what follows is not taken any more. */
void stmt_fail(struct stmt *stmt, const struct error_code *code, const char *detail);
struct store_conn *stmt_conn(const struct stmt *stmt);

/* Texts and bytes are borrowed until the statement is closed. */
void bind_i64(struct stmt *stmt, int64_t value);
void bind_or_null(struct stmt *stmt, int64_t value); /* 0 becomes NULL */
void bind_bool(struct stmt *stmt, bool value);
void bind_str(struct stmt *stmt, struct str text);
void bind_bytes(struct stmt *stmt, const uint8_t *bytes, size_t size);
void bind_bytes_copy(struct stmt *stmt, const uint8_t *bytes, size_t size); /* few and small */
void bind_null(struct stmt *stmt);

int64_t take_i64(struct stmt *stmt); /* NULL becomes 0 */
uint32_t take_u32(struct stmt *stmt);
bool take_bool(struct stmt *stmt);
bool take_is_null(struct stmt *stmt); /* looks without taking */
struct str take_str(struct stmt *stmt, struct arena *arena);
/* Borrowed until the next stmt_next. */
struct bytes take_view(struct stmt *stmt);
void take_bytes(struct stmt *stmt, uint8_t *ret_bytes, size_t size); /* exactly; NULL: zeros */

/* Rows of one answer, growing in an arena whose limit bounds the answer. */
struct row_list {
    struct stmt *stmt;
    struct arena *arena;
    void *rows;
    size_t row_size;
    size_t count;
    size_t capacity;
};

struct row_list row_list_of(struct stmt *stmt, struct arena *arena, size_t row_size);
/* A zeroed row at the end; NULL and a fault in the statement past the arena's limit. */
void *row_list_add(struct row_list *list);

/* One or more statements without parameters; table definitions only. */
struct result conn_script(struct store_conn *conn, const char *sql);
/* Whether rows must always refer to rows that are there. Not within a transaction. */
void conn_enforce_references(struct store_conn *conn, bool is_enforced);
/* ERR_STORE_CONSTRAINT if a row refers to nothing. Reads everything. */
struct result conn_check_references(struct store_conn *conn);
/* Where details of this connection's faults live, until its next fault. */
struct result conn_failf(struct store_conn *conn, const struct error_code *code, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));
bool conn_is_reader(const struct store_conn *conn);
bool conn_is_in_txn(const struct store_conn *conn);
/* Lifts the deadline of a reader, or puts it back; says how it was. */
bool conn_set_unbounded(struct store_conn *conn, bool is_unbounded);

#endif
