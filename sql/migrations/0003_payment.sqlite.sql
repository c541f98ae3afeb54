-- SPDX-License-Identifier: MIT
-- What the chains say.

CREATE TABLE chain ( -- a network that is or was followed; its identity is pinned at the first start
    network_id INTEGER PRIMARY KEY REFERENCES network (id),
    genesis BLOB NOT NULL CHECK (length(genesis) = 32),
    chain_name TEXT NOT NULL, -- "main", "regtest"
    started_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE block ( -- the processed chain of each network, without gaps, down to the reorg limit
    network_id INTEGER NOT NULL REFERENCES network (id),
    height INTEGER NOT NULL CHECK (height >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    parent BLOB NOT NULL CHECK (length(parent) = 32),
    time_ms INTEGER NOT NULL, -- the block's own time
    proven_ms INTEGER NOT NULL, -- what it proves: median time past, or its own time
    PRIMARY KEY (network_id, height)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment ( -- an output or transfer to an address of ours, through mempool, blocks and reorgs
    id INTEGER PRIMARY KEY,
    network_id INTEGER NOT NULL REFERENCES network (id),
    txid BLOB NOT NULL CHECK (length(txid) = 32),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0), -- vout; the log's place in its receipt
    address_id INTEGER NOT NULL REFERENCES address (id),
    invoice_id INTEGER REFERENCES invoice (id), -- NULL: the address is quarantined
    asset TEXT NOT NULL,
    amount BLOB NOT NULL CHECK (length(amount) = 16),
    state TEXT NOT NULL CHECK (state IN ('seen', 'shallow', 'confirmed', 'gone')),
    coinbase INTEGER NOT NULL CHECK (coinbase IN (0, 1)),
    height INTEGER, -- NULL: in no block
    block_hash BLOB CHECK (length(block_hash) = 32),
    block_time_ms INTEGER,
    first_seen_at_ms INTEGER, -- first sighting, never moved later
    matures_height INTEGER, -- confirmed when the tip reaches it
    UNIQUE (network_id, txid, ordinal),
    CHECK ((height IS NULL) = (block_hash IS NULL)),
    CHECK ((state IN ('shallow', 'confirmed')) = (height IS NOT NULL))
) STRICT;

CREATE INDEX payment_invoice ON payment (invoice_id, id);
CREATE INDEX payment_address ON payment (address_id);
CREATE INDEX payment_height ON payment (network_id, height) WHERE height IS NOT NULL;
CREATE INDEX payment_state ON payment (network_id, state, matures_height);
