/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "app/job.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

#define CREATE "/v2/invoice/create"

static const struct shop_row wanted_shop = {
    .name = STR("Demo"),
    .success_url = STR("https://shop.example/ok"),
    .fail_url = STR("https://shop.example/bad"),
};

static void test_a_create_without_a_choice_is_answered_in_full(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer =
        create_as(fixture, &shop, JSON_BODY, "{\"shop_id\":\"@\",\"amount\":50}");
    assert_int_equal(answer.status, 200);
    const char *uuid = value(fixture, &answer, "result.uuid");
    assert_int_equal(strlen(uuid), 12);
    const char *expected = arena_printf(
        fixture->arena,
        "{\"status\":\"success\",\"result\":{\"uuid\":\"%s\","
        "\"created\":\"2027-03-04 09:15:00.120000\",\"address\":\"\","
        "\"expiry_date\":\"2027-03-05 09:15:00.120000\",\"side_commission\":\"client\","
        "\"side_commission_cc\":\"merchant\",\"amount\":0.5,\"amount_usd\":50.0,"
        "\"amount_in_fiat\":50.0,\"fee\":0.0,\"fee_usd\":0.0,\"service_fee\":0.0,"
        "\"service_fee_usd\":0.0,\"type_payments\":\"crypto\",\"fiat_currency\":\"USD\","
        "\"status\":\"created\",\"is_email_required\":false,\"link\":\"https://pay.example/%s\","
        "\"invoice_id\":null,\"currency\":{\"id\":2,\"code\":\"LTC\",\"fullcode\":\"LTC\","
        "\"network\":{\"code\":\"LTC\",\"id\":2,"
        "\"icon\":\"https://pay.example/img/network/LTC.svg\",\"fullname\":\"Litecoin\"},"
        "\"name\":\"Litecoin\",\"is_email_required\":false,\"stablecoin\":false,"
        "\"icon_base\":\"https://pay.example/img/currency/LTC.svg\",\"icon_network\":\"None\","
        "\"icon_qr\":\"https://pay.example/img/stroke/LTC_STROKE.svg\",\"order\":8},"
        "\"project\":{\"id\":%lld,\"name\":\"Demo\",\"fail\":\"https://shop.example/bad\","
        "\"success\":\"https://shop.example/ok\",\"logo\":null},\"test_mode\":false}}",
        uuid, uuid + 4, (long long)shop.id);
    assert_string_equal(answer.body, expected);
}

static void test_a_chosen_currency_gives_address_and_exact_amount(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = create_as(
        fixture, &shop, JSON_BODY,
        "{\"shop_id\":\"@\",\"amount\":\"100.50\",\"currency\":\"EUR\",\"order_id\":\"order-55\","
        "\"email\":\"payer@mail.example\",\"add_fields\":{\"cryptocurrency\":\"LTC\","
        "\"available_currencies\":[\"LTC\",\"BTC\"],\"time_to_pay\":{\"hours\":1,\"minutes\":30},"
        "\"email_to_send\":\"payer@mail.example\",\"period\":\"month\"}}");
    assert_int_equal(answer.status, 200);
    /* Elsewhere known as tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl. */
    assert_string_equal(value(fixture, &answer, "result.address"),
                        "rltc1q6rz28mcfaxtmd6v789l9rrlrusdprr9puuzgkg");
    assert_string_equal(value(fixture, &answer, "result.amount"), "1.25625");
    assert_string_equal(value(fixture, &answer, "result.amount_usd"), "125.63");
    assert_string_equal(value(fixture, &answer, "result.amount_in_fiat"), "100.5");
    assert_string_equal(value(fixture, &answer, "result.fiat_currency"), "EUR");
    assert_string_equal(value(fixture, &answer, "result.expiry_date"),
                        "2027-03-04 10:45:00.120000");
    assert_string_equal(value(fixture, &answer, "result.currency.fullcode"), "LTC");
}

static void test_every_invoice_has_its_own_address_and_number(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuids[20];
    const char *addresses[20];
    for (size_t i = 0; i < 20; i++) {
        struct answer answer = create_as(
            fixture, &shop, JSON_BODY,
            "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":{\"cryptocurrency\":\"LTC\"}}");
        uuids[i] = value(fixture, &answer, "result.uuid");
        addresses[i] = value(fixture, &answer, "result.address");
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(uuids[i], uuids[j]);
            assert_string_not_equal(addresses[i], addresses[j]);
        }
    }
}

