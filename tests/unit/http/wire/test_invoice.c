/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "http/wire/currency.h"
#include "http/wire/invoice.h"
#include "http/wire/return_url.h"
#include "view_sample.h"

static int setup(void **state) {
    *state = arena_new(1 << 20);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static const char *rendered(struct arena *arena, const struct invoice_view *view,
                            enum wire_shape shape) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    wire_invoice(&json, arena, view, shape);
    assert_true(json_writer_is_done(&json));
    return str_to_c(arena, buf_str(&text));
}

#define USDT_TRC20                                                                                 \
    "{\"id\":4,\"code\":\"USDT\",\"fullcode\":\"USDT_TRC20\",\"network\":{\"code\":\"TRC20\","     \
    "\"id\":4,\"icon\":\"https://img.example/img/network/TRC20.svg\",\"fullname\":\"Tron\"},"      \
    "\"name\":\"Tether\",\"is_email_required\":false,\"stablecoin\":true,"                         \
    "\"icon_base\":\"https://img.example/img/currency/USDT.svg\","                                 \
    "\"icon_network\":\"https://img.example/img/currency_network/USDT_TRC.svg\","                  \
    "\"icon_qr\":\"https://img.example/img/stroke/USDT_STROKE.svg\",\"order\":1}"

#define LTC                                                                                        \
    "{\"id\":2,\"code\":\"LTC\",\"fullcode\":\"LTC\",\"network\":{\"code\":\"LTC\",\"id\":2,"      \
    "\"icon\":\"https://img.example/img/network/LTC.svg\",\"fullname\":\"Litecoin\"},"             \
    "\"name\":\"Litecoin\",\"is_email_required\":false,\"stablecoin\":false,"                      \
    "\"icon_base\":\"https://img.example/img/currency/LTC.svg\",\"icon_network\":\"None\","        \
    "\"icon_qr\":\"https://img.example/img/stroke/LTC_STROKE.svg\",\"order\":8}"

static void test_the_reply_to_a_create_is_the_contracts_sample(void **state) {
    struct invoice_view view = view_of_unchosen();
    assert_string_equal(
        rendered(*state, &view, WIRE_CREATED),
        "{\"uuid\":\"INV-K7Q2M9XD\",\"created\":\"2027-03-04 09:15:00.120000\",\"address\":\"\","
        "\"expiry_date\":\"2027-03-05 09:15:00.120000\",\"side_commission\":\"client\","
        "\"side_commission_cc\":\"merchant\",\"amount\":54.5,\"amount_usd\":54.5,"
        "\"amount_in_fiat\":50.0,\"fee\":0.0,\"fee_usd\":0.0,\"service_fee\":0.0,"
        "\"service_fee_usd\":0.0,\"type_payments\":\"crypto\",\"fiat_currency\":\"EUR\","
        "\"status\":\"created\",\"is_email_required\":false,"
        "\"link\":\"https://pay.example/K7Q2M9XD\",\"invoice_id\":null,\"currency\":" USDT_TRC20
        ",\"project\":{\"id\":7,\"name\":\"Demo\",\"fail\":\"https://shop.example/bad?x=1\","
        "\"success\":\"https://shop.example/ok\",\"logo\":null},\"test_mode\":false}");
}

static void test_a_chosen_currency_brings_its_address_and_exact_sum(void **state) {
    struct invoice_view view = view_of_chosen(*state);
    const char *text = rendered(*state, &view, WIRE_CREATED);
    assert_non_null(strstr(text, "\"address\":\"rltc1qexampleexampleexample\""));
    assert_non_null(strstr(text, "\"amount\":0.75,\"amount_usd\":54.5,\"amount_in_fiat\":50.0"));
    assert_non_null(strstr(text, "\"currency\":" LTC));
}

static void test_an_address_that_failed_its_check_is_not_shown(void **state) {
    struct invoice_view view = view_of_chosen(*state);
    view.options[0].has_address = false;
    assert_non_null(strstr(rendered(*state, &view, WIRE_CREATED), "\"address\":\"\""));
}

