/* SPDX-License-Identifier: MIT */
#include "gateway_http.h"

#include <unistd.h>

#include "app/postback_body.h"
#include "base/arena.h"
#include "config.h"
#include "http/admin/admin_routes.h"
#include "http/pace_table.h"
#include "http/pages/qr_cache.h"
#include "http/routes.h"
#include "http/stream.h"
#include "http/wire/postback.h"
#include "workers/committer.h"

enum { LISTENERS = 3, THREADS_DEFAULT_MAX = 4 };

static unsigned thread_count(const struct config *config) {
    if (config->http.threads > 0) {
        return (unsigned)config->http.threads;
    }
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > THREADS_DEFAULT_MAX ? THREADS_DEFAULT_MAX : (unsigned)cores;
}

static struct http_limits limits_of(const struct config *config) {
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    limits.body_bytes_max = (size_t)config->limits.body_bytes;
    limits.connections_max = (size_t)config->limits.connections;
    limits.connections_per_ip_max = (size_t)config->limits.connections_per_ip;
    return limits;
}

static void collect_committer(const void *context, struct metrics *metrics) {
    const struct gateway_http *http = context;
    struct committer_counters counters = committer_counters_get(http->committer);
    metrics_counter(metrics, "till_jobs_total", "Jobs run by the committer.", counters.jobs);
    metrics_counter(metrics, "till_batches_total", "Transactions committed.", counters.batches);
    metrics_counter(metrics, "till_job_refusals_total", "Jobs refused by a rule.",
                    counters.refusals);
    metrics_counter(metrics, "till_job_faults_total", "Jobs that failed.", counters.faults);
    metrics_gauge(metrics, "till_jobs_queued", "Jobs that wait.", (int64_t)counters.queued);
}

/* The public one first: its port is what a start with port 0 asks for. */
static size_t list_listeners(struct gateway_http *http, struct arena *arena,
                             const struct config *config, struct http_listener *listeners) {
    size_t count = 0;
    listeners[count++] = (struct http_listener){.address = config->http.listen,
                                                .routes = routes_public,
                                                .context = &http->service,
                                                .cors = true,
                                                .is_cors = routes_is_cors,
                                                .admit = routes_admit,
                                                .error_body = routes_error_body};
    listeners[count++] =
        (struct http_listener){.address = arena_printf(arena, "unix:%s", config->http.socket),
                               .routes = admin_routes,
                               .context = &http->service};
    if (config->http.metrics[0] != '\0') {
        listeners[count++] = (struct http_listener){.address = config->http.metrics,
                                                    .routes = routes_metrics,
                                                    .context = &http->service,
                                                    .one_loop = true};
    }
    return count;
}

struct result gateway_http_open(struct gateway_http *http, struct arena *arena,
                                const struct config *config) {
    http->service.app = http->app;
    http->service.readers = http->readers;
    http->service.codes = qr_cache_new();
    http->metrics_source = (struct metrics_source){collect_committer, http};
    http->service.metrics_sources = &http->metrics_source;
    http->service.metrics_source_count = 1;
    http->service.counters = &http->counters;
    http->service.pace_by_ip = pace_table_new(config->limits.rate_per_ip);
    http->service.pace_by_key = pace_table_new(config->limits.rate_per_key);
    struct http_listener *listeners = ARENA_ARRAY(arena, struct http_listener, LISTENERS);
    struct http_options options = {.loops = thread_count(config),
                                   .limits = limits_of(config),
                                   .trusted_proxies = config->http.trusted_proxies,
                                   .listeners = listeners};
    options.listener_count = list_listeners(http, arena, config, listeners);
    TRY(http_server_new(arena, &options, &http->server));
    http->service.server = http->server;
    atomic_store(&http->has_server, true);
    return RESULT_OK;
}

void gateway_http_start(struct gateway_http *http) {
    http_server_start(http->server);
}

void gateway_http_stop(struct gateway_http *http) {
    http_server_stop(http->server);
}

void gateway_http_close(struct gateway_http *http) {
    if (http->server != NULL) {
        atomic_store(&http->has_server, false);
        http_server_free(http->server);
        http->server = NULL;
    }
    pace_table_free(http->service.pace_by_ip);
    pace_table_free(http->service.pace_by_key);
    http->service.pace_by_ip = NULL;
    http->service.pace_by_key = NULL;
    qr_cache_free(http->service.codes);
    http->service.codes = NULL;
}

void gateway_http_publish(struct gateway_http *http, int64_t invoice_id) {
    if (atomic_load(&http->has_server)) {
        http_stream_publish(http->server, (uint64_t)invoice_id, STR("changed"), STR(""));
    }
}

void gateway_http_wake(struct gateway_http *http) {
    if (atomic_load(&http->has_server)) {
        http_server_wake(http->server);
    }
}

const struct postback_body *gateway_http_postback_body(void) {
    static const struct postback_body body = {.render = wire_postback};
    return &body;
}
