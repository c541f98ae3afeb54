/* SPDX-License-Identifier: MIT */
/* Every way to spell an address that a merchant's URL must not reach, as real URLs against a real
 * receiver on loopback: through the parser, past the parser, and by names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http_client_fixture.h"

static const char *const spellings[] = {
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "shop.localhost",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "00000177.0.0.1",
    "127.0.0.1.",
    "127%2e0.0.1",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%lo]",
    "[fe80::1%25lo]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[ff02::1]",
    "[100::1]",
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "100.100.100.200",
    "168.63.129.16",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.0.192",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "user@127.0.0.1",
    "shop.example@127.0.0.1",
    "shop.example#@127.0.0.1",
    "shop.example\\@127.0.0.1",
    "127.0.0.1\t",
    "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
};
enum { SPELLINGS = sizeof spellings / sizeof spellings[0] };

/* Some of the names above are looked up by the system, which may have nobody to ask. */
static int setup(void **state) {
    int done = bench_setup(state);
    struct bench *bench = *state;
    bench->connect_ms = 3000;
    bench->total_ms = 6000;
    bench_restart(bench, NULL,
                  arena_printf(bench->arena, "127.0.0.1:%u", bad_receiver_port(bench->receiver)),
                  NULL);
    return done;
}

/* Somewhere else than the receiver, so that nothing here is permitted. */
#define NOTHING_OF_USE "127.0.0.1:1"

static void test_no_spelling_passes_the_parser_and_the_guard(void **state) {
    struct bench *bench = *state;
    bench_restart(bench, NULL, NOTHING_OF_USE, NULL);
    for (size_t i = 0; i < SPELLINGS; i++) {
        const char *text = bench_url(bench, spellings[i], "/ok");
        struct endpoint_url url;
        if (!result_is_ok(
                endpoint_url_parse(bench->arena, str_from_c(text), ENDPOINT_HTTP_TOO, &url))) {
            continue;
        }
        struct call call = bench_call(bench, text);
        if (call.answer.fault != HTTP_FAULT_DENIED && call.answer.fault != HTTP_FAULT_LOOKUP) {
            fail_msg("%s: fault %d, status %d, %s", text, call.answer.fault, call.answer.status,
                     call.error);
        }
        assert_int_equal(call.answer.status, 0);
    }
    assert_int_equal(bad_receiver_connections(bench->receiver), 0);
}

/* As if the parser had been fooled: libcurl gets the raw text, and only the socket's guard is
 * left. */
static void test_no_spelling_passes_the_guard_at_the_socket(void **state) {
    struct bench *bench = *state;
    bench_restart(bench, NULL, NOTHING_OF_USE, NULL);
    size_t at_the_socket = 0;
    for (size_t i = 0; i < SPELLINGS; i++) {
        struct http_post post = bench_post(bench, "http://8.8.8.8/");
        post.url.url = str_from_c(bench_url(bench, spellings[i], "/ok"));
        struct call call;
        bench_start(bench, &post, &call);
        bench_wait(bench, &call);
        assert_int_equal(call.answer.status, 0);
        at_the_socket += call.answer.fault == HTTP_FAULT_DENIED ? 1 : 0;
    }
    assert_true(at_the_socket > SPELLINGS / 2);
    assert_int_equal(bad_receiver_connections(bench->receiver), 0);
}

static void test_the_matrix_can_fail(void **state) {
    struct bench *bench = *state;
    size_t reached = 0;
    for (size_t i = 0; i < SPELLINGS; i++) {
        struct http_post post = bench_post(bench, "http://8.8.8.8/");
        post.url.url = str_from_c(bench_url(bench, spellings[i], "/ok"));
        struct call call;
        bench_start(bench, &post, &call);
        bench_wait(bench, &call);
        reached += call.answer.is_complete ? 1 : 0;
    }
    assert_true(reached >= 8);
}

static void test_a_permitted_socket_is_permitted_alone(void **state) {
    struct bench *bench = *state;
    struct call call = bench_call(bench, bench_url(bench, "127.0.0.1", "/ok"));
    assert_complete(&call, 200);
    struct bad_receiver *other = bad_receiver_new(AF_INET);
    assert_non_null(other);
    call = bench_call(
        bench, arena_printf(bench->arena, "http://127.0.0.1:%u/ok", bad_receiver_port(other)));
    assert_fault(&call, HTTP_FAULT_DENIED);
    assert_int_equal(bad_receiver_connections(other), 0);
    bad_receiver_free(other);
}

