/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_TOKEN_ACCEPT_H
#define TILL_APP_TOKEN_ACCEPT_H

/* The operator knows why a token's contract changed: what the node tells now is pinned from here
 * on. The caller lets the network take the asset again once this is committed. */

#include "app/job.h"

struct asset;

struct token_accept {
    const struct asset *asset;
};

/* ERR_TOKEN_UNCHANGED, ERR_NOT_FOUND if no node ever told of its contract. */
extern const struct use_case token_accept_use_case;

#endif
