/* SPDX-License-Identifier: MIT */
/* Statements on SQLite: prepared once, checked at every step that nothing was forgotten. */

#include <stdio.h>
#include <string.h>

#include "adapters/store_sql/sqlite.h"

/* The bounds of the section that QUERY fills, given by the linker. */
extern const struct query __start_till_query[] __attribute__((weak, visibility("hidden")));
extern const struct query __stop_till_query[] __attribute__((weak, visibility("hidden")));

static_assert(sizeof(struct query) == 32, "queries stand in their section without gaps");

const struct query *query_at(size_t position) {
    size_t count = (size_t)(__stop_till_query - __start_till_query);
    return position < count ? &__start_till_query[position] : NULL;
}

static size_t query_place(const struct query *query) {
    BUG_IF(query < __start_till_query || query >= __stop_till_query);
    size_t place = (size_t)(query - __start_till_query);
    BUG_IF(place >= QUERIES_MAX);
    return place;
}

static void find_params(struct stmt *stmt) {
    stmt->param_count = sqlite3_bind_parameter_count(stmt->handle);
    stmt->column_count = sqlite3_column_count(stmt->handle);
    BUG_IF(stmt->param_count > PARAMS_MAX);
    for (int i = 0; i < stmt->param_count; i++) {
        char name[8];
        snprintf(name, sizeof(name), "$%d", i + 1);
        stmt->param_places[i] = sqlite3_bind_parameter_index(stmt->handle, name);
        BUG_IF(stmt->param_places[i] == 0);
    }
}

static void prepare(struct stmt *stmt) {
    struct store_conn *conn = stmt->conn;
    const char *rest = NULL;
    int code = sqlite3_prepare_v3(conn->db, stmt->query->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &stmt->handle, &rest);
    if (code != SQLITE_OK) {
        stmt->fault = conn_fault(conn, code, stmt->query->name);
        return;
    }
    BUG_IF(rest == NULL || *rest != '\0');
    /* A write outside a transaction, or on a reader, is a bug. */
    BUG_IF(!conn->is_writer && !sqlite3_stmt_readonly(stmt->handle));
    find_params(stmt);
}

struct stmt *stmt_open(struct store_conn *conn, const struct query *query) {
    struct stmt *stmt = &conn->stmts[query_place(query)];
    BUG_IF(stmt->open);
    stmt->conn = conn;
    stmt->query = query;
    stmt->fault = conn->txn_fault;
    stmt->bound = 0;
    stmt->taken = 0;
    stmt->scratch_used = 0;
    stmt->open = true;
    stmt->executed = false;
    stmt->on_row = false;
    stmt->found = false;
    stmt->asked = false;
    if (!conn->is_writer && !conn->in_txn) {
        conn_start_deadline(conn);
    }
    if (stmt->handle == NULL && result_is_ok(stmt->fault)) {
        prepare(stmt);
    }
    BUG_IF(conn->is_writer && !conn->in_txn && stmt->handle != NULL &&
           !sqlite3_stmt_readonly(stmt->handle));
    return stmt;
}

static bool is_faulty(const struct stmt *stmt) {
    return !result_is_ok(stmt->fault);
}

void stmt_close(struct stmt **stmt_pointer) {
    struct stmt *stmt = *stmt_pointer;
    BUG_IF(!stmt->open);
    if (!is_faulty(stmt)) {
        BUG_IF(!stmt->executed);
        BUG_IF(stmt->on_row && stmt->taken != stmt->column_count);
        BUG_IF(!stmt->asked);
    }
    stmt->open = false;
    if (stmt->handle != NULL) {
        sqlite3_reset(stmt->handle);
    }
}

/* Once for each execution, before the first step. */
static bool start(struct stmt *stmt) {
    BUG_IF(stmt->bound != stmt->param_count);
    stmt->executed = true;
    stmt->fault = conn_step_fault(stmt->conn);
    return !is_faulty(stmt);
}