/* ---- names */

static int resolve(const char *host, struct net_address *ret_addresses) {
    static const struct {
        const char *host;
        const char *addresses[3];
    } names[] = {
        {"private.example", {"10.0.0.5"}},
        {"loopback.example", {"127.0.0.1"}},
        {"mapped.example", {"::ffff:127.0.0.1"}},
        {"mixed.example", {"8.8.8.8", "127.0.0.1"}},
        {"mixed6.example", {"8.8.8.8", "fd00::1"}},
        {"mixed64.example", {"2606:4700::1111", "127.0.0.1"}},
        {"metadata.example", {"169.254.169.254"}},
        {"localhost", {"127.0.0.1", "::1"}},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int count = 0;
        while (strcmp(names[i].host, host) == 0 && count < 3 && names[i].addresses[count] != NULL) {
            assert_true(
                net_address_parse(str_from_c(names[i].addresses[count]), &ret_addresses[count]));
            count++;
        }
        if (count > 0) {
            return count;
        }
    }
    return -2; /* EAI_NONAME */
}

static void test_a_name_with_any_denied_address_is_not_dialled_at_all(void **state) {
    struct bench *bench = *state;
    bench_restart(bench, resolve, NOTHING_OF_USE, NULL);
    static const char *const names[] = {
        "private.example", "loopback.example", "mapped.example",   "mixed.example",
        "mixed6.example",  "mixed64.example",  "metadata.example", "localhost",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct call call = bench_call(bench, bench_url(bench, names[i], "/ok"));
        assert_fault(&call, HTTP_FAULT_DENIED);
        assert_string_equal(call.address, "");
        assert_null(strstr(call.error, "10.0.0.5")); /* the inner view stays inside */
    }
    assert_int_equal(bad_receiver_connections(bench->receiver), 0);
}

static void test_a_permitted_name_is_dialled_and_another_to_the_same_place_is_not(void **state) {
    struct bench *bench = *state;
    unsigned port = bad_receiver_port(bench->receiver);
    bench_restart(bench, resolve, arena_printf(bench->arena, "loopback.example:%u", port), NULL);
    struct call call = bench_call(bench, bench_url(bench, "loopback.example", "/ok"));
    assert_complete(&call, 200);
    call = bench_call(bench, bench_url(bench, "localhost", "/ok"));
    assert_fault(&call, HTTP_FAULT_DENIED);
    call = bench_call(bench, bench_url(bench, "127.0.0.1", "/ok"));
    assert_fault(&call, HTTP_FAULT_DENIED);
    assert_int_equal(bad_receiver_connections(bench->receiver), 1);
}

static const char *rebinding_to;

static int resolve_rebinding(const char *host, struct net_address *ret_addresses) {
    (void)host;
    assert_true(net_address_parse(str_from_c(rebinding_to), ret_addresses));
    return 1;
}

static void test_a_name_that_changes_is_judged_each_time(void **state) {
    struct bench *bench = *state;
    const char *allowed =
        arena_printf(bench->arena, "127.0.0.1:%u", bad_receiver_port(bench->receiver));
    static const char *const rounds[] = {"127.0.0.1", "10.0.0.5", "127.0.0.2", "127.0.0.1"};
    for (size_t i = 0; i < 4; i++) {
        rebinding_to = rounds[i];
        bench_restart(bench, resolve_rebinding, allowed, NULL); /* as after a minute */
        struct call call = bench_call(bench, bench_url(bench, "rebind.example", "/ok"));
        assert_int_equal(call.answer.fault, i % 3 == 0 ? HTTP_FAULT_NONE : HTTP_FAULT_DENIED);
    }
    assert_int_equal(bad_receiver_connections(bench->receiver), 2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_no_spelling_passes_the_parser_and_the_guard),
        TEST(test_no_spelling_passes_the_guard_at_the_socket),
        TEST(test_the_matrix_can_fail),
        TEST(test_a_permitted_socket_is_permitted_alone),
        TEST(test_a_name_with_any_denied_address_is_not_dialled_at_all),
        TEST(test_a_permitted_name_is_dialled_and_another_to_the_same_place_is_not),
        TEST(test_a_name_that_changes_is_judged_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
