/* SPDX-License-Identifier: MIT */
/* The client against a receiver that behaves badly in every way that the path of a URL asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <dirent.h>
#include <event2/event.h>

#include "base/arena.h"
#include "http_client_fixture.h"

/* Who misses this has missed it for good; who answers does it long before. */
static void set_total_ms(struct bench *bench, uint32_t total_ms) {
    bench->total_ms = total_ms;
    const char *receiver =
        arena_printf(bench->arena, "127.0.0.1:%u", bad_receiver_port(bench->receiver));
    bench_restart(bench, NULL, receiver, NULL);
}

/* A path of the bad receiver. */
static struct call call_path(struct bench *bench, const char *path) {
    return bench_call(bench, bench_url(bench, "127.0.0.1", path));
}

static void test_the_request_is_what_the_contract_says(void **state) {
    struct bench *bench = *state;
    struct http_header headers[] = {{"webhook-id", STR("msg_1")}, {"webhook-empty", STR("")}};
    struct http_post post = bench_post(bench, bench_url(bench, "127.0.0.1", "/ok/../ok?a=%20b"));
    post.headers = headers;
    post.header_count = 2;
    struct call call;
    bench_start(bench, &post, &call);
    bench_wait(bench, &call);
    assert_complete(&call, 200);
    assert_int_equal(call.answer.body_bytes, 2);
    assert_int_equal(call.answer.retry_after_s, -1);
    assert_true(call.answer.duration_ms < PATIENCE_MS);
    const char *address =
        arena_printf(bench->arena, "127.0.0.1:%u", bad_receiver_port(bench->receiver));
    assert_string_equal(call.address, address);

    char text[4096];
    bad_receiver_last(bench->receiver, text, sizeof text);
    const char *want = arena_printf(bench->arena,
                                    "POST /ok/../ok?a=%%20b HTTP/1.1\r\n"
                                    "Host: %s\r\n"
                                    "User-Agent: Cryptocloud POSTBACK v2\r\n"
                                    "Accept: */*\r\n"
                                    "Content-Type: application/json\r\n"
                                    "webhook-id: msg_1\r\n"
                                    "webhook-empty:\r\n"
                                    "Content-Length: 7\r\n\r\n"
                                    "{\"a\":1}",
                                    address);
    assert_string_equal(text, want);
}

static void test_any_complete_answer_is_complete(void **state) {
    static const struct {
        const char *path;
        int status;
    } answers[] = {
        {"/status/200", 200}, {"/status/201", 201}, {"/status/202", 202},  {"/status/204", 204},
        {"/status/226", 226}, {"/chunked", 200},    {"/until-close", 200}, {"/early", 200},
        {"/status/400", 400}, {"/status/404", 404}, {"/status/410", 410},  {"/status/418", 418},
        {"/status/429", 429}, {"/status/500", 500}, {"/status/503", 503},  {"/status/304", 304},
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct call call = call_path(*state, answers[i].path);
        assert_complete(&call, answers[i].status);
    }
}

static void test_a_body_of_ten_megabytes_is_read_and_dropped(void **state) {
    struct call call = call_path(*state, "/big/10000000");
    assert_complete(&call, 200);
    assert_int_equal(call.answer.body_bytes, 10000000);
    call = call_path(*state, "/ok");
    assert_complete(&call, 200);
}

static void test_redirects_are_answers_and_not_followed(void **state) {
    struct bench *bench = *state;
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < 5; i++) {
        unsigned before = bad_receiver_requests(bench->receiver);
        struct call call =
            call_path(bench, arena_printf(bench->arena, "/redirect/%d", statuses[i]));
        assert_complete(&call, statuses[i]);
        assert_int_equal(bad_receiver_requests(bench->receiver), before + 1);
    }
}

static void test_broken_answers_are_not_complete(void **state) {
    static const char *const paths[] = {
        "/half-chunk",     "/short",          "/reset/0",      "/reset/5",
        "/reset/40",       "/reset/41",       "/close",        "/garbage",
        "/endless-head/x", "/endless-head/c", "/endless-body",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct call call = call_path(*state, paths[i]);
        if (call.answer.is_complete || call.answer.fault != HTTP_FAULT_ANSWER) {
            fail_msg("%s: fault %d, status %d: %s", paths[i], call.answer.fault, call.answer.status,
                     call.error);
        }
    }
}

