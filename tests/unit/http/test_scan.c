/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/scan.h"
#include "support/scan_trace.h"

/* What is accepted and refused is told by tests/contract/http_requests.txt; here: how. */

static struct arena *arena;
static struct http_scan scan;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(1 << 20);
    http_scan_init(&scan, arena, 16384, 65536);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static size_t feed(const char *text) {
    return http_scan_feed(&scan, bytes_from_str(str_from_c(text)));
}

static void assert_str(struct str text, const char *wanted) {
    assert_non_null(text.ptr);
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.ptr, wanted, text.len);
}

static void test_a_request_comes_in_normal_form(void **state) {
    (void)state;
    const char *text = "POST /a?b=%20 HTTP/1.1\r\nHOST: x\r\nX-One:  1 \r\nTransfer-Encoding: "
                       "chunked\r\n\r\n3;e\r\nabc\r\n1\r\nd\r\n0\r\nt: 1\r\n\r\n";
    assert_int_equal(feed(text), strlen(text));
    assert_int_equal(scan.outcome, HTTP_SCAN_DONE);
    assert_str(http_head_method(scan.head), "POST");
    assert_str(http_head_target(scan.head), "/a?b=%20");
    assert_int_equal(scan.head->field_count, 3);
    assert_str(http_head_name(scan.head, 0), "host");
    assert_str(http_head_value(scan.head, 1), "1");
    assert_str(http_head_single(scan.head, HTTP_SINGLE_HOST), "x");
    assert_null(http_head_single(scan.head, HTTP_SINGLE_EXPECT).ptr);
    assert_int_equal(scan.body.len, 4);
    assert_memory_equal(scan.body.ptr, "abcd", 4);
    assert_true(scan.head->keep_alive && scan.head->has_body && scan.head->is_chunked);
}

static void test_it_takes_no_byte_of_the_next_request(void **state) {
    (void)state;
    assert_int_equal(feed("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b"), 27);
    assert_int_equal(scan.outcome, HTTP_SCAN_DONE);
    assert_int_equal(feed("GET /b"), 0);
}

static void test_it_takes_no_byte_after_a_body(void **state) {
    (void)state;
    const char *text = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
    assert_int_equal(feed(text), strlen(text));
    assert_int_equal(scan.outcome, HTTP_SCAN_MORE);
    assert_true(scan.in_body);
    assert_int_equal(feed("abGET"), 2);
    assert_int_equal(scan.outcome, HTTP_SCAN_DONE);
}

static void test_memory_comes_with_the_first_byte(void **state) {
    (void)state;
    assert_int_equal(arena_used_bytes(arena), 0);
    assert_int_equal(feed("G"), 1);
    assert_true(arena_used_bytes(arena) > 0);
}

static void test_an_announced_body_costs_nothing_until_it_comes(void **state) {
    (void)state;
    (void)feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
    size_t before = arena_used_bytes(arena);
    (void)feed("a");
    assert_true(arena_used_bytes(arena) - before < 4096);
}

static void test_bad_bytes_are_refused_at_once(void **state) {
    (void)state;
    (void)feed("GET / HTTP/1.1\r\nHost: a\r\nX: \x01");
    assert_int_equal(scan.outcome, HTTP_SCAN_REFUSED);
    assert_int_equal(scan.status, 400);
    assert_int_equal(feed("more"), 0);
}

static void test_running_out_of_memory_is_a_refusal(void **state) {
    (void)state;
    struct arena *small = arena_new(2500);
    static char body[3000];
    http_scan_init(&scan, small, 16384, 65536);
    (void)feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n");
    memset(body, 'b', sizeof body);
    (void)http_scan_feed(&scan, (struct bytes){(const uint8_t *)body, sizeof body});
    assert_int_equal(scan.outcome, HTTP_SCAN_REFUSED);
    assert_int_equal(scan.status, 413);
    arena_free(small);
}

static void test_cutting_changes_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\r\nGET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\nGET / HTTP/1.0\r\n\r\nG",
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET / "
        "HTTP/1.1\r\nHost:\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0a\r\n"
        "0123456789\r\n0\r\nX-T: 1\r\n\r\nGET /\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bytes input = bytes_from_str(str_from_c(texts[i]));
        struct str whole = scan_trace(arena, input, input.len);
        for (size_t step = 1; step < input.len; step++) {
            struct str cut = scan_trace(arena, input, step);
            assert_int_equal(cut.len, whole.len);
            assert_memory_equal(cut.ptr, whole.ptr, whole.len);
        }
        arena_reset(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_request_comes_in_normal_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_takes_no_byte_of_the_next_request, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_it_takes_no_byte_after_a_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory_comes_with_the_first_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_announced_body_costs_nothing_until_it_comes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_bad_bytes_are_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_running_out_of_memory_is_a_refusal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cutting_changes_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
