/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"
#include "http/pace_table.h"
#include "support/raw_client.h"

enum { PER_SECOND = 20, REPLY_WAIT_MS = 20000 };

#define INFO "/v2/invoice/merchant/info"
#define TOO_FAST                                                                                   \
    "{\"detail\":\"Request was throttled.\",\"status\":\"error\","                                 \
    "\"result\":{\"validate_error\":\"Request was throttled.\"}}"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static const struct shop_row wanted_shop = {.name = STR("Demo")};
static const struct pace pace = {.calls = PER_SECOND, .period_ms = 1000};

static int setup(void **state) {
    struct app_fixture *fixture = app_fixture_new();
    fixture->service.pace_by_ip = pace_table_new(pace);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct app_fixture *fixture = *state;
    struct pace_table *by_ip = fixture->service.pace_by_ip;
    struct pace_table *by_key = fixture->service.pace_by_key;
    app_fixture_free(fixture);
    pace_table_free(by_ip);
    pace_table_free(by_key);
    return 0;
}

/* Calls until the first 429; how many were answered otherwise. */
static unsigned calls_until_throttled(struct app_fixture *fixture, const char *request,
                                      struct answer *ret_answer) {
    for (unsigned i = 0; i < 10 * PER_SECOND; i++) {
        *ret_answer = ask(fixture, request);
        if (ret_answer->status == 429) {
            return i;
        }
    }
    fail_msg("never throttled");
    return 0;
}

static const char *info_with(struct app_fixture *fixture, const char *key) {
    static const char body[] = "{\"uuids\":[\"INV-00000000\"]}";
    return arena_printf(fixture->arena,
                        "POST " INFO " HTTP/1.1\r\nHost: x\r\nAuthorization: Token %s\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        key, sizeof body - 1, body);
}

static int status_from(struct app_fixture *fixture, unsigned n, const char *request) {
    struct raw_client client;
    struct raw_reply reply;
    raw_connect_from(&client, fixture->port, n);
    assert_true(raw_send_text(&client, request));
    assert_true(raw_read_reply(&client, false, REPLY_WAIT_MS, &reply));
    int status = reply.status;
    raw_reply_free(&reply);
    raw_close(&client);
    return status;
}

/* ---- addresses */

static void test_calls_without_a_key_are_counted(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer;
    unsigned count = calls_until_throttled(
        fixture, "POST " INFO " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", &answer);
    assert_int_equal(count, PER_SECOND);
    assert_answer(answer, 429, TOO_FAST);
    assert_non_null(strstr(answer.head, "\r\nRetry-After: 1\r\n"));
    assert_non_null(strstr(answer.head, "\r\nContent-Type: application/json\r\n"));
    assert_int_equal(atomic_load(&fixture->counters.calls_throttled), 1);
}

static void test_wrong_keys_are_counted_and_a_good_one_is_not_locked_out(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer;
    for (unsigned i = 0; i < PER_SECOND / 2; i++) {
        assert_int_equal(ask(fixture, info_with(fixture, shop.api_key)).status, 200);
    }
    assert_int_equal(calls_until_throttled(fixture, info_with(fixture, "wrong"), &answer),
                     PER_SECOND);
    assert_answer(answer, 429, TOO_FAST);
    for (unsigned i = 0; i < 2 * PER_SECOND; i++) {
        assert_int_equal(ask(fixture, info_with(fixture, shop.api_key)).status, 200);
    }
}

static void test_a_revoked_key_is_a_wrong_one(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    fixture_revoke_keys(fixture, &shop);
    struct answer answer;
    assert_int_equal(calls_until_throttled(fixture, info_with(fixture, shop.api_key), &answer),
                     PER_SECOND);
}

static void test_the_old_api_counts_with_the_new(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer;
    assert_int_equal(
        calls_until_throttled(fixture, GET("/v1/invoice/info?uuid=INV-00000000"), &answer),
        PER_SECOND);
    assert_answer(answer, 429,
                  "{\"status\":\"error\",\"error\":\"Request was throttled.\","
                  "\"message\":\"Request was throttled.\"}");
    assert_int_equal(ask(fixture, info_with(fixture, "wrong")).status, 429);
}

static void test_pages_are_counted_and_other_addresses_go_on(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer made =
        create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    const char *page = arena_printf(fixture->arena, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n",
                                    value(fixture, &made, "result.uuid") + strlen("INV-"));
    struct answer answer;
    assert_int_equal(calls_until_throttled(fixture, page, &answer), PER_SECOND);
    assert_answer(answer, 429, "{\"detail\":\"Request was throttled.\"}");
    assert_int_equal(status_from(fixture, 9, page), 200);
    atomic_fetch_add(&fixture->now_ms, 1000 / PER_SECOND);
    assert_int_equal(ask(fixture, page).status, 200);
    assert_int_equal(ask(fixture, page).status, 429);
}

/* Whoever tries out ids gets a tenth of the pace. */
static void test_a_page_that_is_not_there_counts_for_ten(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer;
    assert_int_equal(calls_until_throttled(fixture, GET("/K7Q2M9XD"), &answer), PER_SECOND / 10);
    unsigned found = 0;
    for (unsigned i = 0; i < 10 * PER_SECOND; i++) {
        atomic_fetch_add(&fixture->now_ms, 1000 / PER_SECOND);
        found += ask(fixture, GET("/K7Q2M9XD/fragment")).status == 404;
    }
    assert_in_range(found, PER_SECOND - 1, PER_SECOND + 1);
}

static void test_probes_are_never_throttled(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer;
    (void)calls_until_throttled(fixture, GET("/K7Q2M9XD"), &answer);
    for (unsigned i = 0; i < 3 * PER_SECOND; i++) {
        assert_int_equal(ask(fixture, GET("/healthz")).status, 200);
        assert_int_equal(ask(fixture, GET("/readyz")).status, 200);
    }
}

/* ---- keys */

static void test_a_key_keeps_its_pace_wherever_it_calls_from(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *second = fixture_add_key(fixture, &shop, KEY_SCOPE_READ, NULL);
    fixture->service.pace_by_key = pace_table_new(pace);
    struct answer answer;
    assert_int_equal(calls_until_throttled(fixture, info_with(fixture, shop.api_key), &answer),
                     PER_SECOND);
    assert_answer(answer, 429, TOO_FAST);
    assert_int_equal(status_from(fixture, 9, info_with(fixture, shop.api_key)), 429);
    assert_int_equal(ask(fixture, info_with(fixture, second)).status, 200);
    atomic_fetch_add(&fixture->now_ms, 1000);
    assert_int_equal(ask(fixture, info_with(fixture, shop.api_key)).status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_calls_without_a_key_are_counted),
        TEST(test_wrong_keys_are_counted_and_a_good_one_is_not_locked_out),
        TEST(test_a_revoked_key_is_a_wrong_one),
        TEST(test_the_old_api_counts_with_the_new),
        TEST(test_pages_are_counted_and_other_addresses_go_on),
        TEST(test_a_page_that_is_not_there_counts_for_ten),
        TEST(test_probes_are_never_throttled),
        TEST(test_a_key_keeps_its_pace_wherever_it_calls_from),
    };
    return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