static void test_an_item_of_a_paid_invoice_has_every_member(void **state) {
    struct invoice_view view = view_of_paid(*state);
    view.invoice.flags = INVOICE_FLAG_TEST;
    view.invoice.email = STR("payer@mail.example");
#define TX_AB "abababababababababababababababababababababababababababababababab"
#define TX_CD "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    assert_string_equal(
        rendered(*state, &view, WIRE_ITEM),
        "{\"uuid\":\"INV-K7Q2M9XD\",\"created\":\"2027-03-04 09:15:00.120000\","
        "\"address\":\"rltc1qexampleexampleexample\","
        "\"expiry_date\":\"2027-03-05 09:15:00.120000\","
        "\"date_finished\":\"2027-03-04 09:16:00.120000\",\"side_commission\":\"client\","
        "\"side_commission_cc\":\"merchant\",\"amount\":0.75,\"amount_usd\":54.5,"
        "\"amount_in_fiat\":50.0,\"amount_in_crypto\":0.75,\"amount_to_pay\":0.75,"
        "\"amount_to_pay_usd\":54.5,\"amount_paid\":0.76,\"amount_paid_usd\":55.23,\"fee\":0.0,"
        "\"fee_usd\":0.0,\"service_fee\":0.0,\"service_fee_usd\":0.0,\"received\":0.76,"
        "\"received_usd\":55.23,\"to_surcharge\":0.0,\"to_surcharge_usd\":0.0,"
        "\"type_payments\":\"crypto\",\"fiat_currency\":\"EUR\",\"status\":\"overpaid\","
        "\"invoice_status\":\"success\",\"is_email_required\":false,"
        "\"link\":\"https://pay.example/K7Q2M9XD\",\"pay_url\":\"https://pay.example/K7Q2M9XD\","
        "\"invoice_id\":null,\"currency\":" LTC ",\"project\":{\"id\":7,\"name\":\"Demo\","
        "\"fail\":\"https://shop.example/bad?x=1&order_id=order-55&invoice_uuid=INV-K7Q2M9XD\","
        "\"success\":\"https://shop.example/ok?order_id=order-55&invoice_uuid=INV-K7Q2M9XD\","
        "\"logo\":null},\"order_id\":\"order-55\",\"user_email\":\"payer@mail.example\","
        "\"phone\":\"\",\"type\":\"up\",\"tx_list\":[\"" TX_AB "\",\"" TX_CD
        "\"],\"test_mode\":true}");
}

static void test_an_item_without_a_choice_has_no_sum_in_crypto(void **state) {
    struct invoice_view view = view_of_unchosen();
    view.invoice.order_id = (struct str){0};
    view.shop.success_url = (struct str){0};
    const char *text = rendered(*state, &view, WIRE_ITEM);
    assert_non_null(strstr(text, "\"amount_in_crypto\":null,\"amount_to_pay\":54.5"));
    assert_non_null(strstr(text, "\"date_finished\":null"));
    assert_non_null(strstr(text, "\"to_surcharge\":54.5,\"to_surcharge_usd\":54.5"));
    assert_non_null(strstr(text, "\"status\":\"created\",\"invoice_status\":\"created\""));
    assert_non_null(strstr(text, "\"order_id\":\"\",\"user_email\":\"\""));
    assert_non_null(strstr(text, "\"success\":\"\""));
    assert_non_null(strstr(text, "\"tx_list\":[]"));
}

static void test_small_and_large_sums_are_plain_decimals(void **state) {
    struct invoice_view view = view_of_chosen(*state);
    const struct asset *eth = asset_by_code(STR("ETH"));
    view.sums.amount = amount_from_u64(eth, 1);
    view.sums.paid = amount_from_units(eth, (unsigned __int128)1 << 127);
    const char *text = rendered(*state, &view, WIRE_ITEM);
    assert_non_null(strstr(text, "\"amount\":0.000000000000000001,"));
    assert_non_null(
        strstr(text, "\"amount_paid\":170141183460469231731.687303715884105728,\"amount_paid_usd"));
}

static void test_transactions_of_evm_networks_have_their_prefix(void **state) {
    struct invoice_view view = view_of_paid(*state);
    view.payments[0].network = network_by_key(STR("eth"));
    view.payment_count = 1;
    assert_non_null(strstr(rendered(*state, &view, WIRE_ITEM), "\"tx_list\":[\"0x" TX_AB "\"]"));
}

