/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_SWEEP_H
#define TILL_CORE_SWEEP_H

/* What of an account's holdings is worth moving, what of its coin is left after the fees, and what
 * coin it lacks to pay them. Knows nothing of nodes, keys or transactions. */

#include "core/amount.h"
#include "core/token.h"

struct rate;

/* The price of moving, the same for each account of a plan. */
struct sweep_terms {
    const struct asset *coin;
    struct amount coin_fee;       /* of moving the coin itself; the most that it may take */
    const struct rate *coin_rate; /* NULL: unknown; then nothing is called not worth its fee */
    bool moves_coin;              /* the plan is about the coin, too */
    size_t token_count;           /* those that the plan is about */
    struct amount token_fees[TOKENS_MAX];       /* in coin */
    const struct rate *token_rates[TOKENS_MAX]; /* all rates in one currency */
    bool token_refused[TOKENS_MAX];             /* its contract refuses the transfer */
};

struct sweep_holding {
    struct amount coin;
    const struct amount *tokens; /* in the order of the terms */
};

enum sweep_verdict {
    SWEEP_MOVE,
    SWEEP_BELOW_FEE, /* coin: less than moving it costs */
    SWEEP_NOT_WORTH, /* a token: moving it costs more than it is worth */
    SWEEP_REFUSED,   /* a token: its contract refuses */
    SWEEP_IN_USE,    /* something else counts on the account */
};

struct sweep_line {
    struct amount amount; /* what is moved, or left */
    struct amount fee;    /* the most that moving it takes; in coin */
    size_t token;         /* in the terms; SWEEP_COIN for the coin */
    enum sweep_verdict verdict;
};

enum { SWEEP_COIN = TOKENS_MAX, SWEEP_LINES_MAX = TOKENS_MAX + 1 };

struct sweep_account {
    struct sweep_line lines[SWEEP_LINES_MAX]; /* tokens first, as they must be sent */
    size_t line_count;
    struct amount top_up; /* coin it must get before; zero: none */
};

/* Tokens whose fees the account's coin does not cover need a top-up, which costs a transfer of
 * coin, too. What the fees leave of the coin is moved last. ERR_AMOUNT_OVERFLOW. */
struct result sweep_judge(const struct sweep_terms *terms, const struct sweep_holding *holding,
                          struct sweep_account *ret_account);
/* All of it is left. */
struct sweep_account sweep_leave(const struct sweep_terms *terms,
                                 const struct sweep_holding *holding);
/* How many lines are moved: so many transactions. */
size_t sweep_move_count(const struct sweep_account *account);

#endif
