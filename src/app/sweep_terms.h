/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_TERMS_H
#define TILL_APP_SWEEP_TERMS_H

/* What moving coin and tokens takes at this moment, from what the chain asks for. */

#include "app/sweep_plan.h"

/* Sets all fees of the plan and its terms, but for tokens, whose effort is asked for by
 * sweep_terms_token once somebody is found who holds one. */
struct result sweep_terms_open(const struct app *app, struct arena *arena, struct chain *chain,
                               struct sweep_plan *plan);

/* What one transfer of a token takes; a contract that refuses it is no failure. */
struct sweep_effort {
    uint64_t effort;    /* gas or energy limit */
    uint64_t fee_limit; /* Tron: sun */
    struct amount fee;  /* the most that it takes, in coin */
    bool refused;       /* nothing else is set */
};
struct result sweep_terms_move(struct arena *arena, struct chain *chain,
                               const struct sweep_plan *plan, const struct chain_move *move,
                               struct sweep_effort *ret_effort);
/* What a transfer of coin to `to` takes: contracts take more gas than other accounts, and
 * Arbitrum's nodes reckon the layer below as gas. */
struct result sweep_terms_coin(struct arena *arena, struct chain *chain,
                               const struct sweep_plan *plan, const struct script *from,
                               const struct script *to, struct sweep_effort *ret_effort);
/* The same for all transfers of a token in the plan. */
struct result sweep_terms_token(struct arena *arena, struct chain *chain,
                                const struct chain_move *move, size_t token,
                                struct sweep_plan *plan);

#endif
