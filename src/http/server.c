/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "http/ip_count.h"
#include "http/listen.h"
#include "http/loop.h"
#include "http/stream_table.h"

/* A request may need its head and body twice while they grow, and room for the reply. */
enum { ARENA_BYTES_BESIDE_BODY = 262144 };

struct http_server {
    struct loop_shared shared;
    struct server_listener listeners[HTTP_LISTENERS_MAX];
    size_t listener_count;
    struct http_loop *loops[HTTP_LOOPS_MAX];
    size_t loop_count;
};

static struct result check_limits(struct arena *arena, const struct http_limits *limits) {
    if (limits->head_bytes_max < 1024 || limits->head_bytes_max > UINT16_MAX) {
        return result_failf(arena, &ERR_HTTP_LIMITS, "head_bytes must be 1024 to 65535, not %zu",
                            limits->head_bytes_max);
    }
    if (limits->body_bytes_max > (size_t)1 << 30 ||
        limits->arena_bytes_max <
            3 * limits->body_bytes_max + 2 * limits->head_bytes_max + ARENA_BYTES_BESIDE_BODY) {
        return result_failf(arena, &ERR_HTTP_LIMITS,
                            "body_bytes %zu does not fit into a request's memory of %zu bytes",
                            limits->body_bytes_max, limits->arena_bytes_max);
    }
    if (limits->connections_max == 0 || limits->connections_per_ip_max == 0) {
        return result_failf(arena, &ERR_HTTP_LIMITS, "no connection would ever be accepted");
    }
    return RESULT_OK;
}

/* Raises the soft limit as far as needed, so that a cap answers before accept() fails. */
static struct result reserve_fds(struct arena *arena, const struct http_server *server) {
    struct rlimit limit;
    rlim_t need = HTTP_FDS_RESERVED;
    for (size_t i = 0; i < server->listener_count; i++) {
        need += server->listeners[i].connections_max;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < need && limit.rlim_max >= need) {
        limit.rlim_cur = need;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < need) {
        return result_failf(arena, &ERR_HTTP_LIMITS,
                            "the connection limits need %llu file descriptors and this process "
                            "may have %llu",
                            (unsigned long long)need, (unsigned long long)limit.rlim_max);
    }
    return RESULT_OK;
}

static struct result open_listener(struct arena *arena, struct http_server *server,
                                   struct server_listener *listener) {
    size_t loops = listener->options.one_loop ? 1 : server->loop_count;
    for (size_t i = 0; i < loops; i++) {
        int fd;
        const struct listen_request request = {
            .address = str_from_c(listener->options.address),
            .port = listener->port,
            .shared = loops > 1,
            .joins = i > 0,
        };
        TRY(listen_open(arena, &request, &fd, &listener->port));
        loop_add_socket(server->loops[i], listener, fd);
    }
    return RESULT_OK;
}

static void add_listener(struct http_server *server, const struct http_listener *options) {
    struct server_listener *listener = &server->listeners[server->listener_count++];
    struct str path;
    route_table_check(&options->routes);
    listener->options = *options;
    listener->is_unix = listen_address_is_unix(str_from_c(options->address), &path);
    listener->options.one_loop = options->one_loop || listener->is_unix;
    listener->connections_max = server->shared.limits.connections_max;
    if (options->connections_max > 0) {
        listener->connections_max = options->connections_max;
    } else if (listener->options.one_loop &&
               listener->connections_max > HTTP_SIDE_CONNECTIONS_MAX) {
        listener->connections_max = HTTP_SIDE_CONNECTIONS_MAX;
    }
}

static struct result open_all(struct arena *arena, const struct http_options *options,
                              struct http_server *server) {
    TRY(check_limits(arena, &server->shared.limits));
    struct loop_shared *shared = &server->shared;
    TRY(ip_networks_from_text(arena, str_from_c(options->trusted_proxies), shared->trusted_proxies,
                              HTTP_TRUSTED_PROXIES_MAX, &shared->trusted_proxy_count));
    size_t connections_max = 0;
    for (size_t i = 0; i < options->listener_count; i++) {
        add_listener(server, &options->listeners[i]);
        connections_max += server->listeners[i].connections_max;
    }
    TRY(reserve_fds(arena, server));
    server->shared.connections_by_ip = ip_count_new(connections_max);
    server->shared.streams_by_ip = ip_count_new(server->shared.limits.streams_max);
    size_t loops = options->loops == 0 ? 1 : options->loops;
    while (server->loop_count < loops) {
        server->loops[server->loop_count++] = loop_new(&server->shared);
    }
    for (size_t i = 0; i < server->listener_count; i++) {
        TRY(open_listener(arena, server, &server->listeners[i]));
    }
    return RESULT_OK;
}