static void test_bodies_of_real_clients_are_understood(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const struct {
        const char *type;
        const char *body;
        const char *amount;
    } rows[] = {
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":100.5}", "100.5"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":\"100.50\"}", "100.5"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":1E2}", "100.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"currency\":\"USD \"}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"currency\":\"usd\"}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"currency\":null}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"currency\":\"\"}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"order_id\":77}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"order_id\":\"\",\"email\":\"\"}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":[]}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":\"none\"}", "5.0"},
        {JSON_BODY, "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":null}", "5.0"},
        {JSON_BODY,
         "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":{\"time_to_pay\":null,"
         "\"cryptocurrency\":\"\",\"available_currencies\":[]}}",
         "5.0"},
        {JSON_BODY,
         "{\"shop_id\":\"@\",\"amount\":5,\"callback_url\":\"https://x.example\","
         "\"query\":{\"locale\":\"ru\"},\"status\":\"paid\",\"address\":\"mine\",\"id\":1}",
         "5.0"},
        {"application/json; charset=utf-8", "{\"shop_id\":\"@\",\"amount\":5}", "5.0"},
        {"text/plain", "{\"shop_id\":\"@\",\"amount\":5}", "5.0"},
        {FORM_BODY, "shop_id=@&amount=100.50&currency=USD&order_id=&email=", "100.5"},
        {FORM_BODY, "shop_id=@&amount=5&description=%CE%EF%EB%E0%F2%E0", "5.0"}, /* cp1251 */
        {"multipart/form-data; boundary=----5f1e",
         "------5f1e\r\nContent-Disposition: form-data; name=\"shop_id\"\r\n\r\n@\r\n"
         "------5f1e\r\nContent-Disposition: form-data; name=\"amount\"\r\n\r\n7.5\r\n"
         "------5f1e--\r\n",
         "7.5"},
        {FORM_BODY, "shop_id=@&amount=5&add_fields=time_to_pay", "5.0"},
        {FORM_BODY, "shop_id=@&amount=5&add_fields=time_to_pay&add_fields=cryptocurrency", "5.0"},
        {FORM_BODY,
         "shop_id=@&amount=5&add_fields[time_to_pay][hours]=1&"
         "add_fields%5Btime_to_pay%5D%5Bminutes%5D=5&add_fields[available_currencies][]=LTC",
         "5.0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = create_as(fixture, &shop, rows[i].type, rows[i].body);
        if (answer.status != 200) {
            print_message("# %s -> %s\n", rows[i].body, answer.body);
        }
        assert_int_equal(answer.status, 200);
        assert_string_equal(value(fixture, &answer, "result.amount_usd"), rows[i].amount);
    }
}

static void test_a_form_chooses_currency_and_time(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY,
                                     "shop_id=@&amount=50&order_id=a%26b+c&"
                                     "add_fields[cryptocurrency]=ltc&"
                                     "add_fields[time_to_pay][hours]=0&"
                                     "add_fields[time_to_pay][minutes]=30");
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "result.amount"), "0.5");
    assert_string_equal(value(fixture, &answer, "result.expiry_date"),
                        "2027-03-04 09:45:00.120000");
    const char *body =
        arena_printf(fixture->arena, "uuids=%s", value(fixture, &answer, "result.uuid"));
    answer = post_as(fixture, &shop, "/v2/invoice/merchant/info", FORM_BODY, body);
    assert_string_equal(value(fixture, &answer, "result.0.order_id"), "a&b c");
}

static void test_http_1_0_and_a_locale_are_fine(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = arena_printf(fixture->arena, "shop_id=%s&amount=10", shop.public_id);
    struct answer answer =
        ask(fixture, arena_printf(fixture->arena,
                                  "POST " CREATE "?locale=ru HTTP/1.0\r\n"
                                  "Authorization: Token %s\r\nContent-Type: " FORM_BODY "\r\n"
                                  "Content-Length: %zu\r\n\r\n%s",
                                  shop.api_key, strlen(body), body));
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "status"), "success");
}

static void test_missing_fields_are_named_all_at_once(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const nothing[] = {
        "", "{}", "[]", "null", "{\"amount\":null}", "{\"amount\":\"\",\"shop_id\":\"\"}"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        struct answer answer = create_as(fixture, &shop, JSON_BODY, nothing[i]);
        assert_answer(answer, 400,
                      "{\"status\":\"error\",\"result\":{\"amount\":\"amount not passed.\","
                      "\"shop_id\":\"shop_id not passed.\"}}");
    }
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "amount=5");
    assert_refused(fixture, &answer, "shop_id", "shop_id not passed.");
    answer = create_as(fixture, &shop, JSON_BODY, "{\"shop_id\":\"@\"}");
    assert_refused(fixture, &answer, "amount", "amount not passed.");
}

