/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SENDER_USE_H
#define TILL_APP_SENDER_USE_H

/* What counts on an address of a chain of accounts: payouts that were exported, sweep plans, and
 * transactions that wait. Payouts respect all of it, sweep plans all but other plans: two plans
 * move the same money to the same operator, and on EVM chains under the same nonces. */

#include "app/sweep_look.h"

enum sender_verdict {
    SENDER_FREE,
    SENDER_WAITS,    /* a transaction waits to be mined */
    SENDER_EXPORTED, /* an open payout was exported from it */
    SENDER_PAID,     /* one is done, and the node has not counted its nonce */
    SENDER_PLANNED,  /* a sweep plan moves what it holds */
};

struct sender_use {
    enum sender_verdict verdict;
    int64_t payout_id; /* SENDER_EXPORTED, SENDER_PAID */
    int64_t plan_id;   /* SENDER_PLANNED */
};

struct result sender_use_find(const struct sweep_look *look, const struct address_row *row,
                              const struct chain_holding *holding, struct sender_use *ret_use);
/* In words, but for SENDER_FREE and SENDER_PLANNED. */
const char *sender_use_text(const struct sweep_look *look, const struct sender_use *use);

#endif
