/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_COINS_H
#define TILL_APP_PAYOUT_COINS_H

/* Which coins of a wallet pay: those of an earlier export first, then the largest, until they cover
 * the payouts and the fee. Each one is asked after at the node: what is spent, claimed by the
 * mempool, too young or not what the store says is passed over. */

#include "base/result.h"
#include "core/account.h"
#include "core/spend.h"
#include "ports/rows.h"

struct app;
struct arena;
struct chain;
struct store_conn;

enum {
    SPEND_COINS_MAX = 200,  /* of one transaction */
    COINS_ASKED_MAX = 1000, /* at the node, for one export */
    /* How long the coins of a payout that was done stay reserved: nodes forget a transaction that
     * no block takes after two weeks. */
    DONE_HOLD_DAYS = 14,
};

struct spend_coin {
    struct coin_row row;
    enum account_type type;
    struct key_place place;
};

struct payout_coins_wanted {
    const struct app *app;
    struct store_conn *reader;
    struct chain *chain;
    const struct wallet_row *wallet;
    const struct account *account; /* the wallet's */
    const struct block_header *tip;
    int64_t shop_id;
    const int64_t *export_ids; /* of earlier exports of the same payouts */
    size_t export_count;
};

struct payout_coins {
    struct spend_coin *coins;
    size_t count;
    const int64_t *spent; /* payments that the node says are spent: to be noted */
    size_t spent_count;
};

/* Adds coins to `spend` until nothing lacks. `ret_coins` is filled as far as it went, whatever the
 * result. ERR_FUNDS_INSUFFICIENT with the numbers, ERR_PAYOUT_SENT, ERR_PSBT_TOO_LARGE. */
struct result payout_coins_gather(const struct payout_coins_wanted *wanted, struct arena *arena,
                                  struct spend *spend, struct payout_coins *ret_coins);

/* Coins of payouts done before are free again. */
int64_t payout_done_since_ms(int64_t now_ms);

#endif
