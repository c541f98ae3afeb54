/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_SERVER_H
#define TILL_HTTP_SERVER_H

/* The HTTP server: threads with one event loop each, listeners on them, each listener with its own
 * table of routes. Knows HTTP and nothing about payments. */

#include "base/bytes.h"
#include "base/result.h"
#include "base/str.h"
#include "http/limits.h"
#include "http/route.h"

struct arena;
struct http_server;
struct reply;
struct request;

/* What an error body is made from; `method` and `path` are empty if the request was refused before
 * they were known. */
struct http_error {
    int status;
    const char *sentence; /* "Not found." */
    struct str method;
    struct str path;
};

struct http_error_body {
    struct str content_type;
    struct str body;
};

struct http_listener {
    const char *address; /* "127.0.0.1:8080", "[::1]:8080", port 0 for any, or "unix:PATH" */
    struct route_table routes;
    void *context;          /* becomes request->context */
    bool cors;              /* answers scripts of any origin, without credentials */
    bool one_loop;          /* on the first loop only; Unix sockets always are */
    size_t connections_max; /* 0: as in the limits, or few if on one loop only */

    /* The same for each route by itself; `route` NULL: an unknown path. NULL: `cors` decides. */
    bool (*is_cors)(const struct route *route);
    /* May the caller use request->route? False: `*ret_refusal` is the answer. NULL: anyone may. */
    bool (*admit)(struct request *request, struct reply *ret_refusal);
    /* NULL: {"detail":"<sentence>"}. */
    struct http_error_body (*error_body)(struct arena *arena, const struct http_error *error);
    /* Adds headers (reply_with_header) to each reply of type text/html. NULL: none. */
    struct reply (*page_headers)(struct request *request, struct reply reply);
};

struct http_options {
    unsigned loops; /* threads; 0: 1 */
    struct http_limits limits;
    const char *trusted_proxies; /* addresses or CIDR networks, separated by commas or spaces */
    const struct http_listener *listeners; /* strings and tables must outlive the server */
    size_t listener_count;
};

/* Binds and listens, so that every complaint about an address comes before anything starts. Error
 * details live in `arena`. */
struct result http_server_new(struct arena *arena, const struct http_options *options,
                              struct http_server **ret_server);
void http_server_start(struct http_server *server);
/* Graceful: no new connections, idle ones and streams closed, requests in work answered; returns
 * after at most limits.stop_ms. Those who complete requests must still be running. */
void http_server_stop(struct http_server *server);
/* After http_server_stop, and after the last http_complete. */
void http_server_free(struct http_server *server);

/* The port a TCP listener got. */
uint16_t http_server_port(const struct http_server *server, size_t listener);

/* Wakes the loops that have completions or events waiting: once for each batch. Any thread. */
void http_server_wake(struct http_server *server);

/* Since the start, over all loops; for /metrics. Any thread. */
struct http_counters {
    uint64_t connections_open, connections_accepted, connections_refused;
    uint64_t requests, replies_2xx, replies_3xx, replies_4xx, replies_5xx;
    uint64_t requests_malformed, deadlines_missed;
    uint64_t streams_open, streams_dropped;
    uint64_t accept_pauses; /* out of file descriptors */
};
struct http_counters http_server_counters(const struct http_server *server);

#endif
