/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_PICK_H
#define TILL_APP_PAYOUT_PICK_H

/* Which payouts one export is about, and the wallet that pays: open ones of one shop on one
 * network, and with each all open ones that were exported together with it. */

#include "base/result.h"
#include "ports/rows.h"

struct app;
struct arena;
struct store_conn;

enum { PAYOUT_EXPORT_MAX = 100 /* payouts */ };

struct payout_pick {
    const struct app *app;
    struct store_conn *reader;
    struct arena *arena;
    const int64_t *payout_ids;
    size_t count;
    /* out */
    struct payout_row *payouts; /* `count` of them, in the order of the ids */
    int64_t *export_ids;        /* of earlier exports */
    size_t export_count;
};

/* "INV-K7Q2M9XD" */
const char *payout_text(const struct payout_pick *pick, const struct payout_row *payout);
/* ERR_NOT_FOUND, ERR_PAYOUT_FINISHED, ERR_PAYOUT_MIXED, ERR_FIELD_INVALID, with a sentence. */
struct result payout_pick_load(struct payout_pick *pick);
/* The shop's present wallet, or the one of that id if it is not 0. ERR_ASSET_UNAVAILABLE,
 * ERR_FIELD_INVALID. */
struct result payout_pick_wallet(const struct payout_pick *pick, int64_t wallet_id,
                                 struct wallet_row *ret_wallet);

#endif