struct result http_server_new(struct arena *arena, const struct http_options *options,
                              struct http_server **ret_server) {
    BUG_IF(options->listener_count > HTTP_LISTENERS_MAX || options->loops > HTTP_LOOPS_MAX);
    struct http_server *server = calloc(1, sizeof *server);
    BUG_IF(server == NULL);
    server->shared.limits = options->limits;
    struct result result = open_all(arena, options, server);
    if (!result_is_ok(result)) {
        http_server_free(server);
        return result;
    }
    *ret_server = server;
    return RESULT_OK;
}

void http_server_start(struct http_server *server) {
    for (size_t i = 0; i < server->loop_count; i++) {
        loop_start(server->loops[i]);
    }
}

static void remove_unix_files(const struct http_server *server) {
    struct str path;
    for (size_t i = 0; i < server->listener_count; i++) {
        if (listen_address_is_unix(str_from_c(server->listeners[i].options.address), &path)) {
            (void)unlink(path.ptr); /* the address is a C string, so its tail is one */
        }
    }
}

void http_server_stop(struct http_server *server) {
    for (size_t i = 0; i < server->loop_count; i++) {
        loop_stop(server->loops[i]);
    }
    for (size_t i = 0; i < server->loop_count; i++) {
        loop_join(server->loops[i]);
    }
    remove_unix_files(server);
}

void http_server_free(struct http_server *server) {
    if (server == NULL) {
        return;
    }
    for (size_t i = 0; i < server->loop_count; i++) {
        loop_free(server->loops[i]);
    }
    ip_count_free(server->shared.connections_by_ip);
    ip_count_free(server->shared.streams_by_ip);
    free(server);
}

uint16_t http_server_port(const struct http_server *server, size_t listener) {
    BUG_IF(listener >= server->listener_count);
    return server->listeners[listener].port;
}

void http_server_wake(struct http_server *server) {
    for (size_t i = 0; i < server->loop_count; i++) {
        if (loop_has_mail(server->loops[i])) {
            loop_wake(server->loops[i]);
        }
    }
}

void http_stream_publish(struct http_server *server, uint64_t topic, struct str event,
                         struct str data) {
    struct stream_event *made = NULL;
    for (size_t i = 0; i < server->loop_count; i++) {
        struct http_loop *loop = server->loops[i];
        if (atomic_load(&loop->streams_here) == 0) {
            continue;
        }
        if (made == NULL) {
            made = stream_event_new(topic, event, data);
        }
        loop_push_event(loop, stream_event_copy(made));
        loop_wake(loop);
    }
    stream_event_free(made);
}

struct http_counters http_server_counters(const struct http_server *server) {
    struct http_counters sum = {0};
    for (size_t i = 0; i < server->listener_count; i++) {
        sum.connections_open += atomic_load(&server->listeners[i].connections_open);
    }
    sum.streams_open = atomic_load(&server->shared.streams_open);
    for (size_t i = 0; i < server->loop_count; i++) {
        const struct loop_counters *counters = &server->loops[i]->counters;
        sum.connections_accepted += atomic_load(&counters->accepted);
        sum.connections_refused += atomic_load(&counters->refused);
        sum.requests += atomic_load(&counters->requests);
        sum.requests_malformed += atomic_load(&counters->malformed);
        sum.deadlines_missed += atomic_load(&counters->missed);
        sum.accept_pauses += atomic_load(&counters->pauses);
        sum.replies_2xx += atomic_load(&counters->replies[2]);
        sum.replies_3xx += atomic_load(&counters->replies[3]);
        sum.replies_4xx += atomic_load(&counters->replies[4]);
        sum.replies_5xx += atomic_load(&counters->replies[5]);
        sum.streams_dropped += atomic_load(&counters->streams_dropped);
    }
    return sum;
}
