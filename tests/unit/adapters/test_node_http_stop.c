/* SPDX-License-Identifier: MIT */
/* Whoever is told to stop does not wait for a node, however it hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/node_http/rpc.h"
#include "base/arena.h"
#include "core/error.h"
#include "scripted_server.h"

enum { NEVER_MS = 600000, SOON_MS = 20000, BEFORE_STOP_US = 200000, LOOK_UP_US = 50000 };

static struct arena *arena;
static struct rpc *rpc;
static struct scripted_server server;
static pthread_t stopper;

static int setup(void **state) {
    (void)state;
    arena = arena_new(1 << 20);
    server.steps_done = 0;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- a name server that does not answer, in place of the C library's function */

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static atomic_bool is_let_go;
static atomic_int look_ups;

/* Its own names for what it is given. */
__attribute__((visibility("default"))) int getaddrinfo(const char *__name, const char *__service,
                                                       const struct addrinfo *__req,
                                                       struct addrinfo **__pai) {
    if (__name == NULL || strcmp(__name, "node.invalid") != 0) {
        void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
        look_up *others;
        memcpy(&others, &symbol, sizeof others);
        return others(__name, __service, __req, __pai);
    }
    atomic_fetch_add(&look_ups, 1);
    for (int i = 0; i < SOON_MS * 2 / (LOOK_UP_US / 1000) && !atomic_load(&is_let_go); i++) {
        (void)usleep(LOOK_UP_US);
    }
    return EAI_AGAIN;
}

/* ---- */

static void open_rpc(const char *url) {
    struct rpc_options options = {.http = {.url = str_from_c(url), .timeout_ms = NEVER_MS}};
    assert_true(result_is_ok(rpc_new(&options, arena, &rpc)));
}

static void decode(struct json_reader *reader, void *context) {
    (void)context;
    json_skip_value(reader);
}

static const struct rpc_call call = {
    .method = "getit", .params = {"[]", 2}, .answer_bytes_max = 1 << 20, .decode = decode};

/* Once the node has the question, or its name is looked up. */
static void *stop_later(void *context) {
    (void)context;
    int64_t until_ms = now_ms() + SOON_MS;
    while (server.steps_done == 0 && atomic_load(&look_ups) == 0 && now_ms() < until_ms) {
        (void)usleep(1000);
    }
    (void)usleep(BEFORE_STOP_US);
    rpc_stop(rpc);
    return NULL;
}

static void begin_stop(void) {
    assert_int_equal(pthread_create(&stopper, NULL, stop_later, NULL), 0);
}

/* For good: nothing is asked after it, and nothing waits. */
static void must_be_stopped(int64_t start_ms) {
    (void)pthread_join(stopper, NULL);
    assert_ptr_equal(rpc_call(rpc, arena, &call).code, &ERR_NODE_STOPPED);
    assert_ptr_equal(rpc_start(rpc, arena, &call).code, &ERR_NODE_STOPPED);
    assert_false(rpc_wait(rpc, NEVER_MS));
    assert_false(rpc_wait(rpc, NEVER_MS));
    rpc_free(rpc);
    assert_in_range(now_ms() - start_ms, 0, 2 * SOON_MS);
}

static void stop_while_asked(const struct scripted_step *step) {
    scripted_server_start(&server, step, 1);
    open_rpc(arena_printf(arena, "http://127.0.0.1:%d", server.port));
    int64_t start_ms = now_ms();
    begin_stop();
    assert_ptr_equal(rpc_call(rpc, arena, &call).code, &ERR_NODE_STOPPED);
    must_be_stopped(start_ms);
    scripted_server_stop(&server);
    assert_int_equal(server.steps_done, 1);
}

static void test_a_node_that_says_nothing_is_not_waited_for(void **state) {
    (void)state;
    static const struct scripted_step step = {.bytes = "", .hang = true};
    stop_while_asked(&step);
}

static void test_a_node_that_falls_silent_half_way_is_not_waited_for(void **state) {
    (void)state;
    static const struct scripted_step step = {
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{\"id\":1,\"result\":[1,2",
        .hang = true};
    stop_while_asked(&step);
}

static void test_a_node_that_talks_without_end_is_not_listened_to(void **state) {
    (void)state;
    static const struct scripted_step step = {
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n{\"id\":1,\"result\":[1",
        .repeat = 100000,
        .again = ",2",
        .pause_us = 1000};
    stop_while_asked(&step);
}

static void test_a_name_that_nobody_looks_up_is_not_waited_for(void **state) {
    (void)state;
    atomic_store(&is_let_go, false);
    open_rpc("http://node.invalid:8545");
    int64_t start_ms = now_ms();
    begin_stop();
    assert_ptr_equal(rpc_call(rpc, arena, &call).code, &ERR_NODE_STOPPED);
    must_be_stopped(start_ms);
    assert_int_equal(atomic_load(&look_ups), 1);
    atomic_store(&look_ups, 0);
    atomic_store(&is_let_go, true);
    (void)usleep(2 * LOOK_UP_US); /* for the thread that is left to itself */
}

static void test_what_was_started_is_given_up(void **state) {
    (void)state;
    static const struct scripted_step step = {.bytes = "", .hang = true};
    scripted_server_start(&server, &step, 1);
    open_rpc(arena_printf(arena, "http://127.0.0.1:%d", server.port));
    int64_t start_ms = now_ms();
    begin_stop();
    assert_true(result_is_ok(rpc_start(rpc, arena, &call)));
    assert_false(rpc_wait(rpc, NEVER_MS));
    assert_ptr_equal(rpc_finish(rpc, arena, &call).code, &ERR_NODE_STOPPED);
    must_be_stopped(start_ms);
    scripted_server_stop(&server);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_node_that_says_nothing_is_not_waited_for),
        TEST(test_a_node_that_falls_silent_half_way_is_not_waited_for),
        TEST(test_a_node_that_talks_without_end_is_not_listened_to),
        TEST(test_a_name_that_nobody_looks_up_is_not_waited_for),
        TEST(test_what_was_started_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
