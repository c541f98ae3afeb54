/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_CHAIN_WARNING_H
#define TILL_WORKERS_CHAIN_WARNING_H

/* What a chain warns of although it may go on, brought to the operator as the alarm nodes_disagree:
 * when it changes, and once when there is nothing, for an earlier run may have left an alarm. */

#include "app/networks.h"

struct app;
struct arena;
struct chain;

struct chain_warning {
    bool is_told;         /* as it stands in the health, or that there is none */
    bool is_trust_told;   /* as it stands here: */
    const char *believed; /* static text, or NULL */
};

/* After each look at the chain. True if `health` has changed. */
bool chain_warning_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                        struct arena *arena, bool looked_well, struct network_health *health);

/* The alarm taken_on_trust, likewise: it stands from the first such block to the next start. */
void chain_trust_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                      struct arena *arena);

#endif
