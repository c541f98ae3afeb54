/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_CHAIN_WARNING_H
#define TILL_WORKERS_CHAIN_WARNING_H

/* What an operator should know of a network, brought to him as an alarm for each matter: when it
 * changes, once a minute while it stands, for he may have cleared it, and once when there is
 * nothing, for an earlier run may have left an alarm. */

#include "app/networks.h"

struct app;
struct arena;
struct chain;
struct chain_block;
struct finality_watch;

enum chain_matter {
    CHAIN_NODES_DISAGREE,
    CHAIN_NODES_MISSING,
    CHAIN_FINALITY_SILENT,
};

enum { CHAIN_MATTERS = CHAIN_FINALITY_SILENT + 1 };

/* Zeros: nothing was told yet. */
struct chain_warning {
    struct {
        bool is_told; /* the alarm stands as `text` has it, or there is none */
        int64_t told_at_tick_ms;
        char text[NETWORK_WARNING_BYTES];
    } matters[CHAIN_MATTERS];
    bool is_trust_told;   /* as it stands here: */
    const char *believed; /* static text, or NULL */
    int64_t trust_told_at_tick_ms;
    bool is_blind_known;
    bool is_blind;
    bool is_blind_told; /* as it stands here: */
    char blind_text[NETWORK_REASON_BYTES];
    int64_t blind_told_at_tick_ms;
};

/* Whom to ask. */
struct chain_warners {
    struct chain *chain;
    const struct finality_watch *finality;
    bool looked_well; /* else those who say nothing were not heard */
};

/* After each look at the chain. True if `health` has changed. */
bool chain_warning_note(struct chain_warning *warning, const struct app *app, struct arena *arena,
                        const struct chain_warners *warners, struct network_health *health);

/* The alarm taken_on_trust, likewise: it stands from the first such block to the next start. */
void chain_trust_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                      struct arena *arena);

/* The alarm network_blind, likewise; `health` says whether it is, and why. */
void chain_blind_note(struct chain_warning *warning, const struct app *app,
                      const struct chain *chain, struct arena *arena,
                      const struct network_health *health);

/* Counts what was wrong with a block that counts all the same, and writes it to the log. An alarm
 * is only what strangers cannot cause; that of blocks without traces is app/untraced.h's. */
void chain_flaws_note(const struct chain *chain, struct arena *arena,
                      const struct chain_block *block, struct network_health *health);

#endif
