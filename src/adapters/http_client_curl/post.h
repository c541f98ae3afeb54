/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_POST_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_POST_H

/* One POST as libcurl sees it: its options, its callbacks and what its end means. Knows nothing of
 * the event loop and of the look-up. */

#include <curl/curl.h>
#include <sys/queue.h>

#include "adapters/http_client_curl/lookup.h"
#include "adapters/http_client_curl/sockets.h"

enum { POST_ADDRESS_CHARS = 64, POST_ERROR_CHARS = CURL_ERROR_SIZE + 64 };

struct post {
    TAILQ_ENTRY(post) link;
    struct http_client_curl *client;
    struct http_post request; /* borrowed texts */
    http_done_fn *done;
    void *context;
    int64_t started_at_ms;

    struct lookup_waiter waiter;
    struct event *lookup_deadline;

    const struct net_allow_list *allow_list;
    struct sockets *sockets; /* of the client */
    CURL *easy;              /* while libcurl has it */
    struct curl_slist *headers;
    struct curl_slist *addresses; /* the resolved name, as CURLOPT_RESOLVE wants it */
    bool wants_fresh_connection;
    bool found_stale_connection; /* answered before it was asked: see before_request */
    size_t head_bytes;
    size_t body_bytes;

    enum http_fault fault; /* what our own side knows better than libcurl */
    char error[POST_ERROR_CHARS];
    char address[POST_ADDRESS_CHARS];
};

/* What all posts of a client have in common. */
struct post_settings {
    const char *user_agent;
    const char *ca_file; /* NULL: the system's */
    uint32_t connect_timeout_ms;
};

/* Header values without control characters, a body of any size: true, and post->headers is set. */
bool post_prepare(struct post *post);
/* Every address may be dialled: true, and post->addresses is set. False, with the fault noted, if
 * only one may not. */
bool post_set_addresses(struct post *post, const struct lookup_answer *answer);
/* The same for a host that is an address itself. */
bool post_check_literal(struct post *post);
/* Sets every option anew. False if libcurl refuses one. */
bool post_configure(struct post *post, const struct post_settings *settings, long timeout_ms);

void post_fail(struct post *post, enum http_fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What libcurl's verdict means. */
struct http_answer post_answer(struct post *post, CURLcode code);
void post_release(struct post *post);

#endif