bool stmt_next(struct stmt *stmt) {
    if (is_faulty(stmt)) {
        return false;
    }
    BUG_IF(stmt->on_row && stmt->taken != stmt->column_count);
    stmt->on_row = false;
    if (!stmt->executed && !start(stmt)) {
        return false;
    }
    int code = sqlite3_step(stmt->handle);
    if (code == SQLITE_ROW) {
        stmt->on_row = true;
        stmt->found = true;
        stmt->taken = 0;
        return true;
    }
    if (code != SQLITE_DONE) {
        stmt->fault = conn_fault(stmt->conn, code, stmt->query->name);
    }
    return false;
}

struct result stmt_result(struct stmt *stmt) {
    stmt->asked = true;
    return stmt->fault;
}

struct result stmt_found(struct stmt *stmt) {
    if (stmt->found) {
        BUG_IF(stmt_next(stmt));
    }
    TRY(stmt_result(stmt));
    ENSURE(stmt->found, ERR_NOT_FOUND);
    return RESULT_OK;
}

struct result stmt_run(struct stmt *stmt) {
    BUG_IF(stmt_next(stmt));
    return stmt_result(stmt);
}

struct result stmt_run_i64(struct stmt *stmt, int64_t *ret_value) {
    int64_t value = 0;
    if (stmt_next(stmt)) {
        value = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_value = value;
    return RESULT_OK;
}

struct result stmt_run_insert(struct stmt *stmt, int64_t *ret_id) {
    BUG_IF(!stmt->query->makes_id);
    TRY(stmt_run(stmt));
    *ret_id = sqlite3_last_insert_rowid(stmt->conn->db);
    return RESULT_OK;
}

struct result stmt_run_one(struct stmt *stmt) {
    TRY(stmt_run(stmt));
    sqlite3_int64 changed = sqlite3_changes64(stmt->conn->db);
    BUG_IF(changed > 1);
    ENSURE(changed == 1, ERR_NOT_FOUND);
    return RESULT_OK;
}

void stmt_fail(struct stmt *stmt, const struct error_code *code, const char *detail) {
    if (!is_faulty(stmt)) {
        stmt->fault = conn_failf(stmt->conn, code, "%s: %s", stmt->query->name, detail);
    }
}

struct store_conn *stmt_conn(const struct stmt *stmt) {
    return stmt->conn;
}

/* The place of the next parameter, 0 if nothing runs any more. */
static int next_place(struct stmt *stmt) {
    BUG_IF(stmt->executed);
    if (is_faulty(stmt)) {
        return 0;
    }
    BUG_IF(stmt->bound == stmt->param_count);
    return stmt->param_places[stmt->bound++];
}

static void check_bound(struct stmt *stmt, int code) {
    if (code != SQLITE_OK) {
        stmt->fault = conn_fault(stmt->conn, code, stmt->query->name);
    }
}

void bind_i64(struct stmt *stmt, int64_t value) {
    int place = next_place(stmt);
    if (place != 0) {
        check_bound(stmt, sqlite3_bind_int64(stmt->handle, place, value));
    }
}

void bind_null(struct stmt *stmt) {
    int place = next_place(stmt);
    if (place != 0) {
        check_bound(stmt, sqlite3_bind_null(stmt->handle, place));
    }
}

void bind_or_null(struct stmt *stmt, int64_t value) {
    if (value == 0) {
        bind_null(stmt);
        return;
    }
    bind_i64(stmt, value);
}

void bind_bool(struct stmt *stmt, bool value) {
    bind_i64(stmt, value ? 1 : 0);
}

void bind_str(struct stmt *stmt, struct str text) {
    int place = next_place(stmt);
    if (place != 0) {
        const char *ptr = text.len == 0 ? "" : text.ptr; /* NULL would be SQL's NULL */
        check_bound(stmt, sqlite3_bind_text64(stmt->handle, place, ptr, text.len, SQLITE_STATIC,
                                              SQLITE_UTF8));
    }
}

void bind_bytes(struct stmt *stmt, const uint8_t *bytes, size_t size) {
    int place = next_place(stmt);
    if (place != 0) {
        const void *ptr = size == 0 ? (const uint8_t *)"" : bytes;
        check_bound(stmt, sqlite3_bind_blob64(stmt->handle, place, ptr, size, SQLITE_STATIC));
    }
}

void bind_bytes_copy(struct stmt *stmt, const uint8_t *bytes, size_t size) {
    BUG_IF(size > (size_t)(STMT_SCRATCH_BYTES - stmt->scratch_used));
    uint8_t *copy = &stmt->scratch[stmt->scratch_used];
    memcpy(copy, bytes, size);
    stmt->scratch_used += (int)size;
    bind_bytes(stmt, copy, size);
}

/* The next column, -1 if there is no row to take from any more. */
static int next_column(struct stmt *stmt) {
    if (is_faulty(stmt)) {
        return -1;
    }
    BUG_IF(!stmt->on_row || stmt->taken == stmt->column_count);
    return stmt->taken++;
}

int64_t take_i64(struct stmt *stmt) {
    int column = next_column(stmt);
    return column < 0 ? 0 : sqlite3_column_int64(stmt->handle, column);
}

uint32_t take_u32(struct stmt *stmt) {
    int64_t value = take_i64(stmt);
    if (value < 0 || value > UINT32_MAX) {
        stmt_fail(stmt, &ERR_STORE_BROKEN, "a number is out of its range");
        return 0;
    }
    return (uint32_t)value;
}

bool take_bool(struct stmt *stmt) {
    return take_i64(stmt) != 0;
}

bool take_is_null(struct stmt *stmt) {
    if (is_faulty(stmt)) {
        return true;
    }
    BUG_IF(!stmt->on_row || stmt->taken == stmt->column_count);
    return sqlite3_column_type(stmt->handle, stmt->taken) == SQLITE_NULL;
}

struct bytes take_view(struct stmt *stmt) {
    int column = next_column(stmt);
    if (column < 0) {
        return (struct bytes){0};
    }
    const uint8_t *ptr = sqlite3_column_blob(stmt->handle, column);
    return (struct bytes){.ptr = ptr, .len = (size_t)sqlite3_column_bytes(stmt->handle, column)};
}

struct str take_str(struct stmt *stmt, struct arena *arena) {
    struct bytes view = take_view(stmt);
    if (view.len == 0) {
        return STR("");
    }
    char *copy = arena_try_alloc(arena, view.len + 1);
    if (copy == NULL) {
        stmt_fail(stmt, &ERR_STORE_ANSWER_LARGE, "no room for a text");
        return STR("");
    }
    memcpy(copy, view.ptr, view.len);
    return (struct str){.ptr = copy, .len = view.len};
}

void take_bytes(struct stmt *stmt, uint8_t *ret_bytes, size_t size) {
    struct bytes view = take_view(stmt);
    if (view.ptr != NULL && view.len == size) {
        memcpy(ret_bytes, view.ptr, size);
        return;
    }
    memset(ret_bytes, 0, size);
    if (view.ptr != NULL || view.len != 0) {
        stmt_fail(stmt, &ERR_STORE_BROKEN, "bytes have the wrong length");
    }
}

struct row_list row_list_of(struct stmt *stmt, struct arena *arena, size_t row_size) {
    return (struct row_list){.stmt = stmt, .arena = arena, .row_size = row_size};
}

void *row_list_add(struct row_list *list) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        void *rows = arena_try_alloc(list->arena, capacity * list->row_size);
        if (rows == NULL) {
            stmt_fail(list->stmt, &ERR_STORE_ANSWER_LARGE, "too many rows");
            return NULL;
        }
        if (list->rows != NULL) {
            memcpy(rows, list->rows, list->count * list->row_size);
        }
        list->rows = rows;
        list->capacity = capacity;
    }
    return (char *)list->rows + list->row_size * list->count++;
}
