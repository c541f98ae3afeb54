/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_LIST_H
#define TILL_APP_PAYOUT_LIST_H

/* Payouts for the operator to look at. */

#include "base/result.h"
#include "ports/rows.h"

struct arena;
struct store_conn;

enum { PAYOUT_LIST_MAX = 500 };

/* "created", "done", "canceled". */
const char *payout_status_name(enum payout_status status);
bool payout_status_from_name(struct str name, enum payout_status *ret_status);

struct payout_list_wanted {
    int64_t shop_id; /* 0: all */
    bool by_status;
    enum payout_status status;
    int64_t before_id; /* 0: from the newest */
    uint32_t limit;    /* at most PAYOUT_LIST_MAX */
};

/* Newest first. */
struct result payout_list_load(struct store_conn *reader, struct arena *arena,
                               const struct payout_list_wanted *wanted,
                               const struct payout_row **ret_payouts, size_t *ret_count);
/* ERR_NOT_FOUND. */
struct result payout_load(struct store_conn *reader, struct arena *arena, int64_t payout_id,
                          struct payout_row *ret_payout);

#endif
