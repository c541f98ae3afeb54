/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "support/http_sample.h"
#include "support/raw_client.h"

enum { PATIENCE_MS = 20000, CLIENTS = 12 };

static struct sample *sample;
static struct raw_client clients[CLIENTS];

static int answer_of(struct raw_client *client, const char *path, char *body, size_t size) {
    struct raw_reply reply;
    char text[512];
    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    (void)raw_send_text(client, text);
    if (!raw_read_reply(client, false, PATIENCE_MS, &reply)) {
        return 0;
    }
    (void)snprintf(body, size, "%s", reply.body);
    raw_reply_free(&reply);
    return reply.status;
}

static int status_of(struct raw_client *client) {
    char ignored[256];
    return answer_of(client, "/ok", ignored, sizeof ignored);
}

static void test_one_client_gets_only_its_share(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct raw_client other;
    struct raw_client proxy;
    limits.connections_per_ip_max = CLIENTS - 2;
    sample = sample_start(&limits, 1, NULL);
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_connect(&clients[i], sample_port(sample));
        assert_int_equal(status_of(&clients[i]), i < CLIENTS - 2 ? 200 : 503);
    }
    assert_true(raw_is_closed(&clients[CLIENTS - 1], PATIENCE_MS));
    raw_connect_from(&other, sample_port(sample), 2);
    assert_int_equal(status_of(&other), 200);
    raw_close(&clients[0]);
    raw_close(&clients[CLIENTS - 1]);
    assert_true(sample_wait_open(sample, CLIENTS - 3 + 1));
    raw_connect(&clients[0], sample_port(sample));
    assert_int_equal(status_of(&clients[0]), 200);
    for (size_t i = 0; i < CLIENTS - 1; i++) {
        raw_close(&clients[i]);
    }
    /* 127.0.0.77 is a trusted proxy: the share is not for it. */
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_connect_from(&clients[i], sample_port(sample), 77);
        assert_int_equal(status_of(&clients[i]), 200);
    }
    raw_connect_from(&proxy, sample_port(sample), 77);
    assert_int_equal(status_of(&proxy), 200);
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_close(&clients[i]);
    }
    raw_close(&proxy);
    raw_close(&other);
    sample_stop(sample);
}

