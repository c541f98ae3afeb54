/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_LOOK_H
#define TILL_APP_SWEEP_LOOK_H

/* Where the money of a wallet on a chain of accounts lies: the addresses that were paid to, as the
 * store knows them, and what each holds now, as the node says. Sweeps and payouts begin with it. */

#include "app/sweep_plan.h"

struct account;
struct store_conn;

enum { SWEEP_ASK_AT_ONCE = 50 /* addresses */ };

struct sweep_look {
    const struct app *app;
    struct store_conn *reader;
    struct arena *arena;
    const struct account *account;
    struct chain *chain;
    struct address_row *candidates;
    size_t candidate_count;
    size_t candidates_max;
    int64_t start; /* the payment that the search began with */
    struct sweep_plan plan;
};

/* The wallet, its network and where its keys lie. ERR_NOT_FOUND, ERR_NETWORK_UNKNOWN,
 * ERR_SWEEP_UNPLANNABLE, ERR_NETWORK_NOT_READY. */
struct result sweep_look_open(struct sweep_look *look, int64_t wallet_id);
/* ERR_ADDRESS_INVALID. */
struct result sweep_look_decode(const struct sweep_look *look, struct str address,
                                struct script *ret_program);
/* The addresses that were paid to, down from the payment `start`, or from the latest one if it is
 * 0. */
struct result sweep_look_find(struct sweep_look *look, int64_t start);
/* That address only, whether it was ever paid to or not. ERR_FIELD_INVALID if it is none that the
 * wallet gave out. */
struct result sweep_look_one(struct sweep_look *look, const struct script *program);
/* What at most SWEEP_ASK_AT_ONCE addresses hold of the coin and the plan's tokens. */
struct result sweep_look_ask(struct sweep_look *look, const struct address_row *rows, size_t count,
                             struct chain_holding *ret_holdings);
/* Row, address and path of an entry, by the account key itself: a row changed behind our back is in
 * no plan. ERR_ADDRESS_TAMPERED. */
struct result sweep_look_place(const struct sweep_look *look, const struct address_row *row,
                               struct sweep_entry *ret_entry);

#endif