static void test_slow_and_silent_receivers_meet_the_total_deadline(void **state) {
    struct bench *bench = *state;
    enum { TOTAL_MS = 3000 };
    static const char *const paths[] = {"/slow", "/slow-head", "/nothing"};
    static struct call calls[3];
    static struct http_post posts[3];
    set_total_ms(bench, TOTAL_MS);
    for (size_t i = 0; i < 3; i++) {
        posts[i] = bench_post(bench, bench_url(bench, "127.0.0.1", paths[i]));
        bench_start(bench, &posts[i], &calls[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        bench_wait(bench, &calls[i]);
        assert_fault(&calls[i], HTTP_FAULT_TIMEOUT);
        assert_in_range(calls[i].answer.duration_ms, TOTAL_MS - 10, TOTAL_MS + 20000);
        assert_int_equal(calls[i].answer.status, i == 0 ? 200 : 0);
    }
}

static void test_retry_after_is_read_as_seconds_and_as_date(void **state) {
    struct bench *bench = *state;
    static const struct {
        const char *path;
        int64_t want_s;
    } wishes[] = {
        {"/retry/120", 120}, {"/retry/1000000000", 1000000000},
        {"/retry/0", -1},    {"/retry/-5", -1},
        {"/retry/soon", -1}, {"/retry/Thu,_01_Jan_1970_00:00:00_GMT", -1},
        {"/status/503", -1},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        struct call call = call_path(bench, wishes[i].path);
        assert_complete(&call, 503);
        if (call.answer.retry_after_s != wishes[i].want_s) {
            fail_msg("%s: %ld", wishes[i].path, (long)call.answer.retry_after_s);
        }
    }
    char path[64];
    time_t later = time(NULL) + 3600;
    struct tm utc;
    assert_non_null(gmtime_r(&later, &utc));
    assert_true(strftime(path, sizeof path, "/retry/%a,_%d_%b_%Y_%H:%M:%S_GMT", &utc) > 0);
    struct call call = call_path(bench, path);
    assert_in_range(call.answer.retry_after_s, 3600 - PATIENCE_MS / 1000, 3600);
}

static void test_connections_are_kept(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 20; i++) {
        struct call call = call_path(bench, "/ok");
        assert_complete(&call, 200);
    }
    assert_int_equal(bad_receiver_connections(bench->receiver), 1);
    assert_int_equal(bad_receiver_requests(bench->receiver), 20);
}

static void test_an_unasked_second_answer_is_never_the_next_one(void **state) {
    struct bench *bench = *state;
    static const char *const paths[] = {"/twice/0", "/twice/1", "/twice/20"};
    for (size_t i = 0; i < 3; i++) {
        struct call call = call_path(bench, paths[i]);
        assert_complete(&call, 200);
        while (bad_receiver_unasked(bench->receiver) <= i) {
            bench_let_pass(bench, 10);
        }
        bench_let_pass(bench, 200);
        unsigned connections = bad_receiver_connections(bench->receiver);
        unsigned requests = bad_receiver_requests(bench->receiver);
        call = call_path(bench, "/status/500");
        assert_complete(&call, 500);
        assert_int_equal(bad_receiver_connections(bench->receiver), connections + 1);
        assert_int_equal(bad_receiver_requests(bench->receiver), requests + 1);
    }
}

static void test_a_header_cannot_smuggle_another(void **state) {
    struct bench *bench = *state;
    static const char *const values[] = {"a\r\nX: y", "a\nX: y", "a\rb", "a\x01", "a\x7f"};
    for (size_t i = 0; i < 5; i++) {
        struct http_header header = {"webhook-id", str_from_c(values[i])};
        struct http_post post = bench_post(bench, bench_url(bench, "127.0.0.1", "/ok"));
        post.headers = &header;
        post.header_count = 1;
        struct call call;
        bench_start(bench, &post, &call);
        bench_wait(bench, &call);
        assert_fault(&call, HTTP_FAULT_REQUEST);
    }
    assert_int_equal(bad_receiver_requests(bench->receiver), 0);
}

static void test_a_closed_port_is_told_at_once(void **state) {
    struct bench *bench = *state;
    bench_restart(bench, NULL, "127.0.0.1:1", NULL);
    struct call call = bench_call(bench, "http://127.0.0.1:1/");
    assert_fault(&call, HTTP_FAULT_CONNECT);
    assert_true(call.answer.duration_ms < PATIENCE_MS / 2);
    assert_int_equal(call.answer.status, 0);
}

static void test_hundreds_at_once_all_end_once(void **state) {
    struct bench *bench = *state;
    enum { CALLS = 300 };
    static const char *const paths[] = {"/ok",      "/chunked", "/nothing",
                                        "/reset/0", "/slow",    "/status/500"};
    static struct call calls[CALLS];
    static struct http_post posts[CALLS];
    set_total_ms(bench, 8000);
    for (int i = 0; i < CALLS; i++) {
        posts[i] = bench_post(bench, bench_url(bench, "127.0.0.1", paths[i % 6]));
        bench_start(bench, &posts[i], &calls[i]);
    }
    for (int i = 0; i < CALLS; i++) {
        bench_wait(bench, &calls[i]);
        static const enum http_fault faults[] = {HTTP_FAULT_NONE,    HTTP_FAULT_NONE,
                                                 HTTP_FAULT_TIMEOUT, HTTP_FAULT_ANSWER,
                                                 HTTP_FAULT_TIMEOUT, HTTP_FAULT_NONE};
        assert_int_equal(calls[i].answer.fault, faults[i % 6]);
    }
}

static void test_freeing_drops_what_is_under_way_without_a_word(void **state) {
    struct bench *bench = *state;
    static struct call calls[3];
    static struct http_post posts[3];
    static const char *const paths[] = {"/nothing", "/slow", "/ok"};
    for (size_t i = 0; i < 3; i++) {
        posts[i] = bench_post(bench, bench_url(bench, "127.0.0.1", paths[i]));
        bench_start(bench, &posts[i], &calls[i]);
    }
    for (int i = 0; i < 5; i++) {
        assert_true(event_base_loop(bench->base, EVLOOP_NONBLOCK) >= 0);
    }
    http_client_curl_free(bench->client);
    bench->client = NULL;
    bench_let_pass(bench, 20);
    assert_int_equal(calls[0].done + calls[1].done, 0);
}

static void test_the_environment_does_not_decide_where_a_request_goes(void **state) {
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(setenv(names[i], "http://127.0.0.1:1", 1), 0);
    }
    struct call call = call_path(*state, "/ok");
    assert_complete(&call, 200);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(unsetenv(names[i]), 0);
    }
}