static void test_clients_over_the_cap_wait_and_are_served_later(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.connections_max = CLIENTS - 4;
    sample = sample_start(&limits, 2, NULL);
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_connect(&clients[i], sample_port(sample));
        (void)raw_send_text(&clients[i], "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    size_t served = 0;
    size_t refused = 0; /* two loops may both accept at the cap */
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    for (size_t i = 0; served + refused < CLIENTS && raw_now_ms() < until_ms;
         i = (i + 1) % CLIENTS) {
        struct raw_reply reply;
        if (clients[i].fd < 0 || !raw_read_reply(&clients[i], false, 50, &reply)) {
            continue;
        }
        served += reply.status == 200;
        refused += reply.status != 200;
        raw_reply_free(&reply);
        raw_close(&clients[i]); /* makes room for one that waits */
    }
    assert_int_equal(served + refused, CLIENTS);
    assert_true(refused <= 2);
    sample_stop(sample);
}

static uint64_t count_pauses(void) {
    return http_server_counters(sample_server(sample)).accept_pauses;
}

/* Not a busy loop: so many in this time. */
static void assert_pauses_are_few(uint64_t before, int64_t began_ms) {
    uint64_t pauses = count_pauses() - before;
    int64_t took_ms = raw_now_ms() - began_ms;
    assert_true(pauses <= (uint64_t)took_ms * 2 / HTTP_EMFILE_PAUSE_MS + 2);
}

static void test_running_out_of_descriptors_is_survived(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct rlimit old;
    int pipes[2];
    int go[2];
    char done;
    sample = sample_start(&limits, 1, NULL);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        size_t served = 0;
        (void)!read(go[0], &done, 1);
        for (size_t i = 0; i < CLIENTS; i++) {
            raw_connect(&clients[i], sample_port(sample));
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            served += status_of(&clients[i]) == 200;
        }
        (void)!write(pipes[1], served == CLIENTS ? "y" : "n", 1);
        _exit(0);
    }
    int highest = dup(pipes[0]);
    (void)close(highest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    struct rlimit low = {.rlim_cur = (rlim_t)highest + 3, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    assert_int_equal(write(go[1], "g", 1), 1);
    int64_t began_ms = raw_now_ms();
    while (count_pauses() == 0 && raw_now_ms() < began_ms + PATIENCE_MS) {
        (void)usleep(5000);
    }
    uint64_t pauses = count_pauses();
    began_ms = raw_now_ms();
    (void)usleep(350000);
    assert_pauses_are_few(pauses, began_ms);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(read(pipes[0], &done, 1), 1);
    assert_int_equal(done, 'y');
    assert_true(pauses >= 1);
    (void)waitpid(child, NULL, 0);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    (void)close(go[0]);
    (void)close(go[1]);
    sample_stop(sample);
}

static void assert_remote(unsigned from, const char *headers, const char *wanted) {
    struct raw_client client;
    struct raw_reply reply;
    char text[512];
    raw_connect_from(&client, sample_port(sample), from);
    (void)snprintf(text, sizeof text, "GET /remote HTTP/1.1\r\nHost: a\r\n%s\r\n", headers);
    (void)raw_send_text(&client, text);
    assert_true(raw_read_reply(&client, false, PATIENCE_MS, &reply));
    assert_string_equal(reply.body, wanted);
    raw_reply_free(&reply);
    raw_close(&client);
}

static void test_only_trusted_proxies_say_who_the_client_is(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    sample = sample_start(&limits, 1, NULL);
    assert_remote(1, "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.1");
    assert_remote(77, "", "127.0.0.77");
    assert_remote(77, "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1");
    assert_remote(77, "X-Forwarded-For: 198.51.100.9, 192.0.2.1\r\n", "192.0.2.1");
    assert_remote(77, "X-Forwarded-For: 192.0.2.1, 10.1.2.3\r\n", "192.0.2.1");
    assert_remote(77, "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.1.2.3\r\n", "192.0.2.1");
    assert_remote(77, "X-Forwarded-For: 192.0.2.1, unknown\r\n", "127.0.0.77");
    assert_remote(77, "X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7");
    assert_remote(77, "X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n", "10.0.0.1");
    assert_remote(77, "X-Forwarded-For:\r\n", "127.0.0.77");
    sample_stop(sample);
}

static void test_headers_of_replies(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct raw_reply reply;
    char value[256];
    sample = sample_start(&limits, 1, NULL);
    raw_connect(&clients[0], sample_port(sample));
    (void)raw_send_text(&clients[0], "OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /page HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /moved HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /inject HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /greedy HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
    assert_true(raw_header(&reply, "Access-Control-Allow-Origin", value, sizeof value));
    assert_string_equal(value, "*");
    assert_true(raw_header(&reply, "Access-Control-Allow-Methods", value, sizeof value));
    assert_string_equal(value, "GET, HEAD, POST, DELETE, OPTIONS");
    assert_true(raw_header(&reply, "Access-Control-Allow-Headers", value, sizeof value));
    assert_string_equal(value, "Authorization, Content-Type, Idempotency-Key");
    assert_false(raw_header(&reply, "Access-Control-Allow-Credentials", value, sizeof value));
    raw_reply_free(&reply);
    assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
    assert_true(raw_header(&reply, "Content-Security-Policy", value, sizeof value));
    assert_true(raw_header(&reply, "X-Content-Type-Options", value, sizeof value));
    raw_reply_free(&reply);
    assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 303);
    assert_true(raw_header(&reply, "Location", value, sizeof value));
    assert_string_equal(value, "/ok");
    raw_reply_free(&reply);
    assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 500);
    assert_false(raw_header(&reply, "Set-Cookie", value, sizeof value));
    raw_reply_free(&reply);
    assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 500);
    raw_reply_free(&reply);
    assert_true(raw_is_closed(&clients[0], PATIENCE_MS));
    raw_close(&clients[0]);
    sample_stop(sample);
}

static void test_scripts_of_other_sites_see_only_open_routes(void **state) {
    (void)state;
    static const char *const closed[] = {
        "POST /private HTTP/1.1\r\nHost: a\r\nAuthorization: Token good\r\n\r\n",
        "OPTIONS /private HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    struct http_limits limits = sample_limits();
    struct raw_reply reply;
    char value[256];
    sample = sample_start(&limits, 1, NULL);
    raw_connect(&clients[0], sample_port(sample));
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        (void)raw_send_text(&clients[0], closed[i]);
        assert_true(raw_read_reply(&clients[0], false, PATIENCE_MS, &reply));
        assert_false(raw_header(&reply, "Access-Control-Allow-Origin", value, sizeof value));
        assert_false(raw_header(&reply, "Access-Control-Allow-Methods", value, sizeof value));
        raw_reply_free(&reply);
    }
    raw_close(&clients[0]);
    sample_stop(sample);
}

