/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_SERVICE_H
#define TILL_HTTP_SERVICE_H

/* What every handler works with: a listener's `context`. Made by main, constant afterwards. */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "app/reader_pool.h"

struct app;
struct http_server;
struct metrics_source;
struct pace_table;
struct qr_cache;
struct request;

/* Counted by handlers, for /metrics. */
struct service_counters {
    _Atomic uint64_t invoices_created;
    _Atomic uint64_t invoices_canceled;
    _Atomic uint64_t calls_throttled;
};

struct http_service {
    const struct app *app;
    struct reader_pool *readers;
    struct qr_cache *codes;     /* NULL: none are kept */
    struct http_server *server; /* for streams; set once the server exists */

    /* What /metrics asks besides the server and the networks: see http/metrics.h. */
    const struct metrics_source *metrics_sources;
    size_t metrics_source_count;
    struct service_counters *counters;

    struct pace_table *pace_by_ip; /* http/throttle.h; NULL: no limit */
    struct pace_table *pace_by_key;
};

static inline const struct http_service *service_of(void *request_context) {
    return (const struct http_service *)request_context;
}

#endif
