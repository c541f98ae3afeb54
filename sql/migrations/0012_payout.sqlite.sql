-- SPDX-License-Identifier: MIT
-- What a shop asks its operator to send, and the keys that may ask for it.

-- A table's CHECK is changed by making the table anew; nothing refers to this one yet.
CREATE TABLE api_key_scoped (
    id INTEGER PRIMARY KEY,
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- keyed; the key itself is not kept
    hint TEXT NOT NULL, -- its last characters
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'read', 'create', 'payout')),
    last_used_at_ms INTEGER -- coarse: written once an hour at most
) STRICT;

INSERT INTO api_key_scoped (id, shop_id, hash, hint, created_at_ms, revoked_at_ms, scope, last_used_at_ms)
SELECT id, shop_id, hash, hint, created_at_ms, revoked_at_ms, scope, last_used_at_ms FROM api_key;
DROP TABLE api_key;
ALTER TABLE api_key_scoped RENAME TO api_key;
CREATE INDEX api_key_shop ON api_key (shop_id, id);

CREATE TABLE payout ( -- recorded and listed; Till has no key that could send it
    id INTEGER PRIMARY KEY CHECK (id > 0), -- from the invoices' sequence, so that INV-... names one thing
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    api_key_id INTEGER NOT NULL REFERENCES api_key (id), -- who asked
    status TEXT NOT NULL CHECK (status IN ('created', 'done', 'canceled')),
    network_id INTEGER NOT NULL REFERENCES network (id),
    asset TEXT NOT NULL,
    amount BLOB NOT NULL CHECK (length(amount) = 16),
    to_address TEXT NOT NULL, -- checked against the network when it was asked for
    note TEXT NOT NULL, -- the operator's: a transaction id, a reason
    created_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER -- NULL: waits for the operator
) STRICT;

CREATE INDEX payout_api_key ON payout (api_key_id, created_at_ms);
CREATE INDEX payout_shop ON payout (shop_id, id);
