#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""embed_migrations.py ENGINE OUT.c FILE...: puts the numbered SQL files of one engine into a C table.

Files are named NNNN_name.ENGINE.sql. Number 0 makes the table of what has run; the others count from 1 without gaps.
"""

import hashlib
import pathlib
import re
import sys


def c_text(text):
    lines = text.splitlines(keepends=True)
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for line in lines)
    return "\n        ".join(f'"{line}"' for line in escaped)


def migration_of(engine, path):
    found = re.fullmatch(rf"(\d{{4}})_([a-z0-9_]+)\.{engine}\.sql", path.name)
    if not found:
        sys.exit(f"embed_migrations.py: {path.name} is not named NNNN_name.{engine}.sql")
    return int(found[1]), found[2], path.read_text(encoding="utf-8")


def row_of(number, name, text):
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return f'    {{\n        {number},\n        "{name}",\n        "{checksum}",\n        {c_text(text)},\n    }},\n'


def main(engine, out, *files):
    all_of_them = sorted(migration_of(engine, pathlib.Path(file)) for file in files)
    if [number for number, _, _ in all_of_them] != list(range(len(all_of_them))):
        sys.exit("embed_migrations.py: the numbers must go 0, 1, 2, ... without gaps")
    bookkeeping, *migrations = all_of_them
    rows = "".join(row_of(*migration) for migration in migrations)
    pathlib.Path(out).write_text(
        f"""/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/migrate.h"

static const struct migration migrations[] = {{
{rows}}};

const struct migration_list migrations_{engine} = {{
    .bookkeeping = {c_text(bookkeeping[2])},
    .migrations = migrations,
    .count = {len(migrations)},
}};
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
