/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_STATIC_H
#define TILL_PORTS_STORE_STATIC_H

/* Static wallets and what makes an invoice a receipt of one. By-queries answer ERR_NOT_FOUND. */

#include "ports/rows.h"

struct arena;
struct store_conn;

/* Who pays into which wallet: one of a kind. */
struct store_static_key {
    int64_t shop_id;
    const struct asset *asset;
    struct str identify;
};

struct result store_static_wallet_insert(struct store_conn *conn,
                                         const struct static_wallet_row *wallet, int64_t *ret_id);
struct result store_static_wallet_by_key(struct store_conn *conn, struct arena *arena,
                                         const struct store_static_key *key,
                                         struct static_wallet_row *ret_wallet);
struct result store_static_wallet_by_address(struct store_conn *conn, struct arena *arena,
                                             int64_t address_id,
                                             struct static_wallet_row *ret_wallet);
struct result store_static_wallet_by_public_id(struct store_conn *conn, struct arena *arena,
                                               struct str public_id,
                                               struct static_wallet_row *ret_wallet);

struct result store_static_receipt_insert(struct store_conn *conn,
                                          const struct static_receipt_row *receipt);

#endif
