-- SPDX-License-Identifier: MIT
-- The last price that was trusted, so that a restart neither forgets it nor what jumps are measured against.

CREATE TABLE trusted_rate (
    base TEXT PRIMARY KEY, -- an asset or a fiat currency
    price TEXT NOT NULL, -- in USD, exact decimal
    at_ms INTEGER NOT NULL, -- how old its inputs were
    judged_at_ms INTEGER NOT NULL -- when it was trusted
) STRICT, WITHOUT ROWID;
