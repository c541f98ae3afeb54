-- SPDX-License-Identifier: MIT
-- What happened, and what an operator should look at.

CREATE TABLE journal ( -- append-only; without foreign keys, so that it outlives what it tells of
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    shop_id INTEGER,
    invoice_id INTEGER,
    event TEXT NOT NULL, -- "invoice_created"
    detail TEXT NOT NULL -- one JSON object
) STRICT;

CREATE INDEX journal_invoice ON journal (invoice_id, id) WHERE invoice_id IS NOT NULL;

CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    subject TEXT NOT NULL, -- whom it is about: a network, a shop, an invoice
    detail TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    cleared_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX alarm_raised ON alarm (code, subject) WHERE cleared_ms IS NULL;
