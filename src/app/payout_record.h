/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_RECORD_H
#define TILL_APP_PAYOUT_RECORD_H

/* An export as it is kept: which payouts, which coins or senders, where the change goes. */

#include "app/job.h"
#include "app/payout_coins.h"
#include "ports/rows.h"

struct app;
struct arena;

struct payout_record {
    const struct payout_row *payouts; /* as they were when the export was made */
    size_t payout_count;
    const struct spend_coin *coins;
    size_t coin_count;
    const int64_t *export_ids; /* whose coins move here */
    size_t export_count;
    const struct address_row *change;            /* NULL: none of ours */
    const struct payout_transfer_row *transfers; /* on chains of accounts, one for each payout */
    size_t transfer_count;
    struct str file; /* of the transfers */
    struct amount fee;
    /* out */
    int64_t export_id;
};

/* ERR_PAYOUT_CHANGED if a payout was finished or exported meanwhile, or a coin or a sender is held
 * by another.
 */
extern const struct use_case payout_record_use_case;

/* Notes what the node said is spent. From a thread that may block. */
struct result payout_record_spent(const struct app *app, struct arena *arena,
                                  const struct payout_coins *coins, int64_t height);

#endif
