/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_LOOKUP_POOL_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_LOOKUP_POOL_H

/* A few threads that wait for the resolver in the event loop's place. The system's resolver can
 * neither be cancelled nor be trusted to return, so closing the pool does not wait: a thread that
 * is still inside the resolver then cleans up after itself, whenever that is. Knows nothing of who
 * asks and why; which jobs run is decided by lookup.c. */

#include <sys/queue.h>

#include "adapters/http_client_curl/http_client_curl.h"

enum { LOOKUP_THREADS_MAX = 16 };

struct lookup_pool;

struct lookup_job {
    STAILQ_ENTRY(lookup_job) link;
    void *owner; /* whose job; not touched here */
    int outcome; /* how many addresses, or an EAI_ code */
    struct net_address addresses[HTTP_CLIENT_LOOKUP_ADDRESSES_MAX];
    char host[];
};

struct lookup_job *lookup_job_new(struct str host, void *owner);

/* Threads are started as jobs come. NULL without descriptors. */
struct lookup_pool *lookup_pool_new(http_lookup_fn *lookup);
void lookup_pool_close(struct lookup_pool *pool);

/* Readable when a job is done. */
int lookup_pool_fd(const struct lookup_pool *pool);
/* Takes the job over. At most LOOKUP_THREADS_MAX may be under way. False when no thread could be
 * started: the job stays the caller's. */
bool lookup_pool_submit(struct lookup_pool *pool, struct lookup_job *job);
/* A job that is done, which the caller frees; NULL if there is none. */
struct lookup_job *lookup_pool_next_done(struct lookup_pool *pool);

#endif
