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
/* Status, note and the time it was finished. */
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

#endif
