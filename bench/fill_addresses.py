#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fill_addresses.py STORE COUNT: copies the first invoice of a store and its address until there are COUNT of each.

Straight into the database, which nothing else may have open: through the program it would take an hour. Programs are those
of catchup_chain.c.
"""

import hashlib
import sqlite3
import sys
import time

PROGRAM_BYTES = 20
TABLES = {
    "invoice": {"id": "n.i"},
    "address": {"id": "n.i", "invoice_id": "n.i", "address_index": "n.i", "program": "program_of(n.i)"},
}


def program_of(number):
    return hashlib.sha256(number.to_bytes(8, "big")).digest()[:PROGRAM_BYTES]


def copy_rows(store, table, changed, first, count):
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    store.execute(
        f"WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM n, {table} AS t WHERE t.id = 1"
    )


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    began = time.monotonic()
    store = sqlite3.connect(path, isolation_level=None)
    store.create_function("program_of", 1, program_of, deterministic=True)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
        store.execute(f"PRAGMA {setting}")
    store.execute("BEGIN")
    first = 1 + max(store.execute(f"SELECT max(id) FROM {table}").fetchone()[0] for table in TABLES)
    for table, changed in TABLES.items():
        # An index made at the end is sorted once; one kept meanwhile is torn at random places.
        indexes = store.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
        ).fetchall()
        for name, _ in indexes:
            store.execute(f"DROP INDEX {name}")
        copy_rows(store, table, changed, first, count)
        for _, sql in indexes:
            store.execute(sql)
    store.execute("COMMIT")
    store.execute("PRAGMA journal_mode = WAL")
    store.close()
    print(f"{count} invoices and addresses in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
