/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_STORE_SQL_MIGRATE_H
#define TILL_ADAPTERS_STORE_SQL_MIGRATE_H

/* Brings the schema to what this program knows. Each migration runs once, in its own transaction,
 * and is recorded with the checksum of its text. */

#include "base/result.h"

struct arena;
struct store_conn;

struct migration {
    int number;           /* 1, 2, ... without gaps */
    const char *name;     /* "invoice" */
    const char *checksum; /* SHA-256 of the text, hex */
    const char *sql;
};

struct migration_list {
    const char *bookkeeping; /* makes the table of what has run, if it is not there */
    const struct migration *migrations;
    int count;
};

/* The files of sql/migrations for SQLite, embedded by tools/embed_migrations.py. */
extern const struct migration_list migrations_sqlite;

/* ERR_STORE_SCHEMA, with a sentence for the operator, if a migration that has run is not the one we
 * know, or is newer than any we know. The store is unchanged then. */
struct result migrate(struct store_conn *writer, struct arena *arena,
                      const struct migration_list *list);

#endif
