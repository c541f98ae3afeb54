/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_H
#define TILL_PORTS_STORE_H

/* The store's life and its transactions. The queries stand in store_<noun>.h and all take a
 * connection. There is one writer, owned by the committer; readers are read-only and see the last
 * commit. A connection belongs to one thread at a time. Errors: ERR_STORE_BUSY (soft: roll back and
 * run the unit again; a read that took longer than a second), ERR_STORE_FULL (soft, create nothing
 * meanwhile), ERR_STORE_BROKEN (hard: nothing is written any more until the store is opened again),
 * ERR_STORE_TAKEN and ERR_STORE_CONSTRAINT (the unit breaks a rule of the schema),
 * ERR_STORE_ANSWER_LARGE (the answer does not fit the arena). After a fault inside a transaction
 * all its calls fail, commit included, until it is rolled back. A detail lives in the connection
 * until its next fault. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct store;      /* one open database */
struct store_conn; /* one connection to it */

/* Opens "sqlite:PATH" (or "sqlite::memory:" for tests), runs the migrations, refuses a schema that
 * is newer or changed (ERR_STORE_SCHEMA) and a store in use elsewhere (ERR_STORE_LOCKED). Owned by
 * the caller; readers are closed first. */
struct result store_open(struct arena *arena, struct str url, struct store **ret_store);
void store_close(struct store *store);

/* The single writer; owned by the store. */
struct store_conn *store_writer(struct store *store);
/* A new reader, closed by whoever opened it. */
struct result store_reader_open(struct store *store, struct store_conn **ret_conn);
void store_reader_close(struct store_conn *conn);

struct result store_begin(struct store_conn *conn);
/* Returns after a real fsync. */
struct result store_commit(struct store_conn *conn);
void store_rollback(struct store_conn *conn);

/* Readers: everything between begin and end sees one state. */
struct result store_read_begin(struct store_conn *conn);
void store_read_end(struct store_conn *conn);

/* How many rows the writer has written since it was opened; a rollback does not lower it. Two equal
 * answers: nothing was written between. */
int64_t store_rows_written(struct store_conn *conn);

/* Moves the write-ahead log into the database when it has grown past its limit, or whole when idle;
 * the next commit then begins it again.
 * Called between batches by the committer alone. */
struct result store_checkpoint(struct store_conn *writer, bool idle);

/* A consistent copy into a new file, while the store is in use. Outside of begin and end.
 * ERR_STORE_BACKUP if the file exists or cannot be made. */
struct result store_backup(struct store_conn *reader, struct arena *arena, const char *path);
/* Structure and foreign keys are sound; the detail names the first fault. */
struct result store_verify(struct store_conn *conn, struct arena *arena);
/* A digest of what is derived from the chain: active payments, statuses, flags, blocks. Equal
 * before a block and after its undo. */
struct result store_ledger_digest(struct store_conn *conn, struct arena *arena,
                                  struct str *ret_hex);

#endif
