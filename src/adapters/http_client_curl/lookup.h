/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_LOOKUP_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_LOOKUP_H

/* Names to addresses, for the event loop. Each name is looked up once at a time, whoever waits for
 * it. Names that resolved before are served first: of the LOOKUP_THREADS_MAX threads, names that
 * failed last time may hold a quarter and names never seen before another half, so that strangers'
 * dead names cannot delay a shop that works. Answers are kept for a minute; a changed address is
 * seen by the guard at the socket, not by forgetting sooner. */

#include <sys/queue.h>

#include "adapters/http_client_curl/http_client_curl.h"

struct lookup;
struct lookup_host;

struct lookup_answer {
    const struct net_address *addresses; /* borrowed during the call */
    size_t count;                        /* 0: it failed ... */
    const char *error;                   /* ... because of this */
};

typedef void lookup_done_fn(void *context, const struct lookup_answer *answer);

/* Lies in whoever waits. All but `done` and `context` belongs to lookup.c. */
struct lookup_waiter {
    lookup_done_fn *done;
    void *context;
    struct lookup_host *host; /* while waiting */
    TAILQ_ENTRY(lookup_waiter) link;
};

/* `lookup` NULL: the system's resolver. NULL without descriptors. */
struct lookup *lookup_new(struct event_base *base, http_lookup_fn *lookup);
/* Forgets all who wait, without a word. */
void lookup_free(struct lookup *lookup);

enum lookup_start {
    LOOKUP_KNOWN,   /* `ret_answer` is set, nobody waits */
    LOOKUP_STARTED, /* `done` comes later, from the event loop, unless cancelled */
    LOOKUP_BUSY,    /* too many names at once */
};
enum lookup_start lookup_begin(struct lookup *lookup, struct str name, struct lookup_waiter *waiter,
                               struct lookup_answer *ret_answer);
/* Does nothing if it does not wait. The look-up itself goes on. */
void lookup_cancel(struct lookup_waiter *waiter);

/* The system's resolver, as an http_lookup_fn. */
int lookup_by_system(const char *host, struct net_address *ret_addresses);

#endif
