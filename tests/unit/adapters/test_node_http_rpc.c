/* SPDX-License-Identifier: MIT */
/* The RPC client against nodes that are slow, broken, hostile or restarted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/node_http/rpc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "node_answers.h"
#include "scripted_server.h"

#define OK_HEAD           "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define CHUNKED           OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define ANSWER_1          "{\"result\":\"one\",\"error\":null,\"id\":1}" /* 36 bytes */
#define ANSWER_3          "{\"result\":\"tri\",\"error\":null,\"id\":3}"
#define ANSWER_2          "{\"result\":\"two\",\"error\":null,\"id\":2}"
#define WITH_LENGTH(body) OK_HEAD "Content-Length: 36\r\n\r\n" body

enum { TIMEOUT_MS = 400, PATIENCE_MS = 20000 };

static struct arena *arena;
static struct scripted_server server;
static struct rpc *rpc;
static char cookie_path[64];
static char read_text[64];

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void write_cookie(const char *text) {
    FILE *file = fopen(cookie_path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int setup(void **state) {
    (void)state;
    arena = arena_new(16 << 20);
    snprintf(cookie_path, sizeof(cookie_path), "/tmp/till-cookie-%d", (int)getpid());
    write_cookie("__cookie__:first");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    unlink(cookie_path);
    return 0;
}

static void start(const struct scripted_step *steps, size_t count, uint32_t timeout_ms) {
    scripted_server_start(&server, steps, count);
    const char *url = arena_printf(arena, "http://127.0.0.1:%d", server.port);
    struct rpc_options options = {
        .http = {.url = str_from_c(url), .cookie_file = cookie_path, .timeout_ms = timeout_ms}};
    assert_true(result_is_ok(rpc_new(&options, arena, &rpc)));
}

static void stop(void) {
    rpc_free(rpc);
    scripted_server_stop(&server);
}

static void decode_text(struct json_reader *reader, void *context) {
    (void)context;
    struct str text = json_read_str(reader);
    snprintf(read_text, sizeof(read_text), "%.*s", STR_ARG(text));
}

static const struct rpc_call get_text = {
    .method = "gettext", .params = {"[]", 2}, .answer_bytes_max = 1 << 20, .decode = decode_text};

static void assert_call(const struct error_code *code) {
    struct result done = rpc_call(rpc, arena, &get_text);
    if (done.code != code) {
        fail_msg("%s: %s", done.code ? done.code->name : "ok", result_text(done));
    }
    assert_null(strstr(result_text(done), "first")); /* the password */
}

/* One call to a node that follows one step. */
static void assert_step(struct scripted_step step, const struct error_code *code) {
    start(&step, 1, PATIENCE_MS);
    assert_call(code);
    stop();
}

static void assert_answer(const char *bytes, const struct error_code *code) {
    assert_step((struct scripted_step){.bytes = bytes, .close = true}, code);
}

/* One call to a node that makes us wait for longer than we do. */
static void assert_missed(struct scripted_step step) {
    start(&step, 1, TIMEOUT_MS);
    int64_t start_ms = now_ms();
    assert_call(&ERR_NODE_UNREACHABLE);
    assert_in_range(now_ms() - start_ms, 0, PATIENCE_MS);
    stop();
}

static void test_calls_share_a_connection_and_the_cookie(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {{.bytes = WITH_LENGTH(ANSWER_1)},
                                                 {.bytes = WITH_LENGTH(ANSWER_2)}};
    start(steps, 2, PATIENCE_MS);
    assert_call(NULL);
    assert_string_equal(read_text, "one");
    assert_true(rpc_took_connection(rpc));
    assert_call(NULL);
    assert_string_equal(read_text, "two");
    assert_false(rpc_took_connection(rpc));
    stop();
    assert_int_equal(server.connections, 1);
    /* "__cookie__:first" in base64 */
    assert_non_null(strstr(server.requests[0], "Authorization: Basic X19jb29raWVfXzpmaXJzdA=="));
    assert_non_null(strstr(server.requests[1],
                           "{\"jsonrpc\":\"1.0\",\"id\":2,\"method\":\"gettext\",\"params\":[]}"));
}

static void test_an_answer_of_any_framing_is_read(void **state) {
    (void)state;
    assert_answer(CHUNKED "24\r\n" ANSWER_1 "\r\n0\r\n\r\n", NULL);
    assert_answer(OK_HEAD "Connection: close\r\n\r\n" ANSWER_1, NULL);
}

static void test_a_node_that_is_not_there_or_never_answers_is_unreachable(void **state) {
    (void)state;
    assert_missed((struct scripted_step){.bytes = "", .hang = true});
    assert_answer("", &ERR_NODE_UNREACHABLE);
    struct rpc_options options = {.http = {.url = STR("http://127.0.0.1:1"), .timeout_ms = 1000}};
    assert_true(result_is_ok(rpc_new(&options, arena, &rpc)));
    assert_call(&ERR_NODE_UNREACHABLE);
    rpc_free(rpc);
}

static void test_an_answer_that_breaks_off_is_no_answer(void **state) {
    (void)state;
    assert_answer(OK_HEAD, &ERR_NODE_ANSWER);
    assert_answer(OK_HEAD "Content-Length: 36\r\n\r\n{\"result\":\"one\"", &ERR_NODE_UNREACHABLE);
    assert_answer(OK_HEAD "Content-Length: 100\r\n\r\n" ANSWER_1, &ERR_NODE_UNREACHABLE);
    assert_answer(CHUNKED "24\r\n" ANSWER_1 "\r\n", &ERR_NODE_UNREACHABLE);
    assert_answer(OK_HEAD "Connection: close\r\n\r\n{\"result\":\"one\"", &ERR_NODE_ANSWER);
    assert_missed((struct scripted_step){.bytes = CHUNKED "5\r\n{\"res\r\n", .hang = true});
}

static void test_an_answer_that_never_ends_is_cut_off(void **state) {
    (void)state;
    /* Slowly: the deadline. Fast, and as one text: the limit, long before the gigabyte. */
    assert_missed((struct scripted_step){
        .bytes = CHUNKED, .repeat = 10000, .again = "1\r\n \r\n", .pause_us = 10000});
    static char chunk[65536 + 16];
    int head = snprintf(chunk, sizeof(chunk), "10000\r\n");
    memset(chunk + head, 'a', 65536);
    memcpy(chunk + head + 65536, "\r\n", 3);
    assert_step((struct scripted_step){.bytes = CHUNKED "B\r\n{\"result\":\"\r\n",
                                       .repeat = 16384,
                                       .again = chunk},
                &ERR_NODE_ANSWER);
}

static void test_what_is_not_json_rpc_is_no_answer(void **state) {
    (void)state;
    assert_answer(OK_HEAD "Connection: close\r\n\r\n<html>busy</html>", &ERR_NODE_ANSWER);
    assert_answer(OK_HEAD "Connection: close\r\n\r\n", &ERR_NODE_ANSWER);
    assert_answer(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        &ERR_NODE_ANSWER);
    assert_answer("HTTP/1.1 204 No Content\r\n\r\n", &ERR_NODE_ANSWER);
    assert_answer("SSH-2.0-OpenSSH_9.2\r\n", &ERR_NODE_UNREACHABLE);
    assert_answer(WITH_LENGTH(ANSWER_2), &ERR_NODE_ANSWER);
    assert_answer("HTTP/1.1 500 Oops\r\nContent-Length: 36\r\n\r\n" ANSWER_1, &ERR_NODE_ANSWER);
}

static void test_a_refusing_or_busy_node_is_unreachable_for_now(void **state) {
    (void)state;
    static const char *const heads[] = {"401 Unauthorized", "403 Forbidden", "429 Slow",
                                        "503 Busy"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        assert_answer(arena_printf(arena,
                                   "HTTP/1.1 %s\r\nContent-Length: 25\r\n\r\n"
                                   "Work queue depth exceeded",
                                   heads[i]),
                      &ERR_NODE_UNREACHABLE);
    }
}

static void test_a_node_with_a_new_cookie_is_asked_again_once(void **state) {
    (void)state;
    static const char no[] = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    static const struct scripted_step steps[] = {
        {.bytes = WITH_LENGTH(ANSWER_1)},
        {.bytes = no},
        {.bytes = WITH_LENGTH(ANSWER_2)},
        {.bytes = no},
        {.bytes = no},
    };
    start(steps, 5, PATIENCE_MS);
    assert_call(NULL);
    write_cookie("__cookie__:second");
    assert_call(NULL);
    assert_string_equal(read_text, "two");
    assert_call(&ERR_NODE_UNREACHABLE); /* the cookie is still the same one */
    assert_call(&ERR_NODE_UNREACHABLE);
    stop();
    assert_int_equal(server.steps_done, 5);
    /* "__cookie__:second" in base64 */
    assert_non_null(strstr(server.requests[2], "Authorization: Basic X19jb29raWVfXzpzZWNvbmQ="));
}

static void test_a_long_call_that_was_refused_takes_the_new_cookie_next(void **state) {
    (void)state;
    static const struct scripted_step steps[] = {
        {.bytes = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = WITH_LENGTH(ANSWER_2)}};
    start(steps, 2, PATIENCE_MS);
    assert_true(result_is_ok(rpc_start(rpc, arena, &get_text)));
    write_cookie("__cookie__:second");
    assert_true(rpc_wait(rpc, PATIENCE_MS));
    struct result done = rpc_finish(rpc, arena, &get_text);
    assert_ptr_equal(done.code, &ERR_NODE_UNREACHABLE);
    assert_true(result_is_ok(rpc_start(rpc, arena, &get_text)));
    assert_true(rpc_wait(rpc, PATIENCE_MS));
    assert_true(result_is_ok(rpc_finish(rpc, arena, &get_text)));
    assert_string_equal(read_text, "two");
    stop();
}

static void test_without_a_cookie_no_call_is_made(void **state) {
    (void)state;
    unlink(cookie_path);
    static const struct scripted_step step = {.bytes = WITH_LENGTH(ANSWER_3)};
    start(&step, 1, PATIENCE_MS);
    assert_call(&ERR_NODE_UNREACHABLE);
    write_cookie("no colon");
    assert_call(&ERR_NODE_UNREACHABLE);
    write_cookie("__cookie__:second\n");
    assert_call(NULL);
    stop();
    assert_int_equal(server.connections, 1);
}

static void test_a_login_in_the_url_is_used_and_never_shown(void **state) {
    (void)state;
    static const struct scripted_step step = {.bytes = WITH_LENGTH(ANSWER_2)};
    scripted_server_start(&server, &step, 1);
    const char *url = arena_printf(arena, "http://us%%40er:pa%%3Ass@127.0.0.1:%d/", server.port);
    struct rpc_options options = {
        .http = {.url = str_from_c(url), .cookie_file = cookie_path, .timeout_ms = PATIENCE_MS}};
    assert_true(result_is_ok(rpc_new(&options, arena, &rpc)));
    struct result done = rpc_call(rpc, arena, &get_text);
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
    assert_null(strstr(done.detail, "pa"));
    assert_null(strstr(rpc_label(rpc), "@"));
    stop();
    /* "us@er:pa:ss" in base64 */
    assert_non_null(strstr(server.requests[0], "Authorization: Basic dXNAZXI6cGE6c3M="));
}

static void test_a_url_that_is_not_a_nodes_is_refused(void **state) {
    (void)state;
    static const char *const urls[] = {"",
                                       "127.0.0.1:8332",
                                       "ftp://u:secret@host/",
                                       "http://",
                                       "file:///etc/passwd",
                                       "http://u%3Aser:secret@h/",
                                       "http://u:secret@host:99999/"};
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct rpc_options options = {.http = {.url = str_from_c(urls[i]), .timeout_ms = 1000}};
        struct result done = rpc_new(&options, arena, &rpc);
        assert_ptr_equal(done.code, &ERR_URL_INVALID);
        assert_null(strstr(result_text(done), "secret"));
    }
}

static void test_a_wake_ends_a_wait_before_or_during_it(void **state) {
    (void)state;
    static const struct scripted_step step = {.bytes = "", .hang = true};
    start(&step, 1, 60000);
    int64_t start_ms = now_ms();
    assert_false(rpc_wait(rpc, 50)); /* nothing is running */
    assert_true(result_is_ok(rpc_start(rpc, arena, &get_text)));
    assert_false(rpc_wait(rpc, 50));
    rpc_wake(rpc);
    assert_false(rpc_wait(rpc, 50000));
    assert_true(rpc_is_running(rpc));
    rpc_cancel(rpc);
    assert_in_range(now_ms() - start_ms, 90, 20000);
    stop();
}

static void assert_envelope(const char *text, const struct error_code *code) {
    struct result done = decode_answer(arena, str_from_c(text), 3, 1000);
    if (done.code != code) {
        fail_msg("%s: %s", text, result_text(done));
    }
}

static void test_an_envelope_is_read_strictly(void **state) {
    (void)state;
    assert_envelope("{\"id\":1,\"error\":null,\"result\":{}}", NULL);
    assert_envelope("{\"jsonrpc\":\"2.0\",\"result\":[1],\"id\":1}", NULL);
    assert_envelope("{\"result\":1,\"error\":null}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":null,\"id\":\"1\"}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":null,\"id\":null}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":null,\"id\":-1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":null,\"error\":null,\"id\":1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"error\":null,\"id\":1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":{},\"id\":1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":\"no\",\"id\":1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"result\":2,\"error\":null,\"id\":1}", &ERR_NODE_ANSWER);
    assert_envelope("{\"result\":1,\"error\":null,\"id\":1} {}", &ERR_NODE_ANSWER);
    assert_envelope("[{\"result\":1,\"error\":null,\"id\":1}]", &ERR_NODE_ANSWER);
}

static void test_a_nodes_error_is_put_into_our_words(void **state) {
    (void)state;
    static const struct {
        int code;
        const struct error_code *meaning;
    } errors[] = {
        {-28, &ERR_NODE_NOT_READY}, {-10, &ERR_NODE_NOT_READY}, {-9, &ERR_NODE_NOT_READY},
        {-5, &ERR_BLOCK_UNKNOWN},   {-8, &ERR_BLOCK_UNKNOWN},   {-1, &ERR_NODE_ANSWER},
        {-32601, &ERR_NODE_ANSWER}, {0, &ERR_NODE_ANSWER},
    };
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        assert_envelope(arena_printf(arena,
                                     "{\"result\":null,\"error\":{\"code\":%d,\"message\":\"x\"},"
                                     "\"id\":1}",
                                     errors[i].code),
                        errors[i].meaning);
    }
    struct result done = decode_answer(
        arena, STR("{\"error\":{\"message\":\"a\\nb\\u001b[31m\\u00e9\",\"code\":-1},\"id\":1}"), 0,
        1000);
    assert_non_null(strstr(done.detail, "error -1: a?b?[31m??"));
}

