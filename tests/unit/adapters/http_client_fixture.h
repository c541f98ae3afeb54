/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_HTTP_CLIENT_FIXTURE_H
#define TILL_TESTS_UNIT_ADAPTERS_HTTP_CLIENT_FIXTURE_H

/* A client, its event loop and a badly behaving receiver, for one test. */

#include "adapters/http_client_curl/http_client_curl.h"
#include "support/bad_receiver.h"

enum { PATIENCE_MS = 60000 };

struct bench {
    struct event_base *base;
    struct arena *arena;
    struct bad_receiver *receiver;
    struct net_allow_list allowed; /* the receiver's socket */
    struct http_client_curl *client;
    /* Of the next client; as long as any machine needs, unless a test wants a deadline missed. */
    uint32_t connect_ms;
    uint32_t total_ms;
};

/* One request and what came of it. */
struct call {
    struct http_answer answer;
    char error[512];
    char address[64];
    int done; /* how often */
};

int bench_setup(void **state);
int bench_teardown(void **state);
/* Another client in place of the first: with these look-ups, these permissions, this bundle, and
 * the deadlines of the bench. */
void bench_restart(struct bench *bench, http_lookup_fn *lookup, const char *allowed,
                   const char *ca_file);

struct http_post bench_post(struct bench *bench, const char *url);
/* "http://HOST:PORT/path" at the receiver. */
const char *bench_url(struct bench *bench, const char *host, const char *path);
void bench_start(struct bench *bench, const struct http_post *post, struct call *call);
void bench_wait(struct bench *bench, const struct call *call);
void bench_let_pass(struct bench *bench, int ms);
struct call bench_call(struct bench *bench, const char *url);

void assert_complete(const struct call *call, int status);
void assert_fault(const struct call *call, enum http_fault fault);

#endif
