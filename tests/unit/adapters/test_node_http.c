/* SPDX-License-Identifier: MIT */
/* Requests that are no JSON-RPC: paths below the node's URL, a provider's key, pauses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/node_http/node_http.h"
#include "base/arena.h"
#include "core/error.h"
#include "scripted_server.h"

#define TEN  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n10"
#define BUSY "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n"

static struct arena *arena;
static struct scripted_server server;
static struct node_http *http;
static uint64_t value;

static int setup(void **state) {
    (void)state;
    arena = arena_new(1 << 20);
    value = 0;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void start(const struct scripted_step *steps, size_t count, const char *rest) {
    scripted_server_start(&server, steps, count);
    const char *url = arena_printf(arena, "http://127.0.0.1:%d%s", server.port, rest);
    struct node_http_options options = {
        .url = str_from_c(url), .header = "TRON-PRO-API-KEY: se-cret", .timeout_ms = 2000};
    assert_true(result_is_ok(node_http_new(&options, arena, &http)));
}

static void stop(void) {
    node_http_free(http);
    scripted_server_stop(&server);
}

static struct result read_u64(struct json_source source, struct arena *in, void *context) {
    struct json_reader reader;
    json_reader_init_source(&reader, in, source, json_limits_default);
    *(uint64_t *)context = json_read_u64(&reader);
    ENSURE(json_reader_finish(&reader), ERR_NODE_ANSWER);
    return RESULT_OK;
}

static struct result ask(const char *path, struct str body) {
    struct node_http_request request = {
        .name = "getit", .path = path, .body = body, .read = read_u64, .context = &value};
    struct result done = node_http_call(http, arena, &request);
    assert_null(strstr(result_text(done), "cret"));
    return done;
}

static void test_a_path_is_asked_below_the_url_with_the_key(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {{.bytes = TEN}, {.bytes = TEN}, {.bytes = TEN}};
    start(steps, 3, "/v3/my-secret/?key=cret");
    assert_true(result_is_ok(ask("/wallet/getnowblock", (struct str){0})));
    assert_true(result_is_ok(ask("/wallet/getblock", STR("{\"num\":5}"))));
    assert_true(result_is_ok(ask(NULL, (struct str){0})));
    assert_int_equal(value, 10);
    assert_null(strstr(node_http_label(http), "cret"));
    assert_non_null(strstr(node_http_label(http), "http://127.0.0.1:"));
    stop();
    assert_int_equal(server.connections, 1);
    assert_true(
        strncmp(server.requests[0], "GET /v3/my-secret/wallet/getnowblock?key=cret HTTP", 50) == 0);
    assert_non_null(strstr(server.requests[0], "TRON-PRO-API-KEY: se-cret\r\n"));
    assert_true(
        strncmp(server.requests[1], "POST /v3/my-secret/wallet/getblock?key=cret HTTP", 48) == 0);
    assert_non_null(strstr(server.requests[1], "\r\n\r\n{\"num\":5}"));
    assert_true(strncmp(server.requests[2], "GET /v3/my-secret/?key=cret HTTP", 32) == 0);
}

static void test_a_key_in_the_url_is_in_no_message(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {
        {.bytes = "HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx10"},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n10", .close = true}};
    start(steps, 3, "/v3/my-secret?key=cret");
    assert_ptr_equal(ask("/a", (struct str){0}).code, &ERR_NODE_ANSWER);
    assert_ptr_equal(ask("/a", (struct str){0}).code, &ERR_NODE_ANSWER);
    assert_ptr_equal(ask("/a", (struct str){0}).code, &ERR_NODE_UNREACHABLE);
    stop();
}

static void test_a_pause_that_the_node_asks_for_is_kept(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {
        {.bytes = BUSY "\r\n"}, {.bytes = BUSY "Retry-After: 3600\r\n\r\n"}, {.bytes = TEN}};
    start(steps, 3, "");
    struct result done = ask("", (struct str){0});
    assert_ptr_equal(done.code, &ERR_NODE_UNREACHABLE);
    assert_non_null(strstr(done.detail, "429"));
    assert_ptr_equal(ask("", (struct str){0}).code, &ERR_NODE_UNREACHABLE);
    done = ask("", (struct str){0});
    assert_ptr_equal(done.code, &ERR_NODE_UNREACHABLE);
    assert_non_null(strstr(done.detail, "pause"));
    stop();
    assert_int_equal(server.steps_done, 2); /* the third question was not put */
}

static void test_a_status_that_is_no_success_is_none_even_with_an_answer(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {
        {.bytes = "HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\n10"},
        {.bytes = "HTTP/1.1 404 None\r\nContent-Length: 2\r\n\r\nno"},
        {.bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n10"},
        {.bytes = "HTTP/1.1 502 Bad\r\nContent-Length: 2\r\n\r\n10"}};
    start(steps, 4, "");
    assert_ptr_equal(ask("", (struct str){0}).code, &ERR_NODE_ANSWER);
    struct result done = ask("", (struct str){0});
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
    assert_non_null(strstr(done.detail, "HTTP status 404"));
    assert_ptr_equal(ask("", (struct str){0}).code, &ERR_NODE_UNREACHABLE);
    assert_ptr_equal(ask("", (struct str){0}).code, &ERR_NODE_UNREACHABLE);
    stop();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_path_is_asked_below_the_url_with_the_key),
        TEST(test_a_key_in_the_url_is_in_no_message),
        TEST(test_a_pause_that_the_node_asks_for_is_kept),
        TEST(test_a_status_that_is_no_success_is_none_even_with_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
