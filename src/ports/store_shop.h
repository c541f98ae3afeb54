/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_SHOP_H
#define TILL_PORTS_STORE_SHOP_H

/* Shops, their API keys and wallets, and the counters of account keys. By-queries answer
 * ERR_NOT_FOUND; inserts give the new id where it is not chosen by the caller. */

#include "ports/rows.h"

struct arena;
struct store_conn;

struct result store_shop_insert(struct store_conn *conn, const struct shop_row *shop,
                                int64_t *ret_id);
struct result store_shop_update(struct store_conn *conn, const struct shop_row *shop);
struct result store_shop_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                               struct shop_row *ret_shop);
struct result store_shop_by_public_id(struct store_conn *conn, struct arena *arena,
                                      struct str public_id, struct shop_row *ret_shop);
struct result store_shop_list(struct store_conn *conn, struct arena *arena,
                              const struct shop_row **ret_shops, size_t *ret_count);

struct result store_api_key_insert(struct store_conn *conn, const struct api_key_row *key,
                                   int64_t *ret_id);
struct result store_api_key_by_hash(struct store_conn *conn, struct arena *arena,
                                    const uint8_t hash[API_KEY_HASH_BYTES],
                                    struct api_key_row *ret_key);
struct result store_api_key_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                 const struct api_key_row **ret_keys, size_t *ret_count);
struct result store_api_key_revoke(struct store_conn *conn, int64_t id, int64_t revoked_at_ms);
/* Never moves it back; nothing if there is no such key. */
struct result store_api_key_used(struct store_conn *conn, int64_t id, int64_t last_used_at_ms);

struct result store_account_key_insert(struct store_conn *conn, const struct account_key_row *key,
                                       int64_t *ret_id);
struct result store_account_key_by_account_id(struct store_conn *conn,
                                              const uint8_t account_id[ACCOUNT_ID_BYTES],
                                              struct account_key_row *ret_key);
struct result store_account_key_list(struct store_conn *conn, struct arena *arena,
                                     const struct account_key_row **ret_keys, size_t *ret_count);
/* Raises next_index; never lowers it. */
struct result store_account_key_raise(struct store_conn *conn, int64_t id, int64_t next_index);

struct result store_wallet_insert(struct store_conn *conn, const struct wallet_row *wallet,
                                  int64_t *ret_id);
struct result store_wallet_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                 struct wallet_row *ret_wallet);
/* The newest wallet of the shop on the network (and for the asset, on the sandbox): new invoices
 * use it. */
struct result store_wallet_in_use(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                  const struct network *network, const struct asset *asset,
                                  struct wallet_row *ret_wallet);
/* All wallets, or one shop's when shop_id is not 0. */
struct result store_wallet_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                const struct wallet_row **ret_wallets, size_t *ret_count);

/* The highest index that an invoice ever got; -1: none. */
struct result store_account_key_issued(struct store_conn *conn, int64_t account_key_id,
                                       int64_t *ret_index);
/* The same and the highest index that ever received a payment (-1: none). Looks at each address
 * above the latter. */
struct store_index_use {
    int64_t issued;
    int64_t paid;
};
struct result store_account_key_use(struct store_conn *conn, int64_t account_key_id,
                                    struct store_index_use *ret_use);
/* The longest run of indexes below the highest paid one that never received a payment. Looks at
 * each address of the key: ERR_STORE_BUSY if that takes too long. */
struct result store_account_key_longest_gap(struct store_conn *conn, int64_t account_key_id,
                                            int64_t *ret_gap);

#endif
