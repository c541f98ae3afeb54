/* SPDX-License-Identifier: MIT */
#include "http/metrics.h"

#include <stdio.h>

#include "app/app.h"
#include "app/backlog.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "http/handlers/handlers.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "http/service.h"

enum { BACKLOG_BYTES_MAX = 64 << 20, ALARM_CODE_BYTES = 64 };

#define CONTENT_METRICS STR("text/plain; version=0.0.4; charset=utf-8")

static void put_server(struct metrics *metrics, const struct http_server *server) {
    struct http_counters counters = http_server_counters(server);
    metrics_gauge(metrics, "till_http_connections", "Connections open now.",
                  (int64_t)counters.connections_open);
    metrics_counter(metrics, "till_http_connections_total", "Connections accepted.",
                    counters.connections_accepted);
    metrics_counter(metrics, "till_http_connections_refused_total",
                    "Connections refused for a limit.", counters.connections_refused);
    metrics_counter(metrics, "till_http_requests_total", "Whole requests.", counters.requests);
    metrics_counter(metrics, "till_http_malformed_total", "Requests that were not HTTP.",
                    counters.requests_malformed);
    metrics_counter(metrics, "till_http_deadlines_missed_total",
                    "Connections dropped because the client was too slow.",
                    counters.deadlines_missed);
    metrics_counter(metrics, "till_http_accept_pauses_total", "Times descriptors ran out.",
                    counters.accept_pauses);
    metrics_gauge(metrics, "till_http_streams", "Pages that watch for news now.",
                  (int64_t)counters.streams_open);
    metrics_counter(metrics, "till_http_streams_dropped_total", "Streams that did not keep up.",
                    counters.streams_dropped);
    metrics_family(metrics, "counter", "till_http_replies_total", "Replies by class.");
    metrics_sample(metrics, "class", "2xx", (int64_t)counters.replies_2xx);
    metrics_sample(metrics, "class", "3xx", (int64_t)counters.replies_3xx);
    metrics_sample(metrics, "class", "4xx", (int64_t)counters.replies_4xx);
    metrics_sample(metrics, "class", "5xx", (int64_t)counters.replies_5xx);
}

static int64_t height_of(const struct network_health *health) {
    return health->height;
}

static int64_t lag_of(const struct network_health *health) {
    return health->node_height > health->height ? health->node_height - health->height : 0;
}

static int64_t blind_of(const struct network_health *health) {
    return health->blind;
}

static int64_t ready_of(const struct network_health *health) {
    return health->ready;
}

static int64_t checked_of(const struct network_health *health) {
    return health->checked_at_ms / 1000;
}

static int64_t unproven_of(const struct network_health *health) {
    return (int64_t)health->unproven_blocks;
}

static int64_t unread_of(const struct network_health *health) {
    return (int64_t)health->unread_transfers;
}

static const struct {
    const char *type;
    const char *name;
    const char *help;
    int64_t (*value)(const struct network_health *health);
} chain_figures[] = {
    {"gauge", "till_chain_height", "Height of the last block applied.", height_of},
    {"gauge", "till_chain_lag_blocks", "Blocks that the node has and we do not.", lag_of},
    {"gauge", "till_chain_blind", "1 while nothing on the network can be trusted.", blind_of},
    {"gauge", "till_chain_ready", "1 once a block has been applied.", ready_of},
    {"gauge", "till_chain_checked_seconds", "When the node last answered, Unix time.", checked_of},
    {"counter", "till_chain_blocks_unproven_total",
     "Blocks that do not fit their hash, and a node was believed.", unproven_of},
    {"counter", "till_chain_transfers_unread_total",
     "Transfers of known tokens of another form or past 128 bits, left out.", unread_of},
};

static void put_networks(struct metrics *metrics, const struct networks *networks) {
    for (size_t f = 0; f < sizeof chain_figures / sizeof chain_figures[0]; f++) {
        metrics_family(metrics, chain_figures[f].type, chain_figures[f].name,
                       chain_figures[f].help);
        for (size_t i = 0; i < networks->count; i++) {
            struct network_health health = network_health_get(networks->followed[i]);
            metrics_sample(metrics, "network", networks->followed[i]->network->key,
                           chain_figures[f].value(&health));
        }
    }
}

static void put_backlog(struct metrics *metrics, const struct backlog *backlog) {
    metrics_family(metrics, "gauge", "till_deliveries", "Postbacks not delivered, by state.");
    metrics_sample(metrics, "state", "queued", backlog->queued);
    metrics_sample(metrics, "state", "deferred", backlog->deferred);
    metrics_sample(metrics, "state", "parked", backlog->parked);
    metrics_family(metrics, "gauge", "till_alarms", "Alarms that stand, by code.");
    for (size_t i = 0; i < backlog->alarm_code_count; i++) {
        char code[ALARM_CODE_BYTES];
        (void)snprintf(code, sizeof code, "%.*s", STR_ARG(backlog->alarms[i].code));
        metrics_sample(metrics, "code", code, backlog->alarms[i].count);
    }
}

/* A store that cannot be read says so here, and takes no other figure with it. */
static void put_store(struct metrics *metrics, const struct http_service *service) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(BACKLOG_BYTES_MAX);
    struct store_conn *reader;
    struct backlog backlog;
    struct result read = reader_take(service->readers, &reader);
    if (result_is_ok(read)) {
        read = backlog_read(reader, arena, &backlog);
        reader_give(service->readers, reader);
    }
    metrics_gauge(metrics, "till_store_readable", "1 if the store answers.", result_is_ok(read));
    if (result_is_ok(read)) {
        put_backlog(metrics, &backlog);
    }
}

static void put_invoices(struct metrics *metrics, const struct service_counters *counters) {
    metrics_counter(metrics, "till_invoices_created_total", "Invoices made by shops.",
                    atomic_load(&counters->invoices_created));
    metrics_counter(metrics, "till_invoices_canceled_total", "Invoices canceled by shops.",
                    atomic_load(&counters->invoices_canceled));
    metrics_counter(metrics, "till_calls_throttled_total", "Calls answered with 429.",
                    atomic_load(&counters->calls_throttled));
}

/* GET /metrics */
struct reply handle_metrics(struct request *request) {
    const struct http_service *service = service_of(request->context);
    struct buf text = buf_in(request->arena);
    struct metrics metrics = {.text = &text};
    put_server(&metrics, service->server);
    put_networks(&metrics, &service->app->networks);
    put_store(&metrics, service);
    put_invoices(&metrics, service->counters);
    metrics_counter(&metrics, "till_log_lines_dropped_total", "Log lines that nobody took.",
                    log_dropped_count());
    for (size_t i = 0; i < service->metrics_source_count; i++) {
        const struct metrics_source *source = &service->metrics_sources[i];
        source->collect(source->context, &metrics);
    }
    return reply_ok(request, CONTENT_METRICS, buf_str(&text));
}
