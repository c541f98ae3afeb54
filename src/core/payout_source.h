/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PAYOUT_SOURCE_H
#define TILL_CORE_PAYOUT_SOURCE_H

/* Which address of a wallet on a chain of accounts pays a payout: one that alone has the sum and
 * the coin for the fee, and of those the one that has the least beyond it, so that what is together
 * stays together. Knows nothing of nodes, keys or transactions. */

#include "core/amount.h"
#include "core/sweep.h"

/* What an address has to give; less what it gave to payouts before. */
struct payout_source {
    struct amount coin;
    struct amount tokens[TOKENS_MAX];
    bool shut; /* it pays nothing now */
};

struct payout_need {
    size_t token; /* SWEEP_COIN: the coin itself */
    struct amount amount;
    struct amount fee; /* in coin */
};

enum payout_choice_verdict {
    PAYOUT_SOURCE_FOUND,
    PAYOUT_SOURCE_LACKS_FEE,  /* `source` has the tokens, and `lack` too little coin */
    PAYOUT_SOURCE_SCATTERED,  /* together they have it, alone none does */
    PAYOUT_SOURCE_TOO_LITTLE, /* they do not have it */
};

struct payout_choice {
    enum payout_choice_verdict verdict;
    size_t source;      /* where one was found, or lacks the fee */
    struct amount lack; /* coin for the fee; scattered: what the largest lacks; else what all do */
    struct amount common; /* what all of them have of what is paid */
    size_t holders;       /* how many have some */
};

/* The first of equals. */
struct payout_choice payout_source_choose(const struct payout_source *sources, size_t count,
                                          const struct payout_need *need);
/* Those that have the most of it, in that order; how many there are, `max` at most. */
size_t payout_source_largest(const struct payout_source *sources, size_t count, size_t token,
                             size_t *ret_positions, size_t max);
/* What the payout takes is no other's. Coin that it lacks is taken as if it had been topped up. */
void payout_source_take(struct payout_source *source, const struct payout_need *need);

#endif
