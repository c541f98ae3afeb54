/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"
#include "http/metrics.h"
#include "http/routes.h"

#define INFO "/v2/invoice/merchant/info"

static const struct shop_row wanted_shop = {.name = STR("Demo")};

/* ---- keys */

/* The old API has words of its own for the same refusals. */
static bool is_of_shops(const struct route *route) {
    return caller_is_shop(route->caller) && strncmp(route->path, "/v2/", 4) == 0;
}

static struct answer call_route(struct app_fixture *fixture, const struct route *route,
                                const char *authorization) {
    if (route->method == HTTP_POST) {
        return post(fixture, route->path, authorization, JSON_BODY, "{");
    }
    assert_int_equal(route->method, HTTP_GET);
    return ask(fixture, arena_printf(fixture->arena, "GET %s HTTP/1.1\r\nHost: x\r\n%s%s%s\r\n",
                                     route->path, authorization == NULL ? "" : "Authorization: ",
                                     authorization == NULL ? "" : authorization,
                                     authorization == NULL ? "" : "\r\n"));
}

static void test_no_route_of_shops_answers_without_a_key(void **state) {
    struct app_fixture *fixture = *state;
    static const char *const headers[] = {NULL,         "Token", "Token ",
                                          "Bearer abc", "abc",   "Basic YTpi"};
    size_t seen = 0;
    for (size_t i = 0; i < routes_public.count; i++) {
        const struct route *route = &routes_public.routes[i];
        if (!is_of_shops(route)) {
            continue;
        }
        for (size_t h = 0; h < sizeof headers / sizeof headers[0]; h++) {
            struct answer answer = call_route(fixture, route, headers[h]);
            assert_refused(fixture, &answer, "authorization", "Unauthorized request.");
        }
        seen++;
    }
    assert_in_range(seen, 3, 100);
}

static void test_every_bad_key_gets_the_same_answer(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    fixture_revoke_keys(fixture, &shop);
    const char *const keys[] = {
        arena_printf(fixture->arena, "Token %s", shop.api_key),
        "Token x",
        "Token a b c",
        "Token eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJ1dWlkIjoiTVE9PSIsInR5cGUiOiJwcm9qZWN0In0.",
        "Token "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    for (size_t i = 0; i < routes_public.count; i++) {
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            if (!is_of_shops(&routes_public.routes[i])) {
                continue;
            }
            struct answer answer = call_route(fixture, &routes_public.routes[i], keys[k]);
            assert_answer(answer, 403,
                          "{\"detail\":\"Signature verification failed\",\"status\":\"error\","
                          "\"result\":{\"authorization\":\"Unauthorized request.\"}}");
        }
    }
}

static void test_the_scheme_is_read_in_any_case(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer =
        post(fixture, INFO, arena_printf(fixture->arena, "token  %s", shop.api_key), JSON_BODY,
             "{\"uuids\":[\"INV-00000000\"]}");
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[]}");
}

static void test_a_body_may_be_missing_in_every_way(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const headers[] = {
        "Content-Type: " JSON_BODY "\r\nContent-Length: 0\r\n",
        "Content-Type: " FORM_BODY "\r\nContent-Length: 0\r\n",
        "Content-Type: " JSON_BODY "\r\n",
        "Content-Length: 0\r\n",
        "",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct answer answer =
            ask(fixture, arena_printf(fixture->arena,
                                      "POST /v2/invoice/merchant/canceled HTTP/1.1\r\nHost: x\r\n"
                                      "Authorization: Token %s\r\n%s\r\n",
                                      shop.api_key, headers[i]));
        assert_refused(fixture, &answer, "validate_error", "uuid is required");
    }
}

/* ---- what is no call at all */

