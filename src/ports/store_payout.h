/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_PAYOUT_H
#define TILL_PORTS_STORE_PAYOUT_H

/* Payouts in the store: see store.h. */

#include "base/result.h"
#include "ports/rows_payout.h"

struct arena;
struct store_conn;

/* With its id. */
struct result store_payout_insert(struct store_conn *conn, const struct payout_row *payout);
/* Status, note, the time it was finished and its last export. */
struct result store_payout_update(struct store_conn *conn, const struct payout_row *payout);
struct result store_payout_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                 struct payout_row *ret_payout);
/* 0 if there is none. */
struct result store_payout_highest_id(struct store_conn *conn, int64_t *ret_id);
/* When this key last asked for one; 0: never. */
struct result store_payout_latest(struct store_conn *conn, int64_t api_key_id,
                                  int64_t *ret_created_at_ms);

struct store_payout_filter {
    int64_t shop_id; /* 0: all */
    bool by_status;
    enum payout_status status;
    int64_t before_id; /* 0: from the newest */
    uint32_t limit;
};
/* Newest first. */
struct result store_payout_list(struct store_conn *conn, struct arena *arena,
                                const struct store_payout_filter *filter,
                                const struct payout_row **ret_payouts, size_t *ret_count);

/* Those whose last export it is. */
struct result store_payout_of_export(struct store_conn *conn, struct arena *arena,
                                     int64_t export_id, const struct payout_row **ret_payouts,
                                     size_t *ret_count);

struct result store_payout_export_insert(struct store_conn *conn,
                                         const struct payout_export_row *row, int64_t *ret_id);

/* What an export wrote; empty: a PSBT. */
struct result store_payout_export_file(struct store_conn *conn, struct arena *arena,
                                       int64_t export_id, struct str *ret_file);

struct result store_payout_transfer_insert(struct store_conn *conn,
                                           const struct payout_transfer_row *row);
struct result store_payout_transfer_by_payout(struct store_conn *conn, int64_t payout_id,
                                              struct payout_transfer_row *ret_row);
/* What counts on an address. */
struct store_sender_use {
    bool is_held;       /* by an open payout */
    uint64_t nonce_end; /* past those of payouts that are open or were done lately; 0: none */
    int64_t payout_id;  /* one that holds it, else the last of those done lately; 0: none */
};
struct result store_payout_sender_use(struct store_conn *conn, int64_t address_id,
                                      int64_t done_since_ms, struct store_sender_use *ret_use);

/* Whose coins, and which of them are free. */
struct store_coin_filter {
    const struct network *network;
    int64_t shop_id;
    int64_t account_key_id;
    int64_t done_since_ms; /* coins of payouts that were done before are free again */
    int64_t height_max;    /* of the block that has the coin */
    uint32_t limit;
};
/* Confirmed coins that no open or lately done payout plans to spend and nobody said are spent,
 * largest first. */
struct result store_coin_list(struct store_conn *conn, struct arena *arena,
                              const struct store_coin_filter *filter,
                              const struct coin_row **ret_coins, size_t *ret_count);
/* What an export plans to spend, spent or not. */
struct result store_coin_of_export(struct store_conn *conn, struct arena *arena, int64_t export_id,
                                   const struct coin_row **ret_coins, size_t *ret_count);
/* The export that holds the coin by a payout that is open, or was done after `done_since_ms`; 0 if
 * there is none. */
struct result store_coin_holder(struct store_conn *conn, int64_t payment_id, int64_t done_since_ms,
                                int64_t *ret_export_id);
/* Takes it over from the export that held it before. */
struct result store_coin_hold(struct store_conn *conn, int64_t payment_id, int64_t export_id);
/* The node said so when its tip was at `height`. */
struct result store_coin_set_spent(struct store_conn *conn, int64_t payment_id, int64_t height);
/* Nobody knows any more whether what was spent at `height` or above is. */
struct result store_coin_forget_spent(struct store_conn *conn, const struct network *network,
                                      int64_t height);

#endif
