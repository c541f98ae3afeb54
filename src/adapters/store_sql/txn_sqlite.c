/* SPDX-License-Identifier: MIT */
/* Transactions on SQLite, and what its failures mean. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "adapters/store_sql/fault.h"
#include "adapters/store_sql/sqlite.h"

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void conn_start_deadline(struct store_conn *conn) {
    conn->deadline_ms = monotonic_ms() + READ_DEADLINE_MS;
}

struct result conn_failf(struct store_conn *conn, const struct error_code *code, const char *format,
                         ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(conn->detail, sizeof(conn->detail), format, args);
    va_end(args);
    return (struct result){.code = code, .detail = conn->detail};
}

static const struct error_code *error_of(sqlite3 *db, int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_INTERRUPT:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
        return &ERR_STORE_BUSY;
    case SQLITE_FULL:
        return &ERR_STORE_FULL;
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return &ERR_STORE_CONSTRAINT;
    case SQLITE_CONSTRAINT: {
        bool is_taken = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                        code == SQLITE_CONSTRAINT_ROWID;
        return is_taken ? &ERR_STORE_TAKEN : &ERR_STORE_CONSTRAINT;
    }
    case SQLITE_IOERR: {
        int cause = sqlite3_system_errno(db);
        bool is_sync = code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
        if (!is_sync && (cause == ENOSPC || cause == EDQUOT)) {
            return &ERR_STORE_FULL;
        }
        return &ERR_STORE_BROKEN;
    }
    default:
        return &ERR_STORE_BROKEN;
    }
}

static struct result note_fault(struct store_conn *conn, struct result fault) {
    if (conn->in_txn && result_is_ok(conn->txn_fault)) {
        conn->txn_fault = fault;
    }
    /* After a failed write or sync nobody knows what is on the disk: trying again could call lost
     * pages safe. */
    if (conn->is_writer && fault.code == &ERR_STORE_BROKEN) {
        conn->store->is_broken = true;
    }
    return fault;
}

struct result conn_fault(struct store_conn *conn, int code, const char *doing) {
    return note_fault(conn, conn_failf(conn, error_of(conn->db, code), "%s: %s (%d)", doing,
                                       sqlite3_errmsg(conn->db), code));
}

void store_fault_plan(struct store_conn *conn, uint64_t call, const struct error_code *code) {
    conn->calls_before_fault = call;
    conn->planned_fault = code;
}

struct result conn_step_fault(struct store_conn *conn) {
    if (conn->calls_before_fault == 0 || --conn->calls_before_fault > 0) {
        return RESULT_OK;
    }
    return note_fault(conn, conn_failf(conn, conn->planned_fault, "planned by a test"));
}

bool conn_is_reader(const struct store_conn *conn) {
    return !conn->is_writer;
}

bool conn_is_in_txn(const struct store_conn *conn) {
    return conn->in_txn;
}

bool conn_set_unbounded(struct store_conn *conn, bool is_unbounded) {
    bool was_unbounded = conn->is_unbounded;
    conn->is_unbounded = is_unbounded;
    return was_unbounded;
}

/* Prepared once: a read transaction is so short that parsing its two words would show. */
static int run_txn_step(struct store_conn *conn, enum txn_step step) {
    static const char *const texts[] = {
        [TXN_BEGIN_WRITE] = "BEGIN IMMEDIATE",
        [TXN_BEGIN_READ] = "BEGIN",
        [TXN_COMMIT] = "COMMIT",
        [TXN_ROLLBACK] = "ROLLBACK",
    };
    sqlite3_stmt **handle = &conn->txn_steps[step];
    if (*handle == NULL) {
        int code =
            sqlite3_prepare_v3(conn->db, texts[step], -1, SQLITE_PREPARE_PERSISTENT, handle, NULL);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    (void)sqlite3_step(*handle);
    return sqlite3_reset(*handle); /* says what the step said */
}

static struct result try_txn_step(struct store_conn *conn, enum txn_step step, const char *doing) {
    TRY(conn_step_fault(conn));
    int code = run_txn_step(conn, step);
    return code == SQLITE_OK ? RESULT_OK : conn_fault(conn, code, doing);
}

struct result conn_script(struct store_conn *conn, const char *sql) {
    BUG_IF(!conn->in_txn);
    TRY(conn_step_fault(conn));
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RESULT_OK : conn_fault(conn, code, "could not run a script");
}

/* SQLite would go on writing to a file that nobody can find any more. */
static struct result check_file(struct store_conn *conn) {
    struct stat now;
    struct store *store = conn->store;
    if (stat(store->path, &now) != 0 || now.st_dev != store->device || now.st_ino != store->inode) {
        store->is_broken = true;
        return conn_failf(conn, &ERR_STORE_BROKEN,
                          "the database file was replaced or removed while in use");
    }
    return RESULT_OK;
}

struct result store_begin(struct store_conn *conn) {
    BUG_IF(!conn->is_writer || conn->in_txn);
    if (conn->store->is_broken) {
        return conn_failf(conn, &ERR_STORE_BROKEN,
                          "the disk failed before; the store must be opened again");
    }
    TRY(check_file(conn));
    TRY(try_txn_step(conn, TXN_BEGIN_WRITE, "could not begin"));
    conn->in_txn = true;
    conn->txn_fault = RESULT_OK;
    return RESULT_OK;
}

struct result store_commit(struct store_conn *conn) {
    BUG_IF(!conn->is_writer || !conn->in_txn);
    TRY(conn->txn_fault);
    TRY(try_txn_step(conn, TXN_COMMIT, "could not commit"));
    conn->in_txn = false;
    return RESULT_OK;
}

void store_rollback(struct store_conn *conn) {
    BUG_IF(!conn->is_writer);
    if (!conn->in_txn) {
        return;
    }
    /* Some failures have rolled back already. */
    if (!sqlite3_get_autocommit(conn->db) && run_txn_step(conn, TXN_ROLLBACK) != SQLITE_OK) {
        conn->store->is_broken = true;
    }
    conn->in_txn = false;
    conn->txn_fault = RESULT_OK;
}

int64_t store_rows_written(struct store_conn *conn) {
    BUG_IF(!conn->is_writer);
    return sqlite3_total_changes64(conn->db);
}

struct result store_read_begin(struct store_conn *conn) {
    BUG_IF(conn->is_writer || conn->in_txn);
    conn_start_deadline(conn);
    TRY(try_txn_step(conn, TXN_BEGIN_READ, "could not begin to read"));
    conn->in_txn = true;
    conn->txn_fault = RESULT_OK;
    return RESULT_OK;
}

void store_read_end(struct store_conn *conn) {
    BUG_IF(conn->is_writer);
    if (!conn->in_txn) {
        return;
    }
    if (!sqlite3_get_autocommit(conn->db)) {
        (void)run_txn_step(conn, TXN_ROLLBACK);
    }
    conn->in_txn = false;
    conn->txn_fault = RESULT_OK;
}

const struct network_map *conn_networks(const struct store_conn *conn) {
    return &conn->store->networks;
}
