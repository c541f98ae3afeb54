/* SPDX-License-Identifier: MIT */
#include "http_client_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/arena.h"

static void on_done(void *context, const struct http_answer *answer) {
    struct call *call = context;
    call->answer = *answer;
    (void)snprintf(call->error, sizeof call->error, "%s", answer->error);
    (void)snprintf(call->address, sizeof call->address, "%s", answer->address);
    call->done++;
}

void bench_restart(struct bench *bench, http_lookup_fn *lookup, const char *allowed,
                   const char *ca_file) {
    http_client_curl_free(bench->client);
    assert_true(
        result_is_ok(net_allow_list_parse(bench->arena, str_from_c(allowed), &bench->allowed)));
    struct http_client_curl_options options = {
        .base = bench->base,
        .allow_list = &bench->allowed,
        .user_agent = "Cryptocloud POSTBACK v2",
        .ca_file = ca_file,
        .connect_timeout_ms = bench->connect_ms,
        .total_timeout_ms = bench->total_ms,
        .lookup = lookup,
    };
    assert_true(result_is_ok(http_client_curl_new(&options, &bench->client)));
}

int bench_setup(void **state) {
    (void)signal(SIGPIPE, SIG_IGN);
    static struct bench bench;
    bench = (struct bench){.base = event_base_new(),
                           .arena = arena_new(1 << 20),
                           .connect_ms = PATIENCE_MS,
                           .total_ms = PATIENCE_MS};
    bench.receiver = bad_receiver_new(AF_INET);
    assert_non_null(bench.receiver);
    bench_restart(&bench, NULL,
                  arena_printf(bench.arena, "127.0.0.1:%u", bad_receiver_port(bench.receiver)),
                  NULL);
    *state = &bench;
    return 0;
}

int bench_teardown(void **state) {
    struct bench *bench = *state;
    http_client_curl_free(bench->client);
    bad_receiver_free(bench->receiver);
    arena_free(bench->arena);
    event_base_free(bench->base);
    return 0;
}

struct http_post bench_post(struct bench *bench, const char *url) {
    struct http_post post = {.content_type = STR("application/json"), .body = STR("{\"a\":1}")};
    struct result result =
        endpoint_url_parse(bench->arena, str_from_c(url), ENDPOINT_HTTP_TOO, &post.url);
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", url, result_text(result));
    }
    return post;
}

const char *bench_url(struct bench *bench, const char *host, const char *path) {
    return arena_printf(bench->arena, "http://%s:%u%s", host, bad_receiver_port(bench->receiver),
                        path);
}

void bench_start(struct bench *bench, const struct http_post *post, struct call *call) {
    *call = (struct call){0};
    struct http_client *port = http_client_curl_port(bench->client);
    port->post(port, post, on_done, call);
    assert_int_equal(call->done, 0);
}

void bench_wait(struct bench *bench, const struct call *call) {
    while (call->done == 0) {
        assert_int_equal(event_base_loop(bench->base, EVLOOP_ONCE), 0);
    }
    assert_int_equal(call->done, 1);
    assert_int_equal(call->answer.is_complete, call->answer.fault == HTTP_FAULT_NONE);
    assert_int_equal(call->answer.is_complete, call->error[0] == '\0');
}

void bench_let_pass(struct bench *bench, int ms) {
    struct timeval wait = {.tv_usec = ms * 1000};
    assert_int_equal(event_base_loopexit(bench->base, &wait), 0);
    assert_int_equal(event_base_loop(bench->base, EVLOOP_NO_EXIT_ON_EMPTY), 0);
}

struct call bench_call(struct bench *bench, const char *url) {
    struct http_post post = bench_post(bench, url);
    struct call call;
    bench_start(bench, &post, &call);
    bench_wait(bench, &call);
    return call;
}

void assert_complete(const struct call *call, int status) {
    if (!call->answer.is_complete || call->answer.status != status) {
        fail_msg("not complete with %d: status %d, fault %d, %s", status, call->answer.status,
                 call->answer.fault, call->error);
    }
}

void assert_fault(const struct call *call, enum http_fault fault) {
    if (call->answer.fault != fault) {
        fail_msg("fault %d, not %d: %s", call->answer.fault, fault, call->error);
    }
    assert_true(strlen(call->error) > 5);
}
