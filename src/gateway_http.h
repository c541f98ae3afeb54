/* SPDX-License-Identifier: MIT */
#ifndef TILL_GATEWAY_HTTP_H
#define TILL_GATEWAY_HTTP_H

/* The part of the wiring that concerns HTTP: the three listeners, each with its own table of
 * routes. */

#include <stdatomic.h>

#include "http/metrics.h"
#include "http/service.h"

struct arena;
struct committer;
struct config;
struct http_server;
struct postback_body;

struct gateway_http {
    const struct app *app;
    struct reader_pool *readers;
    struct committer *committer;
    struct http_service service;
    struct service_counters counters;
    struct metrics_source metrics_source;
    struct http_server *server;
    atomic_bool has_server; /* for the committer, which runs before there is one */
};

/* Binds and listens. ERR_HTTP_LISTEN and ERR_CONFIG name the address. */
struct result gateway_http_open(struct gateway_http *http, struct arena *arena,
                                const struct config *config);
void gateway_http_start(struct gateway_http *http);
void gateway_http_stop(struct gateway_http *http);
void gateway_http_close(struct gateway_http *http);

/* Tells the open pages of an invoice; any thread. */
void gateway_http_publish(struct gateway_http *http, int64_t invoice_id);
/* Once for each batch of completions; any thread. */
void gateway_http_wake(struct gateway_http *http);

const struct postback_body *gateway_http_postback_body(void);

#endif
