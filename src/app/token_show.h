/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_TOKEN_SHOW_H
#define TILL_APP_TOKEN_SHOW_H

/* What is known of the proxies of tokens, for an operator who has to judge a change. */

#include "core/address.h"

struct asset;
struct followed_network;
struct store_conn;

/* Empty texts: the contract is no proxy that we know, or nobody has told. */
struct token_shown {
    struct address_text implementation;     /* that was accepted */
    struct address_text new_implementation; /* that is told instead, once the token has changed */
};

struct result token_show(struct store_conn *reader, const struct followed_network *followed,
                         const struct asset *asset, struct token_shown *ret_shown);

#endif
