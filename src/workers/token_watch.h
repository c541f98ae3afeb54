/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_TOKEN_WATCH_H
#define TILL_WORKERS_TOKEN_WATCH_H

/* The part of watching a chain that looks after the contracts of tokens: one that cannot be used,
 * or that has changed, disables its asset and nothing else. */

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

struct app;
struct arena;
struct chain_block;
struct chain_identity;
struct followed_network;

/* Zeros: never looked. */
struct token_watch {
    bool looks_often;
    int64_t looked_at_tick_ms;
};

/* Keeps and tells what a node that has just been identified says of them. ERR_NODE_WRONG_NETWORK if
 * it tells other decimals of a contract that was once found well. */
struct result token_watch_note(struct token_watch *watch, const struct app *app,
                               struct followed_network *followed, struct arena *arena,
                               const struct chain_identity *identity);

/* Is it time to identify the node again for the tokens' sake? Every hour; every minute while one
 * cannot be used. */
bool token_watch_is_due(const struct token_watch *watch, const struct app *app);

/* Leaves out what a token with wrong decimals moved: as an amount of the asset it would be another
 * sum. */
void token_watch_trim(struct followed_network *followed, struct arena *arena,
                      struct chain_block *block);

#endif
