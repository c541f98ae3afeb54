-- SPDX-License-Identifier: MIT
-- Who sells, and the keys that addresses come from. Ids count up and are never used twice; times are
-- milliseconds since 1970; a time or id that is NULL means "not yet" or "none".

CREATE TABLE network ( -- short numbers for the networks of the program's own table
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE -- "btc"
) STRICT;

CREATE TABLE setting ( -- of this instance
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shop (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE CHECK (length(public_id) = 16),
    name TEXT NOT NULL,
    notify_url TEXT NOT NULL, -- empty: none
    success_url TEXT NOT NULL,
    fail_url TEXT NOT NULL,
    postback_format TEXT NOT NULL CHECK (postback_format IN ('json', 'form')),
    secret_sealed BLOB NOT NULL CHECK (length(secret_sealed) <= 256), -- the postback secret, under the key file
    test INTEGER NOT NULL CHECK (test IN (0, 1)),
    underpaid_tolerance TEXT NOT NULL, -- "2%", "0.5 USD"; empty: none
    overpaid_tolerance TEXT NOT NULL,
    assets TEXT NOT NULL, -- accepted codes, space separated; empty: all that have a wallet
    invoice_ttl_s INTEGER NOT NULL CHECK (invoice_ttl_s > 0),
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    id INTEGER PRIMARY KEY,
    shop_id INTEGER NOT NULL REFERENCES shop (id),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- keyed; the key itself is not kept
    hint TEXT NOT NULL, -- its last characters
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT;

CREATE INDEX api_key_shop ON api_key (shop_id, id);

CREATE TABLE account_key ( -- one counter of address indexes, shared by all wallets with these child keys
    id INTEGER PRIMARY KEY,
    account_id BLOB NOT NULL UNIQUE CHECK (length(account_id) = 20),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 4),
    next_index INTEGER NOT NULL CHECK (next_index >= 0) -- never lowered
) STRICT;

CREATE TABLE wallet ( -- an account public key on a network; holds nothing that can spend
    id INTEGER PRIMARY KEY,
    shop_id INTEGER REFERENCES shop (id), -- NULL: the sandbox's own
    network_id INTEGER NOT NULL REFERENCES network (id),
    asset TEXT, -- NULL but on the sandbox, which has a wallet for each asset
    account_key_id INTEGER NOT NULL REFERENCES account_key (id),
    descriptor TEXT NOT NULL,
    chain_name TEXT NOT NULL, -- "main", "regtest"
    mac BLOB NOT NULL CHECK (length(mac) = 16), -- over all that derives addresses
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX wallet_shop ON wallet (shop_id, network_id, id);
