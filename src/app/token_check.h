/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_TOKEN_CHECK_H
#define TILL_APP_TOKEN_CHECK_H

/* Compares the contracts that a node tells with those that were pinned when they were first seen. A
 * token whose contract, or its program, has changed is not asked for any more until the operator
 * accepts it; what was asked for before is still watched. Nor is one asked for that a node finds
 * unusable, until it finds otherwise. */

#include "app/job.h"
#include "core/token.h"

struct arena;
struct chain_token;
struct store_conn;
struct followed_network;

struct token_check {
    const struct chain_token *tokens;
    size_t token_count; /* at most TOKENS_MAX */
    /* out */
    bool has_changed[TOKENS_MAX];
    /* Has other decimals now than when its contract was pinned: nothing was written, and such a
     * node is not to be believed. NULL: none has. */
    const struct chain_token *contradicting;
};

extern const struct use_case token_check_use_case;

/* As the store has it from the last check, before a node is there to be asked. */
struct result token_changes_load(struct store_conn *reader, struct arena *arena,
                                 struct followed_network *followed);

#endif
