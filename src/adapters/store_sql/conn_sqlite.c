/* SPDX-License-Identifier: MIT */
/* A connection to an SQLite file: its settings, the deadline of readers, its end. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/store_sql/sqlite.h"

enum { OPCODES_BETWEEN_LOOKS = 2000 }; /* some tens of microseconds */

static int reader_is_late(void *context) {
    const struct store_conn *conn = context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return !conn->is_unbounded && now_ms > conn->deadline_ms;
}

static int note_wal_pages(void *context, sqlite3 *db, const char *schema, int pages) {
    struct store_conn *conn = context;
    conn->wal_pages = pages;
    if (conn->wal_file_pages >= 0 && conn->wal_file_pages < pages) {
        conn->wal_file_pages = pages;
    }
    return SQLITE_OK;
}

/* Less than SQLite's own limits: nothing of ours comes near these. */
static void lower_limits(sqlite3 *db) {
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 256 * 1024);
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 64);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 50);
    sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 5);
    sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 8);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, PARAMS_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 5);
    sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static void harden(sqlite3 *db) {
    static const struct {
        int option;
        int value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
        int is_set = -1;
        int code = sqlite3_db_config(db, options[i].option, options[i].value, &is_set);
        BUG_IF(code != SQLITE_OK || is_set != options[i].value);
    }
    lower_limits(db);
}

void conn_enforce_references(struct store_conn *conn, bool is_enforced) {
    BUG_IF(conn_is_in_txn(conn));
    int is_set = -1;
    int code =
        sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_FKEY, is_enforced ? 1 : 0, &is_set);
    BUG_IF(code != SQLITE_OK || is_set != (is_enforced ? 1 : 0));
}

struct result conn_check_references(struct store_conn *conn) {
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(conn->db, "PRAGMA foreign_key_check", -1, &handle, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
    }
    struct result result = RESULT_OK;
    if (code == SQLITE_ROW) {
        result = conn_failf(conn, &ERR_STORE_CONSTRAINT, "a row of \"%s\" refers to nothing",
                            (const char *)sqlite3_column_text(handle, 0));
    } else if (code != SQLITE_DONE) {
        result = conn_fault(conn, code, "foreign_key_check");
    }
    sqlite3_finalize(handle);
    return result;
}

static struct result pragma(struct store_conn *conn, const char *sql) {
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RESULT_OK : conn_fault(conn, code, sql);
}

/* The answer of a pragma as a number, or -1. */
static struct result pragma_number(struct store_conn *conn, const char *sql, int64_t *ret_number) {
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(conn->db, sql, -1, &handle, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
    }
    struct result result = RESULT_OK;
    if (code == SQLITE_ROW) {
        *ret_number = sqlite3_column_int64(handle, 0);
    } else {
        result = conn_fault(conn, code, sql);
    }
    sqlite3_finalize(handle);
    return result;
}

/* A new file gets our mark; another program's file is left alone. */
static struct result claim_file(struct store_conn *conn) {
    int64_t application_id = 0;
    int64_t page_count = 0;
    TRY(pragma_number(conn, "PRAGMA application_id", &application_id));
    TRY(pragma_number(conn, "PRAGMA page_count", &page_count));
    if (application_id == TILL_APPLICATION_ID) {
        return RESULT_OK;
    }
    if (application_id != 0 || page_count > 0) {
        return conn_failf(conn, &ERR_STORE_SCHEMA, "this file is not a database of Till");
    }
    TRY(pragma(conn, "PRAGMA page_size = 4096"));
    char sql[64];
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id = %d", TILL_APPLICATION_ID);
    return pragma(conn, sql);
}

static struct result set_wal(struct store_conn *conn) {
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(conn->db, "PRAGMA journal_mode = WAL", -1, &handle, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
    }
    struct result result = RESULT_OK;
    if (code != SQLITE_ROW) {
        result = conn_fault(conn, code, "could not switch to a write-ahead log");
    } else if (strcmp((const char *)sqlite3_column_text(handle, 0), "wal") != 0) {
        result =
            conn_failf(conn, &ERR_STORE_BROKEN, "this file system cannot hold a write-ahead log");
    }
    sqlite3_finalize(handle);
    return result;
}

static struct result set_up_writer(struct store_conn *conn) {
    TRY(claim_file(conn));
    TRY(set_wal(conn));
    TRY(pragma(conn, "PRAGMA synchronous = FULL"));
    TRY(pragma(conn, "PRAGMA wal_autocheckpoint = 0"));
    int64_t synchronous = 0;
    TRY(pragma_number(conn, "PRAGMA synchronous", &synchronous));
    BUG_IF(synchronous != 2);
    sqlite3_wal_hook(conn->db, note_wal_pages, conn);
    return RESULT_OK;
}

static struct result set_up_reader(struct store_conn *conn) {
    TRY(pragma(conn, "PRAGMA query_only = ON"));
    TRY(pragma(conn, "PRAGMA wal_autocheckpoint = 0"));
    sqlite3_progress_handler(conn->db, OPCODES_BETWEEN_LOOKS, reader_is_late, conn);
    return RESULT_OK;
}

static struct result set_up(struct store_conn *conn) {
    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, BUSY_WAIT_MS);
    harden(conn->db);
    TRY(pragma(conn, "PRAGMA mmap_size = 0"));
    TRY(pragma(conn, "PRAGMA temp_store = MEMORY"));
    TRY(pragma(conn, "PRAGMA cell_size_check = ON"));
    char sql[64];
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA cache_size = -%d",
                     conn->is_writer ? WRITER_CACHE_KIB : READER_CACHE_KIB);
    TRY(pragma(conn, sql));
    return conn->is_writer ? set_up_writer(conn) : set_up_reader(conn);
}

static struct store_conn *conn_new(struct store *store, bool is_writer) {
    struct store_conn *conn = calloc(1, sizeof(*conn));
    BUG_IF(conn == NULL);
    conn->store = store;
    conn->is_writer = is_writer;
    conn->wal_pages = -1; /* the log of a former life: unknown */
    conn->wal_file_pages = -1;
    conn->checkpoint_at_pages = CHECKPOINT_PAGES;
    return conn;
}

struct result conn_open(struct store *store, bool is_writer, struct store_conn **ret_conn) {
    struct store_conn *conn = conn_new(store, is_writer);
    /* The caller gets the connection even if it cannot be used: it holds the detail of the fault.
     */
    *ret_conn = conn;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int code = sqlite3_open_v2(store->path, &conn->db, flags, NULL);
    if (code != SQLITE_OK) {
        return conn_fault(conn, code, "could not open the database");
    }
    return set_up(conn);
}

void conn_close(struct store_conn *conn) {
    if (conn == NULL) {
        return;
    }
    BUG_IF(conn->in_txn);
    for (size_t i = 0; i < QUERIES_MAX; i++) {
        BUG_IF(conn->stmts[i].open);
        sqlite3_finalize(conn->stmts[i].handle);
    }
    for (size_t i = 0; i < TXN_STEP_COUNT; i++) {
        sqlite3_finalize(conn->txn_steps[i]);
    }
    /* The log of a broken store is the next start's to read: no last checkpoint. */
    if (conn->store->is_broken) {
        (void)sqlite3_db_config(conn->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    BUG_IF(sqlite3_close(conn->db) != SQLITE_OK);
    free(conn);
}
