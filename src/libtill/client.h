/* SPDX-License-Identifier: MIT */
#ifndef TILL_LIBTILL_CLIENT_H
#define TILL_LIBTILL_CLIENT_H

/* One request to Till and what came back, judged: the transport of every call that asks. Knows the
 * two shapes of Till's refusals, and nothing about what is asked. */

#include <till.h>

#include "base/str.h"
#include "libtill/document.h"

struct arena;

enum { CLIENT_ARENA_BYTES_MAX = 64 << 20 };

struct client_call {
    const char *path;            /* "/v2/invoice/create" */
    struct str body;             /* JSON */
    const char *idempotency_key; /* NULL: none */
};

/* On success `ret_answer` holds the whole answer, whose status is success; it lives in the arena.
 * Otherwise till_client_error has the words. */
enum till_error client_ask(struct till_client *client, struct arena *arena,
                           const struct client_call *call, struct document *ret_answer);

/* Keeps the words for till_client_error, and returns `error`. NULL: those of the error itself. */
enum till_error client_fail(struct till_client *client, enum till_error error, const char *words);

#endif