static void test_bad_amounts_are_refused(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const amounts[] = {
        "0",       "0.00",  "-1",      "\"-0\"",  "\"+5\"",       "\"05\"", "\".5\"", "\"5.\"",
        "1e-30",   "1e30",  "1e400",   "\"abc\"", "\"5,50\"",     "true",   "{}",     "[5]",
        "\"1 0\"", "0.001", "\"0x5\"", "\"NaN\"", "\"Infinity\"", "\"5e\"",
    };
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        const char *body =
            arena_printf(fixture->arena, "{\"shop_id\":\"@\",\"amount\":%s}", amounts[i]);
        struct answer answer = create_as(fixture, &shop, JSON_BODY, body);
        if (answer.status != 400) {
            print_message("# %s -> %s\n", amounts[i], answer.body);
        }
        assert_refused(fixture, &answer, "amount", "Invalid value amount.");
    }
    char *digits = arena_alloc(fixture->arena, 10001);
    memset(digits, '9', 10000);
    const char *body = arena_printf(fixture->arena, "{\"shop_id\":\"@\",\"amount\":%s}", digits);
    struct answer answer = create_as(fixture, &shop, JSON_BODY, body);
    assert_refused(fixture, &answer, "amount", "Invalid value amount.");
}

static void test_an_amount_below_dust_is_refused(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    /* 88 IDR are 0.000055 LTC, 87 IDR are 0.000054375; the smallest sum is 0.0000546. */
    struct answer answer =
        create_as(fixture, &shop, FORM_BODY,
                  "shop_id=@&amount=88&currency=IDR&add_fields[cryptocurrency]=LTC");
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "result.amount"), "0.000055");
    answer = create_as(fixture, &shop, FORM_BODY,
                       "shop_id=@&amount=87&currency=IDR&add_fields[cryptocurrency]=LTC");
    assert_refused(fixture, &answer, "amount", "The smallest amount in LTC is 0.0000546 LTC.");
}

static void test_bad_options_are_refused_by_their_name(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const struct {
        const char *option;
        const char *key;
        const char *sentence;
    } rows[] = {
        {"\"add_fields\":{\"cryptocurrency\":\"DOGE\"}", "cryptocurrency",
         "Invalid value cryptocurrency."},
        {"\"add_fields\":{\"cryptocurrency\":\"BTC\"}", "cryptocurrency",
         "This cryptocurrency is not available."},
        {"\"add_fields\":{\"cryptocurrency\":[\"LTC\"]}", "cryptocurrency",
         "Invalid value cryptocurrency."},
        {"\"add_fields\":{\"available_currencies\":[\"LTC\",\"DOGE\"]}", "available_currencies",
         "Invalid value available_currencies."},
        {"\"add_fields\":{\"available_currencies\":[7]}", "available_currencies",
         "Invalid value available_currencies."},
        {"\"add_fields\":{\"available_currencies\":[\"BTC\",\"USDT_TRC20\"]}",
         "available_currencies", "No cryptocurrency is available."},
        {"\"add_fields\":{\"time_to_pay\":{\"hours\":0,\"minutes\":0}}", "time_to_pay",
         "Invalid value time_to_pay."},
        {"\"add_fields\":{\"time_to_pay\":{\"hours\":-1,\"minutes\":90}}", "time_to_pay",
         "Invalid value time_to_pay."},
        {"\"add_fields\":{\"time_to_pay\":{\"hours\":721}}", "time_to_pay",
         "Invalid value time_to_pay."},
        {"\"add_fields\":{\"time_to_pay\":{\"hours\":9223372036854775807}}", "time_to_pay",
         "Invalid value time_to_pay."},
        {"\"add_fields\":{\"time_to_pay\":{\"hours\":\"x\",\"minutes\":\"y\"}}", "time_to_pay",
         "Invalid value time_to_pay."},
        {"\"order_id\":true", "order_id", "Invalid value order_id."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *body =
            arena_printf(fixture->arena, "{\"shop_id\":\"@\",\"amount\":5,%s}", rows[i].option);
        struct answer answer = create_as(fixture, &shop, JSON_BODY, body);
        assert_refused(fixture, &answer, rows[i].key, rows[i].sentence);
    }
}

/* A client's list of CryptoCloud's coins has those of networks that are not followed here, too. */
static void test_coins_of_other_networks_leave_the_others_in_the_list(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = create_as(fixture, &shop, JSON_BODY,
                                     "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":"
                                     "{\"available_currencies\":[\"USDT_TON\",\"sol\",\"LTC\"]}}");
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "result.currency.fullcode"), "LTC");
    answer = create_as(fixture, &shop, JSON_BODY,
                       "{\"shop_id\":\"@\",\"amount\":5,\"add_fields\":"
                       "{\"available_currencies\":[\"TON\",\"TRUMP_SOL\"]}}");
    assert_refused(fixture, &answer, "available_currencies", "No cryptocurrency is available.");
    answer =
        create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5&add_fields[cryptocurrency]=TON");
    assert_refused(fixture, &answer, "cryptocurrency", "This cryptocurrency is not available.");
}

