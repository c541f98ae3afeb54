-- SPDX-License-Identifier: MIT
-- Payouts written as transactions to sign, and the coins that these plan to spend.

-- The table of addresses again, with one kind more: where the change of such a transaction goes.
CREATE TABLE address_new ( -- one option of an invoice, where a static wallet is paid, or change
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'static', 'quarantined', 'change')),
    invoice_id INTEGER REFERENCES invoice (id) DEFERRABLE INITIALLY DEFERRED, -- NULL: of no invoice
    network_id INTEGER NOT NULL REFERENCES network (id),
    program BLOB NOT NULL CHECK (length(program) BETWEEN 1 AND 42), -- the script that owns the output
    asset TEXT, -- NULL: quarantined
    due BLOB CHECK (length(due) = 16), -- NULL: quarantined; zero: static, change
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
-- An index of an account key belongs to one option, wallet or change for ever. Quarantined ones stand once for
-- each network.
CREATE UNIQUE INDEX address_account_key ON address (account_key_id, address_index) WHERE kind <> 'quarantined';
CREATE INDEX address_quarantined ON address (account_key_id, address_index) WHERE kind = 'quarantined';

-- A coin that the node said is spent, so that nobody asks again; the undo of a block takes it back.
ALTER TABLE payment ADD COLUMN spent_height INTEGER; -- the tip when the node said so; NULL: not known

-- Coins that may be there to spend, largest first; and what an undo looks for.
CREATE INDEX payment_coin ON payment (network_id, amount)
    WHERE asset IN ('BTC', 'LTC') AND state = 'confirmed' AND spent_height IS NULL;
CREATE INDEX payment_spent ON payment (network_id, spent_height) WHERE spent_height IS NOT NULL;

CREATE TABLE payout_export ( -- a transaction to sign; kept for its reservations, not for its bytes
    id INTEGER PRIMARY KEY,
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    network_id INTEGER NOT NULL REFERENCES network (id),
    asset TEXT NOT NULL,
    fee BLOB NOT NULL CHECK (length(fee) = 16),
    change_address_id INTEGER REFERENCES address (id), -- NULL: no change, or to an address of the operator's
    created_at_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE payout ADD COLUMN payout_export_id INTEGER REFERENCES payout_export (id); -- the last; NULL: none

CREATE INDEX payout_by_export ON payout (payout_export_id) WHERE payout_export_id IS NOT NULL;

CREATE TABLE payout_coin ( -- what an export plans to spend; free again when its payouts are over
    payment_id INTEGER PRIMARY KEY REFERENCES payment (id),
    payout_export_id INTEGER NOT NULL REFERENCES payout_export (id)
) STRICT;

CREATE INDEX payout_coin_export ON payout_coin (payout_export_id);
