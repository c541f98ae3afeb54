/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_TOKEN_H
#define TILL_PORTS_STORE_TOKEN_H

/* The contracts of tokens as they were pinned, and what the nodes tell since. */

#include "core/chain_types.h"
#include "core/script.h"
#include "ports/rows.h"

struct arena;
struct store_conn;

struct token_contract {
    uint8_t address[SCRIPT_EVM_BYTES];
    uint8_t code_hash[HASH_BYTES];
    bool has_implementation;                  /* NULL: nobody has told it yet */
    uint8_t implementation[SCRIPT_EVM_BYTES]; /* behind the proxy; zeros: it is none */
};

struct token_pin_row {
    const struct network *network;
    const struct asset *asset;
    struct token_contract pinned;
    int64_t pinned_at_ms;
    bool has_changed;
    struct token_contract told; /* once it has changed */
};

/* ERR_STORE_TAKEN if the asset has one. */
struct result store_token_pin_insert(struct store_conn *conn, const struct token_pin_row *pin);
struct result store_token_pin_update(struct store_conn *conn, const struct token_pin_row *pin);
struct result store_token_pin_by_asset(struct store_conn *conn, const struct asset *asset,
                                       struct token_pin_row *ret_pin);

#endif
