-- SPDX-License-Identifier: MIT
-- Calls that were answered and may be asked again: the same key gets the same answer for a day.

CREATE TABLE idempotency_key (
    id INTEGER PRIMARY KEY,
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255), -- of the shop's own making
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32), -- SHA-256 of path and body
    invoice_id INTEGER NOT NULL REFERENCES invoice (id),
    reply TEXT NOT NULL, -- the body as it was sent
    created_at_ms INTEGER NOT NULL,
    UNIQUE (shop_id, key)
) STRICT;

CREATE INDEX idempotency_key_created ON idempotency_key (created_at_ms);
