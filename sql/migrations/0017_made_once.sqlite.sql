-- SPDX-License-Identifier: MIT
-- An idempotency key may stand for a payout, too: what was made is a number of the sequence that both share.

CREATE TABLE idempotency_key_new (
    id INTEGER PRIMARY KEY,
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255), -- of the shop's own making
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32), -- SHA-256 of path and body
    made_id INTEGER NOT NULL, -- an invoice or a payout
    reply TEXT NOT NULL, -- the body as it was sent
    created_at_ms INTEGER NOT NULL,
    UNIQUE (shop_id, key)
) STRICT;

INSERT INTO idempotency_key_new (id, shop_id, key, request_hash, made_id, reply, created_at_ms)
SELECT id, shop_id, key, request_hash, invoice_id, reply, created_at_ms FROM idempotency_key;

DROP TABLE idempotency_key;
ALTER TABLE idempotency_key_new RENAME TO idempotency_key;

CREATE INDEX idempotency_key_created ON idempotency_key (created_at_ms);
