/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "app/ledger.h"
#include "app/rollup_rebuild.h"
#include "base/arena.h"
#include "core/day_range.h"
#include "ports/store.h"
#include "ports/store_journal.h"
#include "ports/store_rollup.h"
#include "support/json_find.h"

#define LIST       "/v2/invoice/merchant/list"
#define INFO       "/v2/invoice/merchant/info"
#define STATISTICS "/v2/invoice/merchant/statistics"
#define BALANCE    "/v2/merchant/wallet/balance/all"
#define TODAY      "start=04.03.2027&end=04.03.2027"

static const struct shop_row wanted_shop = {.name = STR("Demo")};

/* An invoice of 50 USD, 0.5 LTC. */
struct made {
    const char *uuid;
    const char *address;
};

static struct made make(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    assert_int_equal(answer.status, 200);
    return (struct made){value(fixture, &answer, "result.uuid"),
                         value(fixture, &answer, "result.address")};
}

static void assert_value(struct app_fixture *fixture, const struct answer *answer, const char *path,
                         const char *expected) {
    assert_string_equal(value(fixture, answer, path), expected);
}

static struct answer form(struct app_fixture *fixture, const struct fixture_shop *shop,
                          const char *path, const char *body) {
    return post_as(fixture, shop, path, FORM_BODY, body);
}

/* ---- list */

static void test_a_list_is_newest_first_with_all_that_info_says(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *first = make(fixture, &shop).uuid;
    const char *second = make(fixture, &shop).uuid;
    struct answer answer = post_as(fixture, &shop, LIST, JSON_BODY,
                                   "{\"start\":\"04.03.2027\",\"end\":\"04.03.2027\"}");
    assert_int_equal(answer.status, 200);
    assert_value(fixture, &answer, "status", "success");
    assert_value(fixture, &answer, "all_count", "2");
    assert_value(fixture, &answer, "result.0.uuid", second);
    assert_value(fixture, &answer, "result.1.uuid", first);
    assert_null(json_find(fixture->arena, answer.body, "result.2"));
    struct answer info =
        form(fixture, &shop, INFO, arena_printf(fixture->arena, "uuids=%s", second));
    const char *item = strchr(info.body, '[') + 1;
    size_t len = strlen(item) - strlen("]}");
    assert_memory_equal(strchr(answer.body, '[') + 1, item, len);
}

static void test_ten_are_listed_unless_another_number_is_asked_for(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuids[12];
    for (int i = 0; i < 12; i++) {
        uuids[i] = make(fixture, &shop).uuid;
    }
    struct answer answer = form(fixture, &shop, LIST, TODAY);
    assert_value(fixture, &answer, "all_count", "12");
    assert_value(fixture, &answer, "result.9.uuid", uuids[2]);
    assert_null(json_find(fixture->arena, answer.body, "result.10"));
    answer = form(fixture, &shop, LIST, TODAY "&offset=10");
    assert_value(fixture, &answer, "result.0.uuid", uuids[1]);
    assert_value(fixture, &answer, "result.1.uuid", uuids[0]);
    assert_null(json_find(fixture->arena, answer.body, "result.2"));
    answer = form(fixture, &shop, LIST, TODAY "&offset=3&limit=2");
    assert_value(fixture, &answer, "result.0.uuid", uuids[8]);
    assert_null(json_find(fixture->arena, answer.body, "result.2"));
    answer = post_as(fixture, &shop, LIST, JSON_BODY,
                     "{\"start\":\"04.03.2027\",\"end\":\"04.03.2027\",\"offset\":\"0\",\"limit\":"
                     "\"100\"}");
    assert_value(fixture, &answer, "result.11.uuid", uuids[0]);
    answer = form(fixture, &shop, LIST, TODAY "&offset=9000000000000000000");
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[],\"all_count\":12}");
}

static void test_a_range_of_days_includes_both(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuids[3];
    for (int day = 0; day < 3; day++) {
        /* The first and the last moment of a day, and one between. */
        static const int64_t moments[] = {0, DAY_MS / 2, DAY_MS - 1};
        int64_t midnight_ms = FIXTURE_NOW_MS / DAY_MS * DAY_MS;
        fixture->now_ms = midnight_ms + day * DAY_MS + moments[day];
        uuids[day] = make(fixture, &shop).uuid;
    }
    struct answer answer = form(fixture, &shop, LIST, "start=04.03.2027&end=06.03.2027");
    assert_value(fixture, &answer, "all_count", "3");
    answer = form(fixture, &shop, LIST, "start=05.03.2027&end=06.03.2027");
    assert_value(fixture, &answer, "all_count", "2");
    assert_value(fixture, &answer, "result.0.uuid", uuids[2]);
    /* A page that begins on an earlier day. */
    answer = form(fixture, &shop, LIST, "start=04.03.2027&end=06.03.2027&offset=2");
    assert_value(fixture, &answer, "result.0.uuid", uuids[0]);
    assert_null(json_find(fixture->arena, answer.body, "result.1"));
    answer = form(fixture, &shop, LIST, "start=07.03.2027&end=31.12.9999");
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[],\"all_count\":0}");
    answer = form(fixture, &shop, LIST, "start=01.01.1970&end=04.03.2027");
    assert_value(fixture, &answer, "all_count", "1");
    assert_value(fixture, &answer, "result.0.uuid", uuids[0]);
}

