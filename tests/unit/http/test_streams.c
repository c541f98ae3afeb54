/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/stream.h"
#include "support/http_sample.h"
#include "support/raw_client.h"

enum { PATIENCE_MS = 20000, QUIET_MS = 100, STREAMS = 8 };

#define HELLO "event: hello\ndata: first\ndata: second\n\n"

static struct sample *sample;
static struct raw_client clients[STREAMS];

static int set_up(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.streams_per_ip_max = STREAMS - 1;
    sample = sample_start(&limits, 2, NULL);
    return 0;
}

static int set_up_talkative(void **state) {
    (void)state;
    struct http_limits limits = sample_limits();
    limits.stream_keepalive_ms = 300;
    sample = sample_start(&limits, 2, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    sample_stop(sample);
    return 0;
}

/* Waits until the text has arrived and takes everything. */
static bool expect(struct raw_client *client, const char *text) {
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    while (strstr(client->buffer, text) == NULL) {
        if (!raw_receive(client, (int)(until_ms - raw_now_ms()))) {
            return false;
        }
    }
    client->len = 0;
    client->buffer[0] = '\0';
    return true;
}

static void open_stream(struct raw_client *client, const char *target) {
    struct raw_reply reply;
    char text[256];
    char value[64];
    raw_connect(client, sample_port(sample));
    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    (void)raw_send_text(client, text);
    assert_true(raw_read_reply(client, true, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 200);
    assert_true(raw_header(&reply, "Content-Type", value, sizeof value));
    assert_string_equal(value, "text/event-stream");
    assert_true(raw_header(&reply, "Transfer-Encoding", value, sizeof value));
    assert_false(raw_header(&reply, "Content-Length", value, sizeof value));
    raw_reply_free(&reply);
}

static void publish(uint64_t topic, const char *data) {
    http_stream_publish(sample_server(sample), topic, STR("status"), str_from_c(data));
}

static void wait_for_streams(uint64_t count) {
    int64_t until_ms = raw_now_ms() + PATIENCE_MS;
    while (http_server_counters(sample_server(sample)).streams_open != count &&
           raw_now_ms() < until_ms) {
        (void)usleep(5000);
    }
    assert_int_equal(http_server_counters(sample_server(sample)).streams_open, count);
}

static void test_events_reach_the_subscribers_of_their_topic(void **state) {
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        open_stream(&clients[i], i % 2 == 0 ? "/7/events" : "/8/events");
        assert_true(expect(&clients[i], "27\r\n" HELLO "\r\n"));
    }
    publish(7, "{\"status\":\"paid\"}");
    for (size_t i = 0; i < 6; i += 2) {
        assert_true(expect(&clients[i], "event: status\ndata: {\"status\":\"paid\"}\n\n\r\n"));
    }
    for (size_t i = 1; i < 6; i += 2) {
        assert_false(raw_receive(&clients[i], QUIET_MS));
    }
    publish(9, "nobody");
    for (size_t i = 0; i < 6; i++) {
        raw_close(&clients[i]);
    }
    wait_for_streams(0);
}

static void test_events_come_in_order(void **state) {
    (void)state;
    char text[4000] = "";
    open_stream(&clients[0], "/7/events");
    assert_true(expect(&clients[0], HELLO));
    for (int i = 0; i < 100; i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "%d", i);
        publish(7, number);
    }
    size_t len = 0;
    for (int i = 0; i < 100; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "%s\r\nevent: status\ndata: %d\n\n\r\n", i < 10 ? "17" : "18", i);
    }
    assert_true(expect(&clients[0], text));
    raw_close(&clients[0]);
}

static void test_a_quiet_stream_is_kept_alive_by_comments(void **state) {
    (void)state;
    open_stream(&clients[0], "/7/events");
    assert_true(expect(&clients[0], HELLO));
    assert_true(expect(&clients[0], "3\r\n:\n\n\r\n"));
    assert_true(expect(&clients[0], "3\r\n:\n\n\r\n"));
    raw_close(&clients[0]);
}

