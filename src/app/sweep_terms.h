/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_TERMS_H
#define TILL_APP_SWEEP_TERMS_H

/* What moving coin and tokens takes at this moment, from what the chain asks for. */

#include "app/sweep_plan.h"

/* Sets all fees of the plan and its terms, but for tokens, whose effort is asked for by
 * sweep_terms_token once somebody is found who holds one. */
struct result sweep_terms_open(const struct app *app, struct arena *arena, struct chain *chain,
                               struct sweep_plan *plan);
/* A contract that refuses the transfer is no failure. */
struct result sweep_terms_token(struct arena *arena, struct chain *chain,
                                const struct chain_move *move, size_t token,
                                struct sweep_plan *plan);

#endif
