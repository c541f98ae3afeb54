-- SPDX-License-Identifier: MIT
-- Run at each start, before the numbered ones.

CREATE TABLE IF NOT EXISTS schema_migration ( -- what has run on this database
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    checksum TEXT NOT NULL CHECK (length(checksum) = 64) -- SHA-256 of the file, hex
) STRICT;