static void test_a_list_names_what_is_wrong(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = form(fixture, &shop, LIST, "");
    assert_answer(answer, 400,
                  "{\"status\":\"error\",\"result\":{\"start\":\"start not passed.\","
                  "\"end\":\"end not passed.\"}}");
    static const char *const rows[][3] = {
        {"start=04.03.2027", "end", "end not passed."},
        {"start=&end=04.03.2027", "start", "start not passed."},
        {"start=04.03.2027&end=03.03.2027", "end", "Invalid value end."},
        {"start=2027-03-04&end=04.03.2027", "start", "Invalid value start."},
        {"start=04.03.2027&end=04.03.27", "end", "Invalid value end."},
        {"start=29.02.2027&end=04.03.2027", "start", "Invalid value start."},
        {"start=31.12.1969&end=04.03.2027", "start", "Invalid value start."},
        {"start=4.3.2027xx&end=04.03.2027", "start", "Invalid value start."},
        {TODAY "&limit=101", "limit", "Invalid value limit."},
        {TODAY "&limit=0", "limit", "Invalid value limit."},
        {TODAY "&limit=ten", "limit", "Invalid value limit."},
        {TODAY "&offset=-1", "offset", "Invalid value offset."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        answer = form(fixture, &shop, LIST, rows[i][0]);
        assert_refused(fixture, &answer, rows[i][1], rows[i][2]);
    }
}

static void test_info_with_days_and_no_ids_is_the_list(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuid = make(fixture, &shop).uuid;
    struct answer list = form(fixture, &shop, LIST, TODAY "&limit=5");
    struct answer answer = form(fixture, &shop, INFO, TODAY "&limit=5");
    assert_answer(answer, list.status, list.body);
    answer = post_as(fixture, &shop, INFO, JSON_BODY,
                     "{\"start\":\"04.03.2027\",\"end\":\"04.03.2027\",\"uuids\":[]}");
    assert_answer(answer, list.status, list.body);
    answer = form(fixture, &shop, INFO, "start=04.03.2027");
    assert_refused(fixture, &answer, "end", "end not passed.");
    /* With ids it is info, whatever else the body has. */
    answer =
        form(fixture, &shop, INFO, arena_printf(fixture->arena, "uuids=%s&start=x&limit=y", uuid));
    assert_int_equal(answer.status, 200);
    assert_null(strstr(answer.body, "all_count"));
    answer = form(fixture, &shop, INFO, "limit=5");
    assert_refused(fixture, &answer, "validate_error", "uuids is required");
}

/* ---- statistics */

static void test_statistics_count_by_status_and_day(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    (void)make(fixture, &other);
    (void)make(fixture, &shop);
    const char *canceled = make(fixture, &shop).uuid;
    struct answer answer = form(fixture, &shop, "/v2/invoice/merchant/canceled",
                                arena_printf(fixture->arena, "uuid=%s", canceled));
    assert_int_equal(answer.status, 200);
    struct fixture_payment payments[] = {{make(fixture, &shop).address, "0.5"},
                                         {make(fixture, &shop).address, "0.6"},
                                         {make(fixture, &shop).address, "0.1"}};
    fixture_mine(fixture, payments, 3);
    const char *expected =
        "{\"status\":\"success\",\"result\":{\"count\":{\"all\":5,\"created\":1,\"paid\":1,"
        "\"overpaid\":1,\"partial\":1,\"canceled\":1},\"amount\":{\"all\":250.0,\"created\":50.0,"
        "\"paid\":50.0,\"overpaid\":50.0,\"partial\":50.0,\"canceled\":50.0}}}";
    answer = form(fixture, &shop, STATISTICS, TODAY);
    assert_answer(answer, 200, expected);
    answer = post_as(fixture, &shop, "/v2/merchant/statistics", JSON_BODY,
                     "{\"start\":\"01.01.2020\",\"end\":\"05.03.2027\",\"shop_id\":\"x\"}");
    assert_answer(answer, 200, expected);
    answer = form(fixture, &shop, STATISTICS, "start=05.03.2027&end=05.03.2027");
    assert_value(fixture, &answer, "result.count.all", "0");
    assert_value(fixture, &answer, "result.amount.all", "0.0");
    answer = form(fixture, &other, STATISTICS, TODAY);
    assert_value(fixture, &answer, "result.count.all", "1");
}

static void test_statistics_refuse_under_one_key(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const rows[][2] = {
        {"", "start is required"},
        {"start=04.03.2027", "end is required"},
        {"start=04.03.2027&end=03.03.2027", "Invalid value end"},
        {"start=yesterday&end=03.03.2027", "Invalid value start"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = form(fixture, &shop, STATISTICS, rows[i][0]);
        assert_refused(fixture, &answer, "validate_error", rows[i][1]);
    }
    struct answer answer = post_as(fixture, &shop, STATISTICS, JSON_BODY, "{");
    assert_int_equal(answer.status, 400);
    assert_non_null(strstr(answer.body, "JSON parse error"));
}

/* ---- balance */

/* The index of an asset in the answer, as the start of a path. */
static const char *line_of(struct app_fixture *fixture, const struct answer *answer,
                           const char *code) {
    for (int i = 0; i < ASSET_COUNT_MAX; i++) {
        const char *line = arena_printf(fixture->arena, "result.%d", i);
        if (strcmp(value(fixture, answer, arena_printf(fixture->arena, "%s.currency.code", line)),
                   code) == 0) {
            return line;
        }
    }
    return NULL;
}

static void assert_line(struct app_fixture *fixture, const struct answer *answer, const char *code,
                        const char *member, const char *expected) {
    assert_value(fixture, answer,
                 arena_printf(fixture->arena, "%s.%s", line_of(fixture, answer, code), member),
                 expected);
}

static void test_a_balance_is_what_was_received_and_confirmed(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = form(fixture, &shop, BALANCE, "");
    assert_int_equal(answer.status, 200);
    assert_line(fixture, &answer, "LTC", "balance_crypto", "0.0");
    struct fixture_payment payments[] = {{make(fixture, &shop).address, "0.5"},
                                         {make(fixture, &shop).address, "0.1"},
                                         {make(fixture, &other).address, "0.7"}};
    fixture_mine(fixture, payments, 3);
    answer = form(fixture, &shop, BALANCE, "");
    assert_line(fixture, &answer, "LTC", "balance_crypto", "0.6");
    assert_line(fixture, &answer, "LTC", "balance_usd", "60.0");
    assert_line(fixture, &answer, "LTC", "available_balance", "0.6");
    assert_line(fixture, &answer, "LTC", "available_balance_usd", "60.0");
    assert_line(fixture, &answer, "BTC", "balance_crypto", "0.0");
    answer = form(fixture, &other, BALANCE, "");
    assert_line(fixture, &answer, "LTC", "balance_crypto", "0.7");
}

static void test_a_balance_is_worth_what_its_invoices_say(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    /* A hair too little: half up it would be 50.00 USD, with something still due. */
    struct fixture_payment payment = {make(fixture, &shop).address, "0.49999999"};
    fixture_mine(fixture, &payment, 1);
    struct answer list = form(fixture, &shop, LIST, TODAY);
    assert_value(fixture, &list, "result.0.status", "partial");
    const char *paid_usd = value(fixture, &list, "result.0.amount_paid_usd");
    assert_string_equal(paid_usd, "49.99");
    struct answer answer = form(fixture, &shop, BALANCE, "");
    assert_line(fixture, &answer, "LTC", "balance_crypto", "0.49999999");
    assert_line(fixture, &answer, "LTC", "balance_usd", paid_usd);
}

static void test_a_balances_currency_has_its_own_form(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = form(fixture, &shop, BALANCE, "");
    assert_line(fixture, &answer, "USDT_TRC20", "currency.short_code", "USDT");
    assert_line(fixture, &answer, "USDT_TRC20", "currency.obj_network.code", "TRC20");
    assert_line(fixture, &answer, "USDT_TRC20", "currency.obj_network.fullname", "Tron");
    assert_line(fixture, &answer, "USDT_TRC20", "currency.stablecoin", "true");
    assert_line(fixture, &answer, "USDT_TRC20", "currency.enable", "false");
    assert_line(fixture, &answer, "LTC", "currency.enable", "true");
    assert_line(fixture, &answer, "LTC", "currency.icon_network", "None");
    assert_null(strstr(answer.body, "\"fullcode\""));
    assert_null(strstr(answer.body, "\"network\""));
}

static void test_a_balance_needs_no_body_in_any_form(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer expected = form(fixture, &shop, BALANCE, "");
    static const char *const headers[] = {
        "HTTP/1.1\r\nHost: x\r\nContent-Type: " JSON_BODY "\r\nContent-Length: 0\r\n",
        "HTTP/1.1\r\nHost: x\r\nContent-Type: " FORM_BODY "\r\nContent-Length: 0\r\n",
        "HTTP/1.1\r\nHost: x\r\nContent-Type: " JSON_BODY "\r\n",
        "HTTP/1.1\r\nHost: x\r\n",
        "HTTP/1.0\r\nContent-Type: " JSON_BODY "\r\n",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        const char *request =
            arena_printf(fixture->arena, "POST " BALANCE " %sAuthorization: Token %s\r\n\r\n",
                         headers[i], shop.api_key);
        struct answer answer = ask(fixture, request);
        assert_answer(answer, 200, expected.body);
    }
    struct answer answer = post_as(fixture, &shop, BALANCE, JSON_BODY, "{\"shop_id\":\"x\"}");
    assert_answer(answer, 200, expected.body);
    answer = post_as(fixture, &shop, BALANCE, JSON_BODY, "not json");
    assert_answer(answer, 200, expected.body);
}

/* ---- stores from before */

static void test_a_store_without_counts_is_counted_at_the_start(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_payment payments[] = {{make(fixture, &shop).address, "0.5"},
                                         {make(fixture, &shop).address, "0.2"}};
    (void)make(fixture, &shop);
    fixture_mine(fixture, payments, 2);
    struct answer statistics = form(fixture, &shop, STATISTICS, TODAY);
    struct answer balance = form(fixture, &shop, BALANCE, "");
    struct store_conn *reader;
    int64_t counted;
    assert_true(result_is_ok(store_reader_open(fixture->app.store, &reader)));
    assert_true(result_is_ok(rollup_ensure(&fixture->app, reader, fixture->arena, &counted)));
    assert_int_equal(counted, 3);
    assert_true(result_is_ok(rollup_ensure(&fixture->app, reader, fixture->arena, &counted)));
    assert_int_equal(counted, -1);
    store_reader_close(reader);
    struct answer again = form(fixture, &shop, STATISTICS, TODAY);
    assert_answer(again, 200, statistics.body);
    again = form(fixture, &shop, BALANCE, "");
    assert_answer(again, 200, balance.body);
}

static struct result forget(void *input, struct ledger *ledger) {
    (void)input;
    return store_rollup_clear(ledger_conn(ledger));
}

static void test_sums_that_cannot_be_are_alarmed_and_counted_anew(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_payment payment = {make(fixture, &shop).address, "0.5"};
    static const struct use_case forget_use_case = {
        .name = "forget", .job_class = JOB_OPERATOR, .apply = forget};
    fixture_run(fixture, &forget_use_case, NULL);
    fixture_mine(fixture, &payment, 1);
    struct answer answer = form(fixture, &shop, STATISTICS, TODAY);
    assert_value(fixture, &answer, "result.count.created", "0");
    assert_value(fixture, &answer, "result.count.paid", "1");
    struct store_conn *reader;
    const struct alarm_row *alarms;
    size_t count;
    int64_t counted;
    assert_true(result_is_ok(store_reader_open(fixture->app.store, &reader)));
    assert_true(result_is_ok(store_alarm_list(reader, fixture->arena, &alarms, &count)));
    assert_int_equal(count, 1);
    assert_true(str_eq(alarms[0].code, STR("rollups_wrong")));
    assert_true(result_is_ok(rollup_ensure(&fixture->app, reader, fixture->arena, &counted)));
    assert_int_equal(counted, 1);
    assert_true(result_is_ok(store_alarm_list(reader, fixture->arena, &alarms, &count)));
    assert_int_equal(count, 0);
    store_reader_close(reader);
    answer = form(fixture, &shop, STATISTICS, TODAY);
    assert_value(fixture, &answer, "result.amount.all", "50.0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_list_is_newest_first_with_all_that_info_says),
        TEST(test_ten_are_listed_unless_another_number_is_asked_for),
        TEST(test_a_range_of_days_includes_both),
        TEST(test_a_list_names_what_is_wrong),
        TEST(test_info_with_days_and_no_ids_is_the_list),
        TEST(test_statistics_count_by_status_and_day),
        TEST(test_statistics_refuse_under_one_key),
        TEST(test_a_balance_is_what_was_received_and_confirmed),
        TEST(test_a_balance_is_worth_what_its_invoices_say),
        TEST(test_a_balances_currency_has_its_own_form),
        TEST(test_a_balance_needs_no_body_in_any_form),
        TEST(test_a_store_without_counts_is_counted_at_the_start),
        TEST(test_sums_that_cannot_be_are_alarmed_and_counted_anew),
    };
    return cmocka_run_group_tests_name("merchant_reads", tests, NULL, NULL);
}
