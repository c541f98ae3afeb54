/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/http_sample.h"
#include "support/raw_client.h"

enum { SLACK_MS = 15000, PATIENCE_MS = 20000, FLOOD_BYTES = 64 << 20 };

/* Those that a test wants to be missed, and one that is not to be. */
enum {
    HEAD_MS = 400,
    BODY_MS = 600,
    REPLY_MS = 600,
    LINGER_MS = 300,
    IDLE_MS = 4000,
    GAP_MS = 1100
};

static struct sample *sample;
static struct raw_client client;
static int64_t connected_ms;

static int start(const struct http_limits *limits) {
    sample = sample_start(limits, 1, NULL);
    connected_ms = raw_now_ms();
    raw_connect(&client, sample_port(sample));
    return 0;
}

static int set_up(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    return start(&limits);
}

static int set_up_impatient(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.head_ms = HEAD_MS;
    limits.body_ms = BODY_MS;
    limits.reply_ms = REPLY_MS;
    limits.linger_ms = LINGER_MS;
    return start(&limits);
}

static int set_up_idle(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.idle_ms = IDLE_MS;
    return start(&limits);
}

static int tear_down(void **state) {
    (void)state;
    raw_close(&client);
    sample_stop(sample);
    return 0;
}

static void assert_answered(int status) {
    struct raw_reply reply;
    assert_true(raw_read_reply(&client, false, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, status);
    raw_reply_free(&reply);
}

static void assert_took(int64_t since_ms, int64_t at_least_ms) {
    int64_t took_ms = raw_now_ms() - since_ms;
    assert_true(took_ms >= at_least_ms - 20);
    assert_true(took_ms < at_least_ms + SLACK_MS);
}

static void test_a_head_that_does_not_end_is_answered_408(void **state) {
    (void)state;
    int64_t began_ms = raw_now_ms();
    (void)raw_send_text(&client, "GET /ok HTTP/1.1\r\nHost: a\r\n");
    assert_answered(408);
    assert_took(began_ms, HEAD_MS);
    assert_true(raw_is_closed(&client, PATIENCE_MS));
    assert_int_equal(http_server_counters(sample_server(sample)).deadlines_missed, 1);
}

static void test_a_header_now_and_then_gains_no_time(void **state) {
    (void)state;
    int64_t began_ms = raw_now_ms();
    (void)raw_send_text(&client, "GET /ok HTTP/1.1\r\nHost: a\r\n");
    while (!raw_receive(&client, 50) && raw_now_ms() < began_ms + PATIENCE_MS) {
        (void)raw_send_text(&client, "X: y\r\n");
    }
    assert_answered(408);
    assert_took(began_ms, HEAD_MS);
}

static void test_a_body_that_does_not_end_is_answered_408(void **state) {
    (void)state;
    int64_t began_ms = raw_now_ms();
    (void)raw_send_text(&client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n");
    while (!raw_receive(&client, 50) && raw_now_ms() < began_ms + PATIENCE_MS) {
        (void)raw_send_text(&client, "x");
    }
    assert_answered(408);
    assert_took(began_ms, BODY_MS);
}

static void test_an_idle_connection_is_closed_without_a_word(void **state) {
    (void)state;
    assert_true(raw_is_closed(&client, PATIENCE_MS));
    assert_took(connected_ms, IDLE_MS);
}

static void test_idle_time_begins_anew_after_each_reply(void **state) {
    (void)state;
    int64_t answered_ms = connected_ms;
    for (int i = 0; i < 4; i++) {
        (void)usleep(GAP_MS * 1000);
        answered_ms = raw_now_ms();
        assert_true(raw_send_text(&client, "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_answered(200);
    }
    assert_true(raw_is_closed(&client, PATIENCE_MS));
    assert_took(answered_ms, IDLE_MS);
}

static void test_a_request_in_work_has_no_deadline(void **state) {
    (void)state;
    sample_set_commit_us(sample, 1000000);
    (void)raw_send_text(&client, "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    assert_answered(200);
}

static void test_a_reply_nobody_takes_is_dropped(void **state) {
    (void)state;
    for (int i = 0; i < 40; i++) {
        (void)raw_send_text(&client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    while (http_server_counters(sample_server(sample)).deadlines_missed == 0 &&
           raw_now_ms() < until_ms) {
        (void)usleep(10000);
    }
    assert_true(sample_wait_open(sample, 0));
    assert_int_equal(http_server_counters(sample_server(sample)).deadlines_missed, 1);
}

static void test_a_large_reply_arrives_whole(void **state) {
    (void)state;
    struct raw_reply reply;
    for (int i = 0; i < 3; i++) {
        (void)raw_send_text(&client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (int i = 0; i < 3; i++) {
        assert_true(raw_read_reply(&client, false, PATIENCE_MS, &reply));
        assert_int_equal(reply.body_len, 1 << 20);
        assert_int_equal(strspn(reply.body, "b"), 1 << 20);
        raw_reply_free(&reply);
    }
}

/* While a request waits, the kernel's buffers fill and the sender has to wait; ours stay small. */
static void test_a_flood_behind_a_waiting_request_is_not_buffered(void **state) {
    (void)state;
    static char flood[1 << 16];
    size_t sent = 0;
    sample_hold(sample, true);
    (void)raw_send_text(&client, "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    memset(flood, 'x', sizeof flood);
    int64_t until_ms = raw_now_ms() + 400;
    while (sent < FLOOD_BYTES && raw_now_ms() < until_ms) {
        ssize_t n = send(client.fd, flood, sizeof flood, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
    }
    assert_true(sent < FLOOD_BYTES / 2);
    sample_hold(sample, false);
    assert_answered(200);
    assert_answered(414); /* the flood is one endless request line */
}

static void test_a_client_that_goes_on_sending_after_an_error_is_cut_off(void **state) {
    (void)state;
    int64_t began_ms = raw_now_ms();
    (void)raw_send_text(&client, "GET /ok\r\n\r\n");
    assert_answered(400);
    while (raw_send_text(&client, "more") && raw_now_ms() < began_ms + PATIENCE_MS) {
        (void)usleep(20000);
    }
    assert_true(raw_now_ms() - began_ms < LINGER_MS + SLACK_MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_head_that_does_not_end_is_answered_408,
                                        set_up_impatient, tear_down),
        cmocka_unit_test_setup_teardown(test_a_header_now_and_then_gains_no_time, set_up_impatient,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_body_that_does_not_end_is_answered_408,
                                        set_up_impatient, tear_down),
        cmocka_unit_test_setup_teardown(test_an_idle_connection_is_closed_without_a_word,
                                        set_up_idle, tear_down),
        cmocka_unit_test_setup_teardown(test_idle_time_begins_anew_after_each_reply, set_up_idle,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_in_work_has_no_deadline, set_up_impatient,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_reply_nobody_takes_is_dropped, set_up_impatient,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_large_reply_arrives_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_flood_behind_a_waiting_request_is_not_buffered,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_a_client_that_goes_on_sending_after_an_error_is_cut_off, set_up_impatient,
            tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
