/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_TRANSFERS_H
#define TILL_APP_PAYOUT_TRANSFERS_H

/* Payouts of one shop on a chain of accounts as transfers for a signer that has the wallet's keys:
 * each from one address that has the sum and the coin for its fee. An address that open payouts
 * count on pays no others. A payout is written once: asked for again, the same file comes again,
 * with the same nonces and times, so that no two transactions of it can ever be mined. */

#include "app/payout_export.h"
#include "app/sweep_plan.h"

struct payout_transfer {
    const struct payout_row *payout;
    struct sweep_entry from;   /* its nonce is this transfer's */
    const struct token *token; /* NULL: the coin itself */
    uint64_t effort;           /* gas or energy limit */
    uint64_t fee_limit;        /* Tron, tokens: sun */
    struct amount fee;         /* the most that it takes, in coin */
};

struct payout_transfers {
    struct str file;        /* as it was written before; empty: what follows is new */
    struct sweep_plan plan; /* wallet, network, fees; no entries */
    const struct payout_transfer *transfers; /* in the order to send them */
    size_t count;
    struct amount fee; /* of all */
};

/* Is it on a chain of accounts? If not, payout_export_make is for it. One that is not there is
 * neither's, and either says so. */
struct result payout_is_transfer(const struct app *app, struct arena *arena, int64_t payout_id,
                                 bool *ret_is_transfer);

/* Asks the network's node, so it blocks; one at a time. Everything lives in `arena`. Of `wanted`
 * the fee rate and the change's address must be empty. Each with a sentence: ERR_FUNDS_INSUFFICIENT
 * names each payout that no address can pay, and what is missing; ERR_PAYOUT_FINISHED,
 * ERR_PAYOUT_MIXED, ERR_PAYOUT_SENT, ERR_PAYOUT_UNSIGNABLE, ERR_ASSET_UNAVAILABLE,
 * ERR_ADDRESS_TAMPERED, ERR_NETWORK_NOT_READY and the node's. */
struct result payout_transfers_make(const struct app *app, struct arena *arena,
                                    const struct payout_export_wanted *wanted,
                                    struct payout_transfers *ret_transfers);
/* Keeps what was written of them, before anybody sees it. ERR_PAYOUT_CHANGED. */
struct result payout_transfers_record(const struct app *app, struct arena *arena,
                                      const struct payout_transfers *transfers, struct str file);

#endif
