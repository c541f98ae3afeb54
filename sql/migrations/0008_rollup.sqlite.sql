-- SPDX-License-Identifier: MIT
-- Sums that are kept in the transaction of each change, so that statistics and balances never scan.
-- The setting `rollups` says that they were counted; without it a start counts them anew.

CREATE TABLE shop_day ( -- a shop's invoices by the day they were made and the status they have now
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    day INTEGER NOT NULL, -- since 1970, UTC
    created INTEGER NOT NULL CHECK (created >= 0),
    partial INTEGER NOT NULL CHECK (partial >= 0),
    paid INTEGER NOT NULL CHECK (paid >= 0),
    overpaid INTEGER NOT NULL CHECK (overpaid >= 0),
    canceled INTEGER NOT NULL CHECK (canceled >= 0),
    created_usd BLOB NOT NULL CHECK (length(created_usd) = 16), -- what they ask for, as invoice.price_usd
    partial_usd BLOB NOT NULL CHECK (length(partial_usd) = 16),
    paid_usd BLOB NOT NULL CHECK (length(paid_usd) = 16),
    overpaid_usd BLOB NOT NULL CHECK (length(overpaid_usd) = 16),
    canceled_usd BLOB NOT NULL CHECK (length(canceled_usd) = 16),
    PRIMARY KEY (shop_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_asset ( -- what a shop's confirmed receipts sum to
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    network_id INTEGER NOT NULL REFERENCES network (id), -- the sandbox's is no money
    asset TEXT NOT NULL,
    received BLOB NOT NULL CHECK (length(received) = 16),
    received_usd BLOB NOT NULL CHECK (length(received_usd) = 16), -- at each invoice's frozen quote
    PRIMARY KEY (shop_id, network_id, asset)
) STRICT, WITHOUT ROWID;
