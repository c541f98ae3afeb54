/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_H

/* The HTTP client on libcurl's multi_socket interface and a libevent base. Names are looked up by
 * our own few threads and handed to libcurl ready, so a name that never resolves can neither block
 * the loop nor use up threads, and every address is seen before and at the socket. */

#include "core/net_guard.h"
#include "ports/http_client.h"

struct event_base;
struct http_client_curl;

enum {
    HTTP_CLIENT_LOOKUP_ADDRESSES_MAX = 16,   /* of a name; the rest is not looked at */
    HTTP_CLIENT_ANSWER_BYTES_MAX = 16 << 20, /* a longer body is cut off and not complete */
    HTTP_CLIENT_HEAD_BYTES_MAX = 64 << 10,
    HTTP_CLIENT_REQUESTS_MAX = 1024,
};

/* Resolves `host` into at most HTTP_CLIENT_LOOKUP_ADDRESSES_MAX addresses and answers how many, or
 * an EAI_ code, which is negative. Called on a look-up thread, and may take for ever. */
typedef int http_lookup_fn(const char *host, struct net_address *ret_addresses);

struct http_client_curl_options {
    struct event_base *base;                 /* borrowed, as is the list */
    const struct net_allow_list *allow_list; /* NULL: public addresses only */
    const char *user_agent;
    const char *ca_file;         /* NULL: the system's bundle */
    uint32_t connect_timeout_ms; /* these two: 0 for the defaults of 5 s ... */
    uint32_t total_timeout_ms;   /* ... and 15 s, look-up included */
    http_lookup_fn *lookup;      /* NULL: getaddrinfo */
};

/* Owned by the caller. ERR_HTTP_CLIENT when libcurl cannot be used. */
struct result http_client_curl_new(const struct http_client_curl_options *options,
                                   struct http_client_curl **ret_client);
/* Drops what is under way without completing it. Never waits for a look-up. */
void http_client_curl_free(struct http_client_curl *client);

struct http_client *http_client_curl_port(struct http_client_curl *client);

#endif
