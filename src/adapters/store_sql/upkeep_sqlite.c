/* SPDX-License-Identifier: MIT */
/* Checkpoint, backup and verification of an SQLite store. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "adapters/store_sql/sqlite.h"

/* A reader may hold back what it still reads; the next try is after so many more pages. */
static void plan_checkpoint(struct store_conn *conn, int pages_in_log, int pages_moved) {
    bool is_whole = pages_in_log >= 0 && pages_in_log == pages_moved;
    conn->checkpoint_at_pages =
        is_whole ? CHECKPOINT_PAGES : conn->wal_pages + CHECKPOINT_RETRY_PAGES;
}

static struct result run_checkpoint(struct store_conn *conn, int mode) {
    int pages_in_log = -1;
    int pages_moved = -1;
    int code = sqlite3_wal_checkpoint_v2(conn->db, NULL, mode, &pages_in_log, &pages_moved);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
        return conn_fault(conn, code, "could not checkpoint");
    }
    plan_checkpoint(conn, pages_in_log, pages_moved);
    if (code == SQLITE_OK && mode != SQLITE_CHECKPOINT_PASSIVE) {
        conn->wal_pages = 0;
        conn->wal_file_pages = mode == SQLITE_CHECKPOINT_TRUNCATE ? 0 : conn->wal_file_pages;
    }
    return RESULT_OK;
}

/* Writing over a file is much cheaper to sync than making it longer: half the latency of a commit
 * at rest. So a log of moderate length is begun again, and only a long one given back. */
static int idle_mode(const struct store_conn *conn) {
    bool is_moderate = conn->wal_file_pages >= 0 && conn->wal_file_pages <= WAL_KEPT_PAGES;
    return is_moderate ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_TRUNCATE;
}

struct result store_checkpoint(struct store_conn *writer, bool idle) {
    BUG_IF(!writer->is_writer || writer->in_txn);
    if (idle && writer->wal_pages == 0) {
        return RESULT_OK;
    }
    if (idle) {
        TRY(run_checkpoint(writer, idle_mode(writer)));
        sqlite3_db_release_memory(writer->db);
        return RESULT_OK;
    }
    if (writer->wal_pages < writer->checkpoint_at_pages) {
        return RESULT_OK;
    }
    bool is_too_long = writer->wal_pages >= WAL_PAGES_MAX;
    return run_checkpoint(writer,
                          is_too_long ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
}

/* In one step, so that it is one state however much is written meanwhile. */
static struct result copy_all(struct store_conn *reader, struct arena *arena, sqlite3 *to,
                              const char *path) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", reader->db, "main");
    if (backup == NULL) {
        return result_failf(arena, &ERR_STORE_BROKEN, "could not begin a backup to \"%s\": %s",
                            path, sqlite3_errmsg(to));
    }
    int code = sqlite3_backup_step(backup, -1);
    int end = sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE && end == SQLITE_OK) {
        return RESULT_OK;
    }
    const struct error_code *error =
        (code & 0xff) == SQLITE_FULL ? &ERR_STORE_FULL : &ERR_STORE_BROKEN;
    return result_failf(arena, error, "could not write a backup to \"%s\": %s", path,
                        sqlite3_errstr(code));
}

static struct result write_backup(struct store_conn *reader, struct arena *arena,
                                  const char *path) {
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    struct result result;
    if (code == SQLITE_OK) {
        sqlite3_exec(to, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
        result = copy_all(reader, arena, to, path);
    } else {
        result = result_failf(arena, &ERR_STORE_BROKEN, "could not open \"%s\": %s", path,
                              sqlite3_errstr(code));
    }
    sqlite3_close(to);
    return result;
}

struct result store_backup(struct store_conn *reader, struct arena *arena, const char *path) {
    BUG_IF(reader->is_writer || reader->in_txn);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return result_failf(arena, &ERR_STORE_BACKUP, "could not make \"%s\": %s", path,
                            strerror(errno));
    }
    close(fd);
    reader->is_unbounded = true;
    struct result result = write_backup(reader, arena, path);
    reader->is_unbounded = false;
    if (!result_is_ok(result)) {
        (void)unlink(path);
    }
    return result;
}

/* The first row that a check answers with and that is not `good`. */
static struct result run_check(struct store_conn *conn, struct arena *arena, const char *sql,
                               const char *good) {
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(conn->db, sql, -1, &handle, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
    }
    struct result result = RESULT_OK;
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(handle, 0);
        if (good == NULL || text == NULL || strcmp(text, good) != 0) {
            result = result_failf(arena, &ERR_STORE_BROKEN, "%s found: %s", sql,
                                  text == NULL ? "nothing" : text);
        }
    } else if (code != SQLITE_DONE) {
        result = result_failf(arena, &ERR_STORE_BROKEN, "%s: %s", sql, sqlite3_errmsg(conn->db));
    }
    sqlite3_finalize(handle);
    return result;
}

struct result store_verify(struct store_conn *conn, struct arena *arena) {
    conn->is_unbounded = true;
    struct result result = run_check(conn, arena, "PRAGMA integrity_check(1)", "ok");
    if (result_is_ok(result)) {
        result = run_check(conn, arena, "PRAGMA foreign_key_check", NULL);
    }
    conn->is_unbounded = false;
    return result;
}
