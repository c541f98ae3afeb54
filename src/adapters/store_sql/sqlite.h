/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_STORE_SQL_SQLITE_H
#define TILL_ADAPTERS_STORE_SQL_SQLITE_H

/* What the files of the SQLite engine share: the connection, its statements, the open database.
 * Nothing above the driver includes this. */

#include <limits.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "adapters/store_sql/driver.h"
#include "adapters/store_sql/values.h"
#include "ports/store.h"

enum {
    READ_DEADLINE_MS = 1000,
    BUSY_WAIT_MS = 100,
    WRITER_CACHE_KIB = 16 * 1024,
    READER_CACHE_KIB = 4 * 1024,
    CHECKPOINT_PAGES = 25000,
    CHECKPOINT_RETRY_PAGES = 5000, /* a reader stood in the way: not again before so many more */
    WAL_KEPT_PAGES = 8192, /* 32 MiB: a log no longer than this keeps its file when it is empty */
    WAL_PAGES_MAX = 8 * CHECKPOINT_PAGES, /* then we wait for the readers */
    CONN_DETAIL_BYTES = 320,
    TILL_APPLICATION_ID = 0x54494c4c, /* "TILL" */
};

struct stmt {
    struct store_conn *conn;
    const struct query *query;
    sqlite3_stmt *handle; /* NULL until first used */
    int param_count;
    int column_count;
    int param_places[PARAMS_MAX]; /* SQLite numbers parameters by first appearance */
    /* This use. */
    struct result fault;
    int bound;
    int taken;
    int scratch_used;
    bool open;
    bool executed;
    bool on_row;
    bool found;
    bool asked;
    uint8_t scratch[STMT_SCRATCH_BYTES];
};

/* What begins and ends transactions. */
enum txn_step { TXN_BEGIN_WRITE, TXN_BEGIN_READ, TXN_COMMIT, TXN_ROLLBACK, TXN_STEP_COUNT };

struct store_conn {
    struct store *store;
    sqlite3 *db;
    sqlite3_stmt *txn_steps[TXN_STEP_COUNT]; /* NULL until first used */
    bool is_writer;
    bool in_txn;
    bool is_unbounded; /* no deadline: backup, verify, digest */
    int64_t deadline_ms;
    struct result txn_fault; /* the first fault: nothing more runs before the rollback */
    int wal_pages;           /* after the last commit; -1: unknown */
    int wal_file_pages;      /* how long its file has become; -1: unknown */
    int checkpoint_at_pages;
    uint64_t calls_before_fault; /* fault.h; 0: none */
    const struct error_code *planned_fault;
    char detail[CONN_DETAIL_BYTES];
    struct stmt stmts[QUERIES_MAX];
};

struct store {
    struct store_conn *writer; /* owned */
    struct network_map networks;
    char path[PATH_MAX];
    bool is_temporary;
    _Atomic bool
        is_broken; /* the disk failed a write: only opening the store again tells what is there */
    int lock_fd;
    _Atomic int reader_count;
    dev_t device; /* of the database file, to notice when it is replaced */
    ino_t inode;
};

/* The fault of an SQLite call that did not answer `code` OK; remembered if it ends the transaction.
 */
struct result conn_fault(struct store_conn *conn, int code, const char *doing);
/* A planned fault is due (fault.h). */
struct result conn_step_fault(struct store_conn *conn);
void conn_start_deadline(struct store_conn *conn);

/* conn_sqlite.c */
struct result conn_open(struct store *store, bool is_writer, struct store_conn **ret_conn);
void conn_close(struct store_conn *conn);

#endif
