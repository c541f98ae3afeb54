-- SPDX-License-Identifier: MIT
-- Native coin that came to an address of an invoice and that no transfer shows: where nodes serve no
-- traces, a contract's payment shows in the balance alone. Credited by nobody but the operator.

CREATE TABLE native_inflow (
    address_id INTEGER PRIMARY KEY REFERENCES address (id),
    network_id INTEGER NOT NULL REFERENCES network (id),
    asset TEXT NOT NULL, -- the network's coin
    amount BLOB NOT NULL CHECK (length(amount) = 16), -- balance less recorded payments
    height INTEGER NOT NULL, -- of the block in whose state it was seen
    noticed_at_ms INTEGER NOT NULL -- when this amount was first seen
) STRICT;
