-- SPDX-License-Identifier: MIT
-- Payouts on chains of accounts, written as transfers to sign.

ALTER TABLE payout_export ADD COLUMN file TEXT; -- as it was written, to be given again; NULL: a PSBT

CREATE TABLE payout_transfer ( -- what a payout's address counts on while the payout is open
    payout_id INTEGER PRIMARY KEY REFERENCES payout (id),
    address_id INTEGER NOT NULL REFERENCES address (id), -- the sender
    nonce INTEGER NOT NULL CHECK (nonce >= 0) -- 0 on Tron, which has none
) STRICT;

CREATE INDEX payout_transfer_address ON payout_transfer (address_id);
