-- SPDX-License-Identifier: MIT
-- The outbox: each row is written with what it announces, in one transaction.

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 16), -- the receiver's means to know a repeat
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    invoice_id INTEGER NOT NULL REFERENCES invoice (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'deferred', 'delivered', 'withdrawn', 'parked')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    created_at_ms INTEGER NOT NULL,
    first_attempt_at_ms INTEGER,
    next_attempt_at_ms INTEGER,
    delivered_at_ms INTEGER
) STRICT;

CREATE INDEX delivery_invoice ON delivery (invoice_id, id);
CREATE INDEX delivery_shop ON delivery (shop_id, id);
CREATE INDEX delivery_created ON delivery (created_at_ms);
-- Two small indexes: nearly all are delivered.
CREATE INDEX delivery_open ON delivery (state, id) WHERE state <> 'delivered';
CREATE INDEX delivery_due ON delivery (id) WHERE state IN ('queued', 'deferred');

CREATE TABLE delivery_attempt (
    id INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    http_status INTEGER NOT NULL, -- 0: no complete answer
    url TEXT NOT NULL,
    outcome TEXT NOT NULL, -- in words
    UNIQUE (delivery_id, number)
) STRICT;