static void test_a_flood_of_transactions_is_cut(void **state) {
    struct invoice_view view = view_of_paid(*state);
    struct payment_row *payments = ARENA_ARRAY(*state, struct payment_row, 1000);
    for (size_t i = 0; i < 1000; i++) {
        payments[i].network = network_by_key(STR("ltc"));
        payments[i].txid.bytes[0] = (uint8_t)(i >> 8);
        payments[i].txid.bytes[1] = (uint8_t)i;
    }
    view.payments = payments;
    view.payment_count = 1000;
    const char *text = rendered(*state, &view, WIRE_ITEM);
    const char *list = strstr(text, "\"tx_list\":[");
    size_t commas = 0;
    for (const char *c = list; *c != ']'; c++) {
        commas += *c == ',';
    }
    assert_int_equal(commas, WIRE_TX_LIST_MAX - 1);
}

static void test_texts_of_shops_are_escaped(void **state) {
    struct invoice_view view = view_of_unchosen();
    view.shop.name = STR("a\"b\\c\n<");
    view.invoice.order_id = STR("x\"y&z=1 \xc3\xa9");
    struct arena *arena = *state;
    const char *text = rendered(arena, &view, WIRE_ITEM);
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(str_from_c(text)));
    json_skip_value(&reader);
    assert_true(json_reader_finish(&reader));
    assert_non_null(strstr(text, "ok?order_id=x%22y%26z%3D1%20%C3%A9&invoice_uuid=INV-K7Q2M9XD"));
}

static void test_return_urls_keep_what_they_had(void **state) {
    static const struct {
        const char *url;
        const char *expected;
    } cases[] = {
        {"https://a.example", "https://a.example?order_id=5&invoice_uuid=INV-X"},
        {"https://a.example/?", "https://a.example/?order_id=5&invoice_uuid=INV-X"},
        {"https://a.example/?b=c", "https://a.example/?b=c&order_id=5&invoice_uuid=INV-X"},
        {"https://a.example/?b=c&", "https://a.example/?b=c&order_id=5&invoice_uuid=INV-X"},
        {"https://a.example/#", "https://a.example/?order_id=5&invoice_uuid=INV-X#"},
        {"https://a.example/?b=c&d#/e?f=g#h",
         "https://a.example/?b=c&d&order_id=5&invoice_uuid=INV-X#/e?f=g#h"},
        {"https://a.example/?r=https%3A%2F%2Fb.example%2F%3Fx%23y",
         "https://a.example/?r=https%3A%2F%2Fb.example%2F%3Fx%23y&order_id=5&invoice_uuid=INV-X"},
        {"https://xn--e1afmkfd.xn--p1ai/%D0%BE%D0%BA",
         "https://xn--e1afmkfd.xn--p1ai/%D0%BE%D0%BA?order_id=5&invoice_uuid=INV-X"},
        {"https://a.example/x#y?z", "https://a.example/x?order_id=5&invoice_uuid=INV-X#y?z"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str url = return_url(*state, str_from_c(cases[i].url), STR("5"), STR("INV-X"));
        assert_string_equal(str_to_c(*state, url), cases[i].expected);
    }
}

static void test_a_bad_fiat_code_is_answered_with_the_whole_list(void **state) {
    assert_string_equal(
        wire_fiat_refusal(*state),
        "Invalid account currency specified. Available currencies 'USD', 'UZS', 'KGS', 'KZT', "
        "'AMD', 'AZN', 'BYN', 'AUD', 'TRY', 'AED', 'CAD', 'CNY', 'HKD', 'IDR', 'INR', 'JPY', "
        "'PHP', 'SGD', 'THB', 'VND', 'MYR', 'RUB', 'UAH', 'EUR', 'GBP'.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_reply_to_a_create_is_the_contracts_sample),
        TEST(test_a_chosen_currency_brings_its_address_and_exact_sum),
        TEST(test_an_address_that_failed_its_check_is_not_shown),
        TEST(test_an_item_of_a_paid_invoice_has_every_member),
        TEST(test_an_item_without_a_choice_has_no_sum_in_crypto),
        TEST(test_small_and_large_sums_are_plain_decimals),
        TEST(test_transactions_of_evm_networks_have_their_prefix),
        TEST(test_a_flood_of_transactions_is_cut),
        TEST(test_texts_of_shops_are_escaped),
        TEST(test_return_urls_keep_what_they_had),
        TEST(test_a_bad_fiat_code_is_answered_with_the_whole_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