/* ---- listening */

static struct result try_address(const char *address, struct arena *arena) {
    const struct http_listener listener = {.address = address};
    struct http_options options = {
        .limits = sample_limits(), .listeners = &listener, .listener_count = 1, .loops = 2};
    struct http_server *server;
    struct result result = http_server_new(arena, &options, &server);
    if (result_is_ok(result)) {
        http_server_free(server);
    }
    return result;
}

static void test_a_unix_socket_is_private_and_replaced_when_stale(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct arena *arena = arena_new(1 << 16);
    struct stat status;
    char directory[] = "/tmp/till-http-XXXXXX";
    char address[64];
    char *path = address + strlen("unix:");
    assert_non_null(mkdtemp(directory));
    (void)snprintf(address, sizeof address, "unix:%s/s", directory);
    sample = sample_start(&limits, 1, address);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(raw_connect_unix(&clients[0], path));
    assert_int_equal(status_of(&clients[0]), 200);
    raw_close(&clients[0]);
    struct result result = try_address(address, arena);
    assert_ptr_equal(result.code, &ERR_HTTP_LISTEN);
    assert_non_null(strstr(result_text(result), "another process listens"));
    sample_stop(sample);
    assert_int_not_equal(access(path, F_OK), 0);
    /* A process that was killed leaves its file. */
    assert_true(result_is_ok(try_address(address, arena)));
    assert_int_equal(access(path, F_OK), 0);
    sample = sample_start(&limits, 1, address);
    assert_true(raw_connect_unix(&clients[0], path));
    assert_int_equal(status_of(&clients[0]), 200);
    raw_close(&clients[0]);
    sample_stop(sample);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fclose(file);
    assert_ptr_equal(try_address(address, arena).code, &ERR_HTTP_LISTEN);
    assert_int_equal(access(path, F_OK), 0);
    (void)unlink(path);
    (void)rmdir(directory);
    arena_free(arena);
}

static void test_a_port_in_use_is_refused(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct arena *arena = arena_new(1 << 16);
    char address[64];
    sample = sample_start(&limits, 2, NULL);
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", sample_port(sample));
    assert_ptr_equal(try_address(address, arena).code, &ERR_HTTP_LISTEN);
    sample_stop(sample);
    assert_true(result_is_ok(try_address(address, arena)));
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    if (fd >= 0 && bind(fd, (struct sockaddr *)&loopback, sizeof loopback) == 0) {
        assert_true(result_is_ok(try_address("[::1]:0", arena)));
    }
    (void)close(fd);
    arena_free(arena);
}

static void test_bad_addresses_and_limits_are_refused(void **state) {
    (void)state;
    static const char *const odd[] = {
        "",       "localhost",       "127.0.0.1", "127.0.0.1:", ":80",        "[::1]",
        "::1:80", "127.0.0.1:65536", "1.2.3:80",  "unix:",      "127.0.0.1:x"};
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_ptr_equal(try_address(odd[i], arena).code, &ERR_HTTP_LISTEN);
    }
    struct http_server *server;
    const struct http_listener listener = {.address = "127.0.0.1:0"};
    struct http_options options = {.listeners = &listener, .listener_count = 1};
    options.limits = sample_limits();
    options.limits.connections_max = 1u << 30;
    assert_ptr_equal(http_server_new(arena, &options, &server).code, &ERR_HTTP_LIMITS);
    options.limits = sample_limits();
    options.limits.body_bytes_max = 100 << 20;
    assert_ptr_equal(http_server_new(arena, &options, &server).code, &ERR_HTTP_LIMITS);
    options.limits = sample_limits();
    options.trusted_proxies = "10.0.0.0/8,nonsense";
    assert_ptr_equal(http_server_new(arena, &options, &server).code, &ERR_HTTP_LIMITS);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_client_gets_only_its_share),
        cmocka_unit_test(test_clients_over_the_cap_wait_and_are_served_later),
        cmocka_unit_test(test_running_out_of_descriptors_is_survived),
        cmocka_unit_test(test_only_trusted_proxies_say_who_the_client_is),
        cmocka_unit_test(test_headers_of_replies),
        cmocka_unit_test(test_scripts_of_other_sites_see_only_open_routes),
        cmocka_unit_test(test_a_unix_socket_is_private_and_replaced_when_stale),
        cmocka_unit_test(test_a_port_in_use_is_refused),
        cmocka_unit_test(test_bad_addresses_and_limits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
