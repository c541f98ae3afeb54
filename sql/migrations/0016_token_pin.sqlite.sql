-- SPDX-License-Identifier: MIT
-- What a token's contract was when it was first seen, as the genesis pins a chain.

CREATE TABLE token_pin (
    network_id INTEGER NOT NULL REFERENCES network (id),
    asset TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    pinned_at_ms INTEGER NOT NULL,
    told_contract BLOB CHECK (length(told_contract) = 20), -- what the node tells instead; NULL: nothing else
    told_code_hash BLOB CHECK (length(told_code_hash) = 32),
    PRIMARY KEY (network_id, asset),
    CHECK ((told_contract IS NULL) = (told_code_hash IS NULL))
) STRICT, WITHOUT ROWID;
