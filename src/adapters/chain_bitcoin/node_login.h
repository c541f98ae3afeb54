/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_NODE_LOGIN_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_NODE_LOGIN_H

/* Where a node's user name and password come from: the URL, or the cookie file that a node writes
 * anew at each start. A secret: lives outside of arenas, is never printed, and is wiped. */

#include "base/result.h"
#include "base/str.h"

struct arena;

enum { NODE_LOGIN_BYTES_MAX = 512 };

struct node_login {
    char user_password[NODE_LOGIN_BYTES_MAX]; /* "user:password"; "" if there is none */
};

/* Takes the login out of the URL. The rest, which may be shown, lives in `arena`. ERR_URL_INVALID
 * for what is not http or https. */
struct result node_login_from_url(struct arena *arena, struct str url, struct node_login *ret_login,
                                  const char **ret_url);
/* False if there is no readable cookie of the form user:password. */
bool node_login_from_cookie(const char *path, struct node_login *ret_login);
bool node_login_eq(const struct node_login *a, const struct node_login *b);
bool node_login_is_empty(const struct node_login *login);
void node_login_wipe(struct node_login *login);

#endif
