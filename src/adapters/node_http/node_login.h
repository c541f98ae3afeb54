/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_NODE_HTTP_NODE_LOGIN_H
#define TILL_ADAPTERS_NODE_HTTP_NODE_LOGIN_H

/* Where a node is and how we show who we are: user name and password from the URL or from the
 * cookie file that a node writes anew at each start; a provider's key in the URL's path. Secrets:
 * they live outside of arenas, are never printed, and are wiped. */

#include "base/result.h"
#include "base/str.h"

enum { NODE_LOGIN_BYTES_MAX = 512, NODE_URL_BYTES_MAX = 2048 };

struct node_login {
    char user_password[NODE_LOGIN_BYTES_MAX]; /* "user:password"; "" if there is none */
};

struct node_url {
    char text[NODE_URL_BYTES_MAX];  /* without the login; path and query may hold a key */
    char label[NODE_URL_BYTES_MAX]; /* http://host:port/, which may be shown */
};

/* ERR_URL_INVALID for what is not http or https; the detail never repeats the URL. */
struct result node_login_from_url(struct str url, struct node_login *ret_login,
                                  struct node_url *ret_url);
/* False if there is no readable cookie of the form user:password. */
bool node_login_from_cookie(const char *path, struct node_login *ret_login);
bool node_login_eq(const struct node_login *a, const struct node_login *b);
bool node_login_is_empty(const struct node_login *login);
void node_login_wipe(struct node_login *login);

/* `path` ("/wallet/getnowblock") below the URL, before its query; false if that is too long. */
bool node_url_join(const struct node_url *url, const char *path, char ret_text[NODE_URL_BYTES_MAX]);

#endif
