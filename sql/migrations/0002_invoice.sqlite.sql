-- SPDX-License-Identifier: MIT
-- What we ask for. Amounts are 16 bytes, big-endian, in base units of the asset beside them.

CREATE TABLE rate_quote ( -- a rate as it was used, each value once
    id INTEGER PRIMARY KEY,
    pair TEXT NOT NULL, -- "BTC_USD"
    rate TEXT NOT NULL, -- exact decimal
    source TEXT NOT NULL,
    at_ms INTEGER NOT NULL, -- when it was first used
    UNIQUE (pair, rate, source)
) STRICT;

CREATE TABLE invoice (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- reserved in ranges; the public id is a permutation of it
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    status TEXT NOT NULL CHECK (status IN ('created', 'partial', 'paid', 'overpaid', 'canceled')),
    flags INTEGER NOT NULL, -- bits: 1 seen, 2 late, 4 dispute, 8 expired_partial, 16 test
    order_id TEXT NOT NULL, -- the shop's own reference
    email TEXT NOT NULL,
    price_asset TEXT NOT NULL, -- a fiat currency
    price BLOB NOT NULL CHECK (length(price) = 16),
    price_usd BLOB NOT NULL CHECK (length(price_usd) = 16),
    assets TEXT NOT NULL, -- what the payer may choose from; empty: what the shop accepts
    underpaid_tolerance TEXT NOT NULL, -- the shop's when the invoice was made
    overpaid_tolerance TEXT NOT NULL,
    canceled_by_shop INTEGER NOT NULL CHECK (canceled_by_shop IN (0, 1)),
    confirmed_by_hand INTEGER NOT NULL CHECK (confirmed_by_hand IN (0, 1)),
    late_accepted INTEGER NOT NULL CHECK (late_accepted IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER,
    success_announced_at_ms INTEGER,
    shown_address_id INTEGER REFERENCES address (id) -- NULL: nothing chosen yet
) STRICT;

CREATE INDEX invoice_shop ON invoice (shop_id, created_at_ms, id);
-- Two small indexes: what may still expire, and what an undone block may bring back.
CREATE INDEX invoice_open ON invoice (expires_at_ms)
    WHERE status IN ('created', 'partial') AND flags & 8 = 0;
CREATE INDEX invoice_expired ON invoice (expires_at_ms)
    WHERE status = 'canceled' OR flags & 8 <> 0;

CREATE TABLE address ( -- one option of an invoice: where and how much to pay
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'quarantined')),
    invoice_id INTEGER REFERENCES invoice (id) DEFERRABLE INITIALLY DEFERRED, -- NULL: quarantined
    network_id INTEGER NOT NULL REFERENCES network (id),
    program BLOB NOT NULL CHECK (length(program) BETWEEN 1 AND 42), -- the script that owns the output
    asset TEXT, -- NULL: quarantined
    due BLOB CHECK (length(due) = 16), -- NULL: quarantined
    rate_quote_id INTEGER REFERENCES rate_quote (id), -- NULL: no rate was needed
    wallet_id INTEGER NOT NULL REFERENCES wallet (id),
    account_key_id INTEGER NOT NULL REFERENCES account_key (id),
    address_index INTEGER NOT NULL CHECK (address_index BETWEEN 0 AND 2147483647),
    mac BLOB NOT NULL CHECK (length(mac) = 16),
    issued_at_ms INTEGER NOT NULL,
    CHECK ((kind = 'invoice') = (invoice_id IS NOT NULL)),
    CHECK ((asset IS NULL) = (due IS NULL))
) STRICT;

-- The join of each block: the one index that is not written in sequence.
CREATE UNIQUE INDEX address_program ON address (network_id, program);
CREATE INDEX address_invoice ON address (invoice_id, id);
-- An index of an account key belongs to one option for ever. Quarantined ones stand once for each network.
CREATE UNIQUE INDEX address_account_key ON address (account_key_id, address_index) WHERE kind = 'invoice';
CREATE INDEX address_quarantined ON address (account_key_id, address_index) WHERE kind = 'quarantined';