static void test_an_old_client_gets_plain_events(void **state) {
    (void)state;
    raw_connect(&clients[0], sample_port(sample));
    (void)raw_send_text(&clients[0], "GET /7/events?end HTTP/1.0\r\n\r\n");
    assert_true(expect(&clients[0], "Connection: close\r\n\r\n" HELLO));
    assert_true(raw_is_closed(&clients[0], PATIENCE_MS));
    raw_close(&clients[0]);
}

static void test_an_ended_stream_has_its_last_chunk(void **state) {
    (void)state;
    open_stream(&clients[0], "/7/events?end");
    assert_true(expect(&clients[0], HELLO "\r\n0\r\n\r\n"));
    assert_true(raw_is_closed(&clients[0], PATIENCE_MS));
    raw_close(&clients[0]);
    wait_for_streams(0);
}

static void test_head_of_a_stream_opens_none(void **state) {
    (void)state;
    struct raw_reply reply;
    raw_connect(&clients[0], sample_port(sample));
    (void)raw_send_text(&clients[0], "HEAD /7/events HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(raw_read_reply(&clients[0], true, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 200);
    raw_reply_free(&reply);
    assert_true(raw_is_closed(&clients[0], PATIENCE_MS));
    raw_close(&clients[0]);
    wait_for_streams(0);
}

static void test_one_client_gets_only_its_share_of_streams(void **state) {
    (void)state;
    struct raw_reply reply;
    for (size_t i = 0; i < STREAMS - 1; i++) {
        open_stream(&clients[i], "/7/events");
    }
    raw_connect(&clients[STREAMS - 1], sample_port(sample));
    (void)raw_send_text(&clients[STREAMS - 1], "GET /7/events HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(raw_read_reply(&clients[STREAMS - 1], false, PATIENCE_MS, &reply));
    assert_int_equal(reply.status, 503);
    raw_reply_free(&reply);
    for (size_t i = 0; i < STREAMS; i++) {
        raw_close(&clients[i]);
    }
    wait_for_streams(0);
    open_stream(&clients[0], "/7/events");
    raw_close(&clients[0]);
}

static void test_what_a_stream_client_sends_is_ignored(void **state) {
    (void)state;
    static char flood[1 << 16];
    memset(flood, 'x', sizeof flood);
    open_stream(&clients[0], "/7/events");
    for (int i = 0; i < 32; i++) {
        assert_true(raw_send(&clients[0], flood, sizeof flood));
    }
    publish(7, "still here");
    assert_true(expect(&clients[0], "still here"));
    raw_close(&clients[0]);
}

static void test_a_reader_that_falls_behind_is_dropped(void **state) {
    (void)state;
    static char text[4096];
    int small = 4096;
    memset(text, 'd', sizeof text - 1);
    open_stream(&clients[0], "/7/events");
    open_stream(&clients[1], "/7/events");
    assert_true(expect(&clients[1], HELLO "\r\n"));
    (void)setsockopt(clients[0].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int i = 0; i < 2000 && http_server_counters(sample_server(sample)).streams_dropped == 0;
         i++) {
        publish(7, text);
        assert_true(expect(&clients[1], "\n\n\r\n"));
    }
    wait_for_streams(1);
    assert_int_equal(http_server_counters(sample_server(sample)).streams_dropped, 1);
    publish(7, "the other is still here");
    assert_true(expect(&clients[1], "the other is still here"));
    raw_close(&clients[0]);
    raw_close(&clients[1]);
}

static void test_a_line_end_in_a_name_cannot_forge_an_event(void **state) {
    (void)state;
    open_stream(&clients[0], "/7/events");
    assert_true(expect(&clients[0], HELLO));
    http_stream_publish(sample_server(sample), 7, STR("a\ndata: b"), STR("c\rd"));
    assert_true(expect(&clients[0], "event: a data: b\ndata: c d\n\n"));
    raw_close(&clients[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_events_reach_the_subscribers_of_their_topic, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_events_come_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_quiet_stream_is_kept_alive_by_comments,
                                        set_up_talkative, tear_down),
        cmocka_unit_test_setup_teardown(test_an_old_client_gets_plain_events, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_ended_stream_has_its_last_chunk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_of_a_stream_opens_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_client_gets_only_its_share_of_streams, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_a_stream_client_sends_is_ignored, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_reader_that_falls_behind_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_line_end_in_a_name_cannot_forge_an_event, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
