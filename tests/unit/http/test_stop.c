/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/http_sample.h"
#include "support/raw_client.h"

enum { PATIENCE_MS = 20000, PENDING = 50, CHAOS_THREADS = 4, CHAOS_MS = 2000, ANSWERED_MIN = 100 };

static void post_later(struct raw_client *client) {
    (void)raw_send_text(client, "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
}

static void *stop(void *context) {
    sample_stop(context);
    return NULL;
}

static void wait_for_requests(const struct sample *sample, uint64_t count) {
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    while (http_server_counters(sample_server(sample)).requests < count &&
           raw_now_ms() < until_ms) {
        (void)usleep(5000);
    }
    assert_int_equal(http_server_counters(sample_server(sample)).requests, count);
}

static bool accepts(uint16_t port) {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_accepted = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    (void)close(fd);
    return is_accepted;
}

/* Every loop knows of the stop once none of them listens. */
static void wait_for_closed_port(uint16_t port) {
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    while (accepts(port) && raw_now_ms() < until_ms) {
        (void)usleep(5000);
    }
}

static void test_a_stop_answers_what_is_in_work(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.stop_ms = PATIENCE_MS;
    struct sample *sample = sample_start(&limits, 2, NULL);
    static struct raw_client clients[PENDING];
    struct raw_client idle;
    struct raw_client slow;
    struct raw_client stream;
    struct raw_reply reply;
    pthread_t stopper;
    char value[64];
    sample_hold(sample, true);
    raw_connect(&idle, sample_port(sample));
    raw_connect(&slow, sample_port(sample));
    raw_connect(&stream, sample_port(sample));
    (void)raw_send_text(&stream, "GET /7/events HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(raw_read_reply(&stream, true, PATIENCE_MS, &reply));
    raw_reply_free(&reply);
    (void)raw_send_text(&slow, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                               "Expect: 100-continue\r\n\r\n");
    assert_true(raw_read_reply(&slow, true, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 100);
    raw_reply_free(&reply);
    (void)raw_send_text(&slow, "1");
    for (size_t i = 0; i < PENDING; i++) {
        raw_connect(&clients[i], sample_port(sample));
        post_later(&clients[i]);
    }
    wait_for_requests(sample, PENDING + 1);
    assert_true(sample_wait_open(sample, PENDING + 3));
    int64_t began_ms = raw_now_ms();
    uint16_t port = sample_port(sample);
    assert_int_equal(pthread_create(&stopper, NULL, stop, sample), 0);
    assert_true(raw_is_closed(&idle, PATIENCE_MS));
    wait_for_closed_port(port);
    sample_hold(sample, false);
    (void)raw_send_text(&slow, "2");
    assert_true(raw_read_reply(&slow, false, PATIENCE_MS, &reply));
    assert_string_equal(reply.body, "POST /echo 12");
    raw_reply_free(&reply);
    for (size_t i = 0; i < PENDING; i++) {
        assert_true(raw_read_reply(&clients[i], false, PATIENCE_MS, &reply));
        assert_int_equal(reply.status, 200);
        assert_true(raw_header(&reply, "Connection", value, sizeof value));
        assert_string_equal(value, "close");
        raw_reply_free(&reply);
        raw_close(&clients[i]);
    }
    raw_close(&idle);
    raw_close(&slow);
    raw_close(&stream);
    (void)pthread_join(stopper, NULL);
    assert_true(raw_now_ms() - began_ms < PATIENCE_MS);
}

static void test_a_stop_does_not_wait_for_ever(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.stop_ms = 300;
    limits.body_ms = 60000;
    struct sample *sample = sample_start(&limits, 1, NULL);
    struct raw_client slow;
    struct raw_client waiting;
    sample_set_commit_us(sample, 700000);
    raw_connect(&slow, sample_port(sample));
    raw_connect(&waiting, sample_port(sample));
    (void)raw_send_text(&slow, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
    post_later(&waiting);
    (void)usleep(100000);
    int64_t began_ms = raw_now_ms();
    sample_stop(sample); /* the committer ends after the loops, so its completion comes late */
    assert_true(raw_now_ms() - began_ms < 20000);
    raw_close(&slow);
    raw_close(&waiting);
}

static void test_a_client_that_left_is_not_answered(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct sample *sample = sample_start(&limits, 1, NULL);
    struct raw_client client;
    struct raw_reply reply;
    sample_hold(sample, true);
    for (unsigned i = 0; i < 10; i++) {
        raw_connect(&client, sample_port(sample));
        post_later(&client);
        wait_for_requests(sample, i + 1);
        raw_reset(&client);
    }
    assert_true(sample_wait_open(sample, 0));
    /* One that stays: what came before it is over when it is answered. */
    raw_connect(&client, sample_port(sample));
    post_later(&client);
    wait_for_requests(sample, 11);
    sample_hold(sample, false);
    assert_true(raw_read_reply(&client, false, PATIENCE_MS, &reply));
    raw_reply_free(&reply);
    raw_close(&client);
    assert_int_equal(sample_committed(sample), 11);
    assert_int_equal(sample_rendered(sample), 1);
    sample_stop(sample);
}

/* ---- chaos: clients that leave at every possible moment */

struct chaos {
    uint16_t port;
    unsigned seed;
    int64_t until_ms;
    atomic_ullong *answered;
    atomic_ullong *wrong;
};

static void send_some(struct raw_client *client, unsigned count, unsigned *seed) {
    for (unsigned i = 0; i < count; i++) {
        if (rand_r(seed) % 4 == 0) {
            (void)raw_send_text(client, "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
        } else {
            (void)raw_send_text(client, rand_r(seed) % 8 == 0
                                            ? "POST /twice HTTP/1.1\r\nHost: a\r\n\r\n"
                                            : "POST /later HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }
}

static void run_once(struct chaos *chaos) {
    struct raw_client client;
    unsigned count = 1 + (unsigned)rand_r(&chaos->seed) % 8;
    unsigned end = (unsigned)rand_r(&chaos->seed) % 6;
    raw_connect(&client, chaos->port);
    send_some(&client, count, &chaos->seed);
    if (end == 0) {
        raw_reset(&client);
        return;
    }
    if (end == 1) {
        (void)raw_send_text(&client, "POST /later HTTP/1.1\r\nHost: a\r\nContent-Le");
        raw_close(&client);
        return;
    }
    if (end == 2) {
        (void)shutdown(client.fd, SHUT_WR);
    }
    for (unsigned i = 0; i < count; i++) {
        struct raw_reply reply;
        bool is_answered = raw_read_reply(&client, false, PATIENCE_MS, &reply);
        atomic_fetch_add(is_answered && reply.status == 200 ? chaos->answered : chaos->wrong, 1);
        if (!is_answered) {
            break;
        }
        raw_reply_free(&reply);
        if (end == 3 && i > 2) {
            raw_reset(&client);
            return;
        }
    }
    raw_close(&client);
}

static void *run_chaos(void *context) {
    struct chaos *chaos = context;
    while (raw_now_ms() < chaos->until_ms || (atomic_load(chaos->answered) <= ANSWERED_MIN &&
                                              raw_now_ms() < chaos->until_ms + PATIENCE_MS)) {
        run_once(chaos);
    }
    return NULL;
}

static void test_clients_may_leave_at_any_moment(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    struct sample *sample = sample_start(&limits, 2, NULL);
    atomic_ullong answered = 0;
    atomic_ullong wrong = 0;
    pthread_t threads[CHAOS_THREADS];
    struct chaos chaos[CHAOS_THREADS];
    sample_set_commit_us(sample, 500);
    for (unsigned i = 0; i < CHAOS_THREADS; i++) {
        chaos[i] =
            (struct chaos){sample_port(sample), i, raw_now_ms() + CHAOS_MS, &answered, &wrong};
        assert_int_equal(pthread_create(&threads[i], NULL, run_chaos, &chaos[i]), 0);
    }
    for (unsigned i = 0; i < CHAOS_THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    print_message("# %llu answered\n", (unsigned long long)answered);
    assert_int_equal(wrong, 0);
    assert_true(answered > ANSWERED_MIN);
    assert_true(sample_wait_open(sample, 0));
    sample_stop(sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stop_answers_what_is_in_work),
        cmocka_unit_test(test_a_stop_does_not_wait_for_ever),
        cmocka_unit_test(test_a_client_that_left_is_not_answered),
        cmocka_unit_test(test_clients_may_leave_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
