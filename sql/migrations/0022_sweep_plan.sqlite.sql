-- SPDX-License-Identifier: MIT
-- Sweep plans, and the addresses that they count on.

CREATE TABLE sweep_plan ( -- written for a signer; kept for what it counts on, not for its text
    id INTEGER PRIMARY KEY,
    wallet_id INTEGER NOT NULL REFERENCES wallet (id),
    address_count INTEGER NOT NULL CHECK (address_count > 0), -- from which something is moved
    made_at_ms INTEGER NOT NULL,
    holds_until_ms INTEGER NOT NULL, -- no payout is sent from its addresses before, unless it is ended
    ended_at_ms INTEGER -- NULL: not by the operator
) STRICT;

CREATE TABLE sweep_hold ( -- the last plan that moves something from an address
    address_id INTEGER PRIMARY KEY REFERENCES address (id),
    sweep_plan_id INTEGER NOT NULL REFERENCES sweep_plan (id),
    nonce_end INTEGER NOT NULL CHECK (nonce_end >= 0), -- past those of its transfers; 0 on Tron, which has none
    asset TEXT, -- of the top-up; NULL: no plan asked for one
    top_up BLOB CHECK (length(top_up) = 16), -- coin that a plan asked for last, so that tokens can move
    CHECK ((asset IS NULL) = (top_up IS NULL))
) STRICT;
