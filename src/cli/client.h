/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_CLIENT_H
#define TILL_CLI_CLIENT_H

/* One request to tilld over its Unix socket, and the answer. */

#include "base/str.h"

struct arena;

struct client_request {
    const char *socket; /* path */
    const char *method;
    struct str target; /* path and query */
    struct str body;   /* JSON; ptr NULL: none */
};

struct client_answer {
    long status;
    struct str body; /* lives in the arena */
};

/* False if tilld could not be reached or did not answer whole: `*ret_complaint` says why. */
bool client_ask(struct arena *arena, const struct client_request *request,
                struct client_answer *ret_answer, const char **ret_complaint);

#endif
