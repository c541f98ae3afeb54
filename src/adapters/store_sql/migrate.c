/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/migrate.h"

#include "adapters/store_sql/driver.h"
#include "ports/store.h"

/* A migration that has run. */
struct migration_done {
    int64_t number;
    struct str name;
    struct str checksum;
};

QUERY(migration_list_done, "SELECT number, name, checksum FROM schema_migration ORDER BY number");

static struct result done_list(struct store_conn *conn, struct arena *arena,
                               struct row_list *ret_list) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &migration_list_done);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct migration_done));
    while (stmt_next(stmt)) {
        struct migration_done *done = row_list_add(&list);
        if (done == NULL) {
            break;
        }
        done->number = take_i64(stmt);
        done->name = take_str(stmt, arena);
        done->checksum = take_str(stmt, arena);
    }
    TRY(stmt_result(stmt));
    list.stmt = NULL;
    *ret_list = list;
    return RESULT_OK;
}

QUERY(migration_insert,
      "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)");

static struct result record(struct store_conn *conn, const struct migration *migration) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &migration_insert);
    bind_i64(stmt, migration->number);
    bind_str(stmt, str_from_c(migration->name));
    bind_str(stmt, str_from_c(migration->checksum));
    return stmt_run(stmt);
}

/* What has run must be the beginning of what we know. */
static struct result check_done(struct arena *arena, const struct migration_list *list,
                                const struct migration_done *done, size_t done_count) {
    for (size_t i = 0; i < done_count; i++) {
        if (done[i].number > list->count) {
            return result_failf(
                arena, &ERR_STORE_SCHEMA,
                "the store was used by a newer program (its schema has migration %lld \"%.*s\", "
                "this program knows %d); start that version or a newer one",
                (long long)done[i].number, STR_ARG(done[i].name), list->count);
        }
        const struct migration *known = &list->migrations[i];
        if (done[i].number != known->number ||
            !str_eq(done[i].checksum, str_from_c(known->checksum))) {
            return result_failf(
                arena, &ERR_STORE_SCHEMA,
                "migration %lld \"%.*s\" ran on this store with another text than this program "
                "has; use the program that made the store, or restore a backup",
                (long long)done[i].number, STR_ARG(done[i].name));
        }
    }
    return RESULT_OK;
}

static struct result in_txn(struct store_conn *conn,
                            struct result (*work)(struct store_conn *conn, const void *input),
                            const void *input) {
    TRY(store_begin(conn));
    struct result result = work(conn, input);
    if (result_is_ok(result)) {
        result = store_commit(conn);
    }
    if (!result_is_ok(result)) {
        store_rollback(conn);
    }
    return result;
}

static struct result run_bookkeeping(struct store_conn *conn, const void *input) {
    const struct migration_list *list = input;
    return conn_script(conn, list->bookkeeping);
}

static struct result run_migration(struct store_conn *conn, const void *input) {
    const struct migration *migration = input;
    TRY(conn_script(conn, migration->sql));
    TRY(conn_check_references(conn));
    return record(conn, migration);
}

static struct result run_missing(struct store_conn *writer, struct arena *arena,
                                 const struct migration_list *list, int done_count) {
    for (int i = done_count; i < list->count; i++) {
        const struct migration *migration = &list->migrations[i];
        assert(migration->number == i + 1);
        struct result result = in_txn(writer, run_migration, migration);
        if (!result_is_ok(result)) {
            return result_failf(arena, result.code, "could not run migration %d \"%s\": %s",
                                migration->number, migration->name, result_text(result));
        }
    }
    return RESULT_OK;
}

/* SQLite changes a table's rules by making it anew, while other tables refer to it
 * (sqlite.org/lang_altertable.html, section 7: "If foreign key constraints are enabled, disable
 * them using PRAGMA foreign_keys=OFF."); what they refer to is checked before each commit. */
struct result migrate(struct store_conn *writer, struct arena *arena,
                      const struct migration_list *list) {
    TRY(in_txn(writer, run_bookkeeping, list));
    struct row_list done;
    TRY(done_list(writer, arena, &done));
    TRY(check_done(arena, list, done.rows, done.count));
    if ((int)done.count == list->count) {
        return RESULT_OK;
    }
    conn_enforce_references(writer, false);
    struct result result = run_missing(writer, arena, list, (int)done.count);
    conn_enforce_references(writer, true);
    return result;
}
