/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_NODE_HTTP_NODE_HTTP_H
#define TILL_ADAPTERS_NODE_HTTP_NODE_HTTP_H

/* One kept-alive HTTP connection to one node, for requests one after another. The answer is read
 * while it arrives, so its size costs no memory. Says what went wrong in the words of
 * ports/chain.h; knows nothing of what is asked. Secrets (a login, a cookie, a provider's key in
 * the URL or in a header) appear in no message. One thread, except for node_http_wake and
 * node_http_stop. */

#include "base/json_read.h"
#include "base/result.h"
#include "base/str.h"

struct arena;
struct node_http;

struct node_http_options {
    struct str url; /* http://user:password@host:port/path?query; only the host is needed */
    const char *cookie_file; /* used when the URL has no login; NULL or "": none */
    const char *header;      /* sent with each request: "TRON-PRO-API-KEY: ..."; NULL or "": none */
    uint32_t timeout_ms;     /* for a whole request that does not say otherwise */
};

struct node_http_request {
    const char *name; /* what is asked, for messages: "getblock" */
    const char *path; /* below the URL: "/wallet/getnowblock"; NULL or "": the URL itself */
    struct str body;  /* POSTed as JSON; .ptr NULL: GET */
    uint32_t timeout_ms;
    /* Reads the answer's body, once. What it found counts only when the request succeeds. */
    struct result (*read)(struct json_source source, struct arena *arena, void *context);
    void *context;
};

/* ERR_URL_INVALID; the detail never repeats the URL. */
struct result node_http_new(const struct node_http_options *options, struct arena *arena,
                            struct node_http **ret_http);
void node_http_free(struct node_http *http);

/* The node's host, which may be shown. */
const char *node_http_label(const struct node_http *http);

/* ERR_NODE_UNREACHABLE if there was no whole answer, the login is refused or the node is too busy
 * (403, 429, 502, 503, 504); a pause that it asks for (Retry-After) is kept, up to a limit: until
 * then no request is made. ERR_NODE_ANSWER for other statuses. 200, 400, 404 and 500 may come with
 * words of the node, which `read` judges: the same answer with another status than 200 is a failure
 * even if `read` accepts it. */
struct result node_http_call(struct node_http *http, struct arena *arena,
                             const struct node_http_request *request);

/* The same in two steps, for a request that takes its time: node_http_wait returns true once the
 * answer is there, false after `timeout_ms` or a wake. Then node_http_finish reads it. */
struct result node_http_start(struct node_http *http, struct arena *arena,
                              const struct node_http_request *request);
bool node_http_is_running(const struct node_http *http);
bool node_http_wait(struct node_http *http, uint32_t timeout_ms);
struct result node_http_finish(struct node_http *http, struct arena *arena,
                               const struct node_http_request *request);
/* Gives up what was started. */
void node_http_cancel(struct node_http *http);

/* HTTP status of the latest request's answer; 0 if there was none. */
long node_http_status(const struct node_http *http);

/* Whether a request since the last time asked had to connect anew: another node may answer now. */
bool node_http_took_connection(struct node_http *http);

/* Ends a running or the next node_http_wait; from any thread. */
void node_http_wake(struct node_http *http);

/* Ends a running request, and all later ones at their start, with ERR_NODE_STOPPED; nothing waits
 * any more. From any thread. */
void node_http_stop(struct node_http *http);

#endif