static size_t count_descriptors(void) {
    DIR *fds = opendir("/proc/self/fd");
    assert_non_null(fds);
    size_t count = 0;
    while (readdir(fds) != NULL) {
        count++;
    }
    (void)closedir(fds);
    return count;
}

static void test_no_descriptor_is_left_behind(void **state) {
    static const char *const paths[] = {"/ok",          "/close", "/reset/3",       "/twice/0",
                                        "/until-close", "/short", "/endless-head/x"};
    size_t before = 0;
    for (int round = 0; round < 4; round++) {
        assert_int_equal(bench_setup(state), 0);
        for (size_t i = 0; i < 7; i++) {
            (void)call_path(*state, paths[i]);
        }
        assert_int_equal(bench_teardown(state), 0);
        before = round == 0 ? count_descriptors() : before; /* after what is set up once */
    }
    assert_int_equal(count_descriptors(), before);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_the_request_is_what_the_contract_says),
        TEST(test_any_complete_answer_is_complete),
        TEST(test_a_body_of_ten_megabytes_is_read_and_dropped),
        TEST(test_redirects_are_answers_and_not_followed),
        TEST(test_broken_answers_are_not_complete),
        TEST(test_slow_and_silent_receivers_meet_the_total_deadline),
        TEST(test_retry_after_is_read_as_seconds_and_as_date),
        TEST(test_connections_are_kept),
        TEST(test_an_unasked_second_answer_is_never_the_next_one),
        TEST(test_a_header_cannot_smuggle_another),
        TEST(test_a_closed_port_is_told_at_once),
        TEST(test_hundreds_at_once_all_end_once),
        TEST(test_the_environment_does_not_decide_where_a_request_goes),
        cmocka_unit_test(test_no_descriptor_is_left_behind),
        TEST(test_freeing_drops_what_is_under_way_without_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
