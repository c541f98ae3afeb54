-- SPDX-License-Identifier: MIT
-- Static wallets: an address for a shop's customer that takes any sum at any time. Each receipt is an
-- invoice of its own, so that a shop verifies it as any other.

-- The table of addresses again, with one kind more. A static one belongs to no invoice and asks for nothing.
CREATE TABLE address_new ( -- one option of an invoice, or where a static wallet is paid
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'static', 'quarantined')),
    invoice_id INTEGER REFERENCES invoice (id) DEFERRABLE INITIALLY DEFERRED, -- NULL: of no invoice
    network_id INTEGER NOT NULL REFERENCES network (id),
    program BLOB NOT NULL CHECK (length(program) BETWEEN 1 AND 42), -- the script that owns the output
    asset TEXT, -- NULL: quarantined
    due BLOB CHECK (length(due) = 16), -- NULL: quarantined; zero: static
    rate_quote_id INTEGER REFERENCES rate_quote (id), -- NULL: no rate was needed
    wallet_id INTEGER NOT NULL REFERENCES wallet (id),
    account_key_id INTEGER NOT NULL REFERENCES account_key (id),
    address_index INTEGER NOT NULL CHECK (address_index BETWEEN 0 AND 2147483647),
    mac BLOB NOT NULL CHECK (length(mac) = 16),
    issued_at_ms INTEGER NOT NULL,
    CHECK ((kind = 'invoice') = (invoice_id IS NOT NULL)),
    CHECK ((kind = 'quarantined') = (asset IS NULL)),
    CHECK ((asset IS NULL) = (due IS NULL))
) STRICT;

INSERT INTO address_new (id, kind, invoice_id, network_id, program, asset, due, rate_quote_id, wallet_id,
                         account_key_id, address_index, mac, issued_at_ms)
SELECT id, kind, invoice_id, network_id, program, asset, due, rate_quote_id, wallet_id,
       account_key_id, address_index, mac, issued_at_ms FROM address ORDER BY id;

DROP TABLE address;
ALTER TABLE address_new RENAME TO address;

CREATE UNIQUE INDEX address_program ON address (network_id, program);
CREATE INDEX address_invoice ON address (invoice_id, id);
-- An index of an account key belongs to one option or wallet for ever. Quarantined ones stand once for
-- each network.
CREATE UNIQUE INDEX address_account_key ON address (account_key_id, address_index) WHERE kind <> 'quarantined';
CREATE INDEX address_quarantined ON address (account_key_id, address_index) WHERE kind = 'quarantined';

CREATE TABLE static_wallet (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE CHECK (length(public_id) = 32),
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    asset TEXT NOT NULL,
    identify TEXT NOT NULL, -- the shop's customer; the order id of every receipt
    address_id INTEGER NOT NULL UNIQUE REFERENCES address (id),
    created_at_ms INTEGER NOT NULL,
    UNIQUE (shop_id, asset, identify)
) STRICT;

CREATE TABLE static_receipt ( -- what an invoice of a static wallet is for: the sum of one payment
    invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id),
    static_wallet_id INTEGER NOT NULL REFERENCES static_wallet (id),
    due BLOB NOT NULL CHECK (length(due) = 16),
    rate_quote_id INTEGER REFERENCES rate_quote (id) -- NULL: there was no rate
) STRICT;

CREATE INDEX static_receipt_wallet ON static_receipt (static_wallet_id, invoice_id);