static void test_depth_and_length_are_limited(void **state) {
    (void)state;
    struct buf deep = buf_in(arena);
    buf_puts(&deep, "{\"id\":1,\"result\":");
    for (int i = 0; i < 100000; i++) {
        buf_put_char(&deep, '[');
    }
    struct result done = decode_answer(arena, buf_str(&deep), 0, 1 << 20);
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
    struct str answer = STR("{\"id\":1,\"result\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}");
    assert_true(result_is_ok(decode_answer(arena, answer, 5, answer.len)));
    done = decode_answer(arena, answer, 5, answer.len - 1);
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_calls_share_a_connection_and_the_cookie),
        TEST(test_an_answer_of_any_framing_is_read),
        TEST(test_a_node_that_is_not_there_or_never_answers_is_unreachable),
        TEST(test_an_answer_that_breaks_off_is_no_answer),
        TEST(test_an_answer_that_never_ends_is_cut_off),
        TEST(test_what_is_not_json_rpc_is_no_answer),
        TEST(test_a_refusing_or_busy_node_is_unreachable_for_now),
        TEST(test_a_node_with_a_new_cookie_is_asked_again_once),
        TEST(test_a_long_call_that_was_refused_takes_the_new_cookie_next),
        TEST(test_without_a_cookie_no_call_is_made),
        TEST(test_a_login_in_the_url_is_used_and_never_shown),
        TEST(test_a_url_that_is_not_a_nodes_is_refused),
        TEST(test_a_wake_ends_a_wait_before_or_during_it),
        TEST(test_an_envelope_is_read_strictly),
        TEST(test_a_nodes_error_is_put_into_our_words),
        TEST(test_depth_and_length_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
