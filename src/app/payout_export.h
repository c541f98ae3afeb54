/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_EXPORT_H
#define TILL_APP_PAYOUT_EXPORT_H

/* Payouts of one shop on one network as an unsigned transaction for the operator's wallet. The
 * store knows which coins there are, the node which of them are unspent; what one export plans to
 * spend no other plans while its payouts are open. Payouts that were exported before are exported
 * again with the same coins, so that only one of the two transactions can ever be mined. */

#include "app/payout_coins.h"
#include "app/payout_pick.h"
#include "base/result.h"
#include "ports/rows.h"

struct app;
struct arena;

enum {
    FEE_TARGET_BLOCKS = 6,
    PSBT_BYTES_MAX = 512 << 10,
};

struct payout_export_wanted {
    const int64_t *payout_ids;
    size_t count;
    uint64_t fee_rate;         /* core/spend.h; 0: ask the node */
    int64_t wallet_id;         /* 0: the one in use */
    struct str change_address; /* empty: a fresh one of the wallet */
    struct str from_address;   /* on chains of accounts: who sends; empty: whoever can */
};

struct payout_export {
    int64_t id;
    const struct network *network;
    const struct asset *asset;
    const struct payout_row *payouts;
    size_t payout_count;
    int64_t wallet_id;
    const struct spend_coin *coins;
    size_t coin_count;
    struct amount paid;
    struct amount fee;
    uint64_t fee_rate;
    uint64_t vsize;
    struct amount change;      /* zero: none */
    struct str change_address; /* empty: none */
    struct bytes psbt;
};

/* Asks the network's node, so it blocks; one at a time. Everything lives in `arena`.
 * ERR_PAYOUT_FINISHED, ERR_PAYOUT_MIXED, ERR_PAYOUT_UNSIGNABLE, ERR_PAYOUT_SENT,
 * ERR_FUNDS_INSUFFICIENT, ERR_FEE_RATE_NEEDED, ERR_FEE_TOO_HIGH, ERR_PSBT_TOO_LARGE,
 * ERR_PAYOUT_CHANGED, ERR_ADDRESS_INVALID, ERR_NETWORK_NOT_READY and the node's, each with a
 * sentence. */
struct result payout_export_make(const struct app *app, struct arena *arena,
                                 const struct payout_export_wanted *wanted,
                                 struct payout_export *ret_export);

#endif
