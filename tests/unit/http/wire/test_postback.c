/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/postback_body.h"
#include "base/arena.h"
#include "base/buf.h"
#include "http/wire/postback.h"
#include "view_sample.h"

static int setup(void **state) {
    *state = arena_new(1 << 20);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static struct postback_message message_of(struct arena *arena, const struct invoice_view *view) {
    return wire_postback(arena, view, STR("eyJ.eyI.sig-_"));
}

#define INFO                                                                                       \
    "{\"uuid\":\"INV-K7Q2M9XD\",\"created\":\"2027-03-04 09:15:00.120000\","                       \
    "\"address\":\"rltc1qexampleexampleexample\",\"expiry_date\":\"2027-03-05 09:15:00.120000\","  \
    "\"date_finished\":\"2027-03-04 09:16:00.120000\",\"side_commission\":\"client\","             \
    "\"amount\":0.75,\"amount_\":0.75,\"amount_usd\":54.5,\"amount_in_fiat\":50.0,"                \
    "\"amount_in_crypto\":0.75,\"amount_to_pay\":0.75,\"amount_to_pay_usd\":54.5,"                 \
    "\"amount_paid\":0.76,\"amount_paid_usd\":55.23,\"fee\":0.0,\"fee_usd\":0.0,"                  \
    "\"service_fee\":0.0,\"service_fee_usd\":0.0,\"received\":0.76,\"received_usd\":55.23,"        \
    "\"to_surcharge\":0.0,\"to_surcharge_usd\":0.0,\"type_payments\":\"crypto\","                  \
    "\"status\":\"overpaid\",\"invoice_status\":\"success\",\"is_email_required\":false,"          \
    "\"currency\":{\"id\":2,\"code\":\"LTC\",\"fullcode\":\"LTC\",\"network\":{\"code\":\"LTC\","  \
    "\"id\":2,\"icon\":\"https://img.example/img/network/LTC.svg\",\"fullname\":\"Litecoin\"},"    \
    "\"name\":\"Litecoin\",\"is_email_required\":false,\"stablecoin\":false,"                      \
    "\"icon_base\":\"https://img.example/img/currency/LTC.svg\",\"icon_network\":\"None\","        \
    "\"icon_qr\":\"https://img.example/img/stroke/LTC_STROKE.svg\",\"order\":8},"                  \
    "\"project\":{\"id\":7,\"name\":\"Demo\",\"fail\":\"https://shop.example/bad?x=1\","           \
    "\"success\":\"https://shop.example/ok\",\"logo\":null},\"type\":\"up\",\"tx_list\":["         \
    "\"abababababababababababababababababababababababababababababababab\","                        \
    "\"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\"],"                       \
    "\"test_mode\":false,\"total_rub\":0,\"step\":3,\"aml_enabled\":false,"                        \
    "\"aml_side\":\"merchant\",\"aml_checks\":[],\"links_invoice\":null}"

static void test_a_json_postback_is_the_contracts(void **state) {
    struct invoice_view view = view_of_paid(*state);
    struct postback_message message = message_of(*state, &view);
    assert_string_equal(str_to_c(*state, message.content_type), "application/json");
    assert_string_equal(str_to_c(*state, message.body),
                        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\","
                        "\"amount_crypto\":0.76,\"currency\":\"LTC\",\"order_id\":\"order-55\","
                        "\"token\":\"eyJ.eyI.sig-_\",\"invoice_info\":" INFO "}");
}

static char *decoded(struct arena *arena, const char *text) {
    char *to = arena_copy(arena, text, strlen(text));
    char *out = to;
    for (; *text != '\0'; text++) {
        assert_int_not_equal(*text, '+');
        if (*text != '%') {
            *out++ = *text;
            continue;
        }
        *out++ = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
        text += 2;
    }
    *out = '\0';
    return to;
}

static void test_a_form_postback_has_the_same_fields_and_the_info_as_json_text(void **state) {
    struct invoice_view view = view_of_paid(*state);
    view.shop.postback_format = POSTBACK_FORM;
    struct postback_message message = message_of(*state, &view);
    assert_string_equal(str_to_c(*state, message.content_type),
                        "application/x-www-form-urlencoded");
    const char *body = str_to_c(*state, message.body);
    static const char flat[] = "status=success&invoice_id=K7Q2M9XD&amount_crypto=0.76&currency=LTC&"
                               "order_id=order-55&token=eyJ.eyI.sig-_&invoice_info=";
    assert_memory_equal(body, flat, sizeof flat - 1);
    assert_null(strchr(body + sizeof flat - 1, '&'));
    assert_string_equal(decoded(*state, body + sizeof flat - 1), INFO);
}

static void test_an_order_id_is_sent_even_when_there_is_none(void **state) {
    struct invoice_view view = view_of_paid(*state);
    view.invoice.order_id = (struct str){0};
    struct postback_message message = message_of(*state, &view);
    assert_non_null(strstr(str_to_c(*state, message.body), "\"order_id\":\"\""));
    view.shop.postback_format = POSTBACK_FORM;
    message = message_of(*state, &view);
    assert_non_null(strstr(str_to_c(*state, message.body), "&order_id=&token="));
}

/* Confirmed without payment, of a test shop: a typed client needs a number all the same. */
static void test_an_invoice_without_a_choice_has_its_sum_in_crypto(void **state) {
    struct invoice_view view = view_of_unchosen();
    struct postback_message message = message_of(*state, &view);
    assert_non_null(strstr(str_to_c(*state, message.body), "\"amount_in_crypto\":54.5,"));
}

static void test_a_form_keeps_every_byte_of_an_order_id(void **state) {
    struct invoice_view view = view_of_paid(*state);
    view.shop.postback_format = POSTBACK_FORM;
    view.invoice.order_id = STR("a+b&c=d e%20\n\xe2\x82\xac~*");
    const char *body = str_to_c(*state, message_of(*state, &view).body);
    assert_non_null(strstr(body, "&order_id=a%2Bb%26c%3Dd%20e%2520%0A%E2%82%AC%7E%2A&token="));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_json_postback_is_the_contracts),
        TEST(test_a_form_postback_has_the_same_fields_and_the_info_as_json_text),
        TEST(test_an_order_id_is_sent_even_when_there_is_none),
        TEST(test_an_invoice_without_a_choice_has_its_sum_in_crypto),
        TEST(test_a_form_keeps_every_byte_of_an_order_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