static void test_a_bad_fiat_code_names_all_good_ones(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5&currency=QQQ");
    assert_refused(fixture, &answer, "currency",
                   "Invalid account currency specified. Available currencies 'USD', 'UZS', 'KGS', "
                   "'KZT', 'AMD', 'AZN', 'BYN', 'AUD', 'TRY', 'AED', 'CAD', 'CNY', 'HKD', 'IDR', "
                   "'INR', 'JPY', 'PHP', 'SGD', 'THB', 'VND', 'MYR', 'RUB', 'UAH', 'EUR', 'GBP'.");
}

static void test_a_currency_without_a_rate_is_refused_for_now(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5&currency=GBP");
    assert_int_equal(answer.status, 503);
    assert_string_equal(value(fixture, &answer, "detail"),
                        "there is no trustworthy rate for this pair");
    assert_string_equal(value(fixture, &answer, "status"), "error");
    assert_non_null(strstr(answer.head, "Retry-After: 1\r\n"));
}

static void test_only_the_keys_own_shop_is_known(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    const char *body =
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\",\"amount\":5}", other.public_id);
    struct answer foreign = post_as(fixture, &shop, CREATE, JSON_BODY, body);
    struct answer unknown = post_as(fixture, &shop, CREATE, JSON_BODY,
                                    "{\"shop_id\":\"AbCdEfGhIjKlMnOp\",\"amount\":5}");
    assert_refused(fixture, &foreign, "shop_id", "Shop not found.");
    assert_answer(unknown, foreign.status, foreign.body);
}

static void test_a_shop_that_cannot_be_paid_makes_no_invoices(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_bare_shop(fixture, &wanted_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5");
    assert_refused(fixture, &answer, "available_currencies", "No cryptocurrency is available.");
}

static void test_no_address_is_given_on_a_network_never_seen(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct network_health health = {.ready = false, .blind = true};
    network_health_set(&fixture->ltc, &health);
    struct answer answer =
        create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5&add_fields[cryptocurrency]=LTC");
    assert_int_equal(answer.status, 503);
}

static void test_what_is_not_json_says_where(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const bodies[] = {"{",
                                         "{\"shop_id\":\"@\",\"amount\":5,}",
                                         "{\"amount\":1,\"amount\":2}",
                                         "{\"amount\":05}",
                                         "5",
                                         "{\"amount\":5} x",
                                         "{'amount':5}",
                                         "{\"amount\":NaN}",
                                         "[1]"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct answer answer = create_as(fixture, &shop, JSON_BODY, bodies[i]);
        assert_int_equal(answer.status, 400);
        const char *detail = value(fixture, &answer, "detail");
        assert_memory_equal(detail, "JSON parse error - ", 19);
        assert_string_equal(value(fixture, &answer, "status"), "error");
        assert_string_equal(value(fixture, &answer, "result"), "{");
    }
}

static struct result queue_is_full(struct job_queue *queue, struct job *job) {
    (void)queue;
    (void)job;
    return result_fail(&ERR_QUEUE_FULL);
}

static void test_a_full_queue_is_answered_at_once(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct job_queue full = {.submit = queue_is_full};
    fixture->app.queue = &full;
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=5");
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.head, "Retry-After: 1\r\n"));
    assert_string_equal(value(fixture, &answer, "detail"),
                        "too much is waiting to be written; try again");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_create_without_a_choice_is_answered_in_full),
        TEST(test_a_chosen_currency_gives_address_and_exact_amount),
        TEST(test_every_invoice_has_its_own_address_and_number),
        TEST(test_bodies_of_real_clients_are_understood),
        TEST(test_a_form_chooses_currency_and_time),
        TEST(test_http_1_0_and_a_locale_are_fine),
        TEST(test_missing_fields_are_named_all_at_once),
        TEST(test_bad_amounts_are_refused),
        TEST(test_an_amount_below_dust_is_refused),
        TEST(test_bad_options_are_refused_by_their_name),
        TEST(test_coins_of_other_networks_leave_the_others_in_the_list),
        TEST(test_a_bad_fiat_code_names_all_good_ones),
        TEST(test_a_currency_without_a_rate_is_refused_for_now),
        TEST(test_only_the_keys_own_shop_is_known),
        TEST(test_a_shop_that_cannot_be_paid_makes_no_invoices),
        TEST(test_no_address_is_given_on_a_network_never_seen),
        TEST(test_what_is_not_json_says_where),
        TEST(test_a_full_queue_is_answered_at_once),
    };
    return cmocka_run_group_tests_name("merchant_create", tests, NULL, NULL);
}