static void test_unknown_paths_and_methods_speak_json(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer = ask(fixture, "GET /v2/invoice/create HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_answer(answer, 405,
                  "{\"detail\":\"Method \\\"GET\\\" not allowed.\",\"status\":\"error\","
                  "\"result\":{\"validate_error\":\"Method \\\"GET\\\" not allowed.\"}}");
    assert_non_null(strstr(answer.head, "Allow: POST, OPTIONS\r\n"));
    answer = ask(fixture, "POST /v2/nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_answer(answer, 404,
                  "{\"detail\":\"Not found.\",\"status\":\"error\","
                  "\"result\":{\"validate_error\":\"Not found.\"}}");
    answer = ask(fixture, "GET /v2/invoice/create/ HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(answer.status, 404);
    answer = ask(fixture, "GET /some/where/else HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_answer(answer, 404, "{\"detail\":\"Not found.\"}");
}

static void test_scripts_of_any_origin_may_call_with_a_key(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer = ask(
        fixture, "OPTIONS /v2/invoice/create HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n"
                 "Access-Control-Request-Method: POST\r\n\r\n");
    assert_int_equal(answer.status, 204);
    assert_non_null(strstr(answer.head, "Access-Control-Allow-Origin: *\r\n"));
    assert_non_null(
        strstr(answer.head, "Access-Control-Allow-Headers: Authorization, Content-Type"));
    answer = ask(fixture, "GET /readyz HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n");
    assert_null(strstr(answer.head, "Access-Control-Allow-Origin"));
}

/* ---- health */

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void test_health_is_alive_and_ready(void **state) {
    struct app_fixture *fixture = *state;
    struct answer answer = ask(fixture, GET("/healthz"));
    assert_answer(answer, 200, "{\"status\":\"ok\"}");
    answer = ask(fixture, GET("/readyz"));
    assert_answer(answer, 200, "{\"reasons\":[],\"blind\":[],\"ready\":true}");
    answer = ask_port(fixture, fixture->metrics_port, GET("/readyz"));
    assert_int_equal(answer.status, 200);
}

static void test_a_network_never_seen_makes_unready(void **state) {
    struct app_fixture *fixture = *state;
    struct network_health health = {.ready = false, .blind = true};
    network_health_set(&fixture->ltc, &health);
    struct answer answer = ask(fixture, GET("/readyz"));
    assert_answer(answer, 503,
                  "{\"reasons\":[{\"subject\":\"ltc\",\"reason\":\"no block has been applied "
                  "yet\"}],\"blind\":[\"ltc\"],\"ready\":false}");
}

static void test_a_blind_network_is_named_and_that_is_all(void **state) {
    struct app_fixture *fixture = *state;
    struct network_health health = {.ready = true, .blind = true, .reason = "node http://10.0.0.1"};
    network_health_set(&fixture->ltc, &health);
    struct answer answer = ask(fixture, GET("/readyz"));
    assert_answer(answer, 200, "{\"reasons\":[],\"blind\":[\"ltc\"],\"ready\":true}");
}

/* ---- metrics */

static void collect_queue(const void *context, struct metrics *metrics) {
    metrics_gauge(metrics, "till_queue_jobs", "Jobs that wait.", *(const int *)context);
}

static const char *address_of_new(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    return value(fixture, &answer, "result.address");
}

static void pay_in_time_and_late(struct app_fixture *fixture) {
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const struct fixture_payment in_time = {address_of_new(fixture, &shop), "0.5"};
    const struct fixture_payment late = {address_of_new(fixture, &shop), "0.5"};
    fixture_mine(fixture, &in_time, 1);
    atomic_fetch_add(&fixture->now_ms, INT64_C(25) * 3600 * 1000);
    fixture_mine(fixture, &late, 1);
}

static void test_metrics_are_on_their_own_port_only(void **state) {
    struct app_fixture *fixture = *state;
    static const int waiting = 7;
    const struct metrics_source source = {collect_queue, &waiting};
    fixture->service.metrics_sources = &source;
    fixture->service.metrics_source_count = 1;
    pay_in_time_and_late(fixture);
    struct network_health health = {.ready = true,
                                    .height = 40,
                                    .node_height = 42,
                                    .unproven_blocks = 3,
                                    .unread_transfers = 5};
    network_health_set(&fixture->ltc, &health);
    struct answer answer = ask_port(fixture, fixture->metrics_port, GET("/metrics"));
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.head, "Content-Type: text/plain; version=0.0.4"));
    static const char *const lines[] = {
        "# TYPE till_http_requests_total counter\ntill_http_requests_total ",
        "till_http_replies_total{class=\"2xx\"} ",
        "\ntill_chain_height{network=\"ltc\"} 40\n",
        "\ntill_chain_lag_blocks{network=\"ltc\"} 2\n",
        "\ntill_chain_blind{network=\"ltc\"} 0\n",
        "# TYPE till_chain_blocks_unproven_total counter\n",
        "\ntill_chain_blocks_unproven_total{network=\"ltc\"} 3\n",
        "\ntill_chain_transfers_unread_total{network=\"ltc\"} 5\n",
        "\ntill_store_readable 1\n",
        "\ntill_deliveries{state=\"queued\"} 1\n",
        "\ntill_alarms{code=\"payment_late\"} 1\n",
        "\ntill_invoices_created_total 2\n",
        "\ntill_invoices_canceled_total 0\n",
        "\ntill_chain_ready{network=\"ltc\"} 1\n",
        "# HELP till_queue_jobs Jobs that wait.\n# TYPE till_queue_jobs gauge\ntill_queue_jobs 7\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_non_null(strstr(answer.body, lines[i]));
    }
    answer = ask(fixture, GET("/metrics"));
    assert_int_not_equal(answer.status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_no_route_of_shops_answers_without_a_key),
        TEST(test_every_bad_key_gets_the_same_answer),
        TEST(test_the_scheme_is_read_in_any_case),
        TEST(test_a_body_may_be_missing_in_every_way),
        TEST(test_unknown_paths_and_methods_speak_json),
        TEST(test_scripts_of_any_origin_may_call_with_a_key),
        TEST(test_health_is_alive_and_ready),
        TEST(test_a_network_never_seen_makes_unready),
        TEST(test_a_blind_network_is_named_and_that_is_all),
        TEST(test_metrics_are_on_their_own_port_only),
    };
    return cmocka_run_group_tests_name("merchant_access", tests, NULL, NULL);
}
