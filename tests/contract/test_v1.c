/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"

#define CREATE "/v1/invoice/create"

static const struct shop_row wanted_shop = {.name = STR("Old plug-in")};

static struct answer create_v1(struct app_fixture *fixture, const struct fixture_shop *shop,
                               const char *path, const char *type, const char *format) {
    const char *body = arena_printf(fixture->arena, "%s%s", format, (const char *)shop->public_id);
    return post_as(fixture, shop, path, type, body);
}

static struct answer status_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                               const char *uuid) {
    return ask(fixture, arena_printf(fixture->arena,
                                     "GET /v1/invoice/info?uuid=%s HTTP/1.1\r\nHost: pay\r\n"
                                     "Authorization: Token %s\r\nConnection: close\r\n\r\n",
                                     uuid, shop->api_key));
}

static void test_a_form_makes_an_invoice_and_the_answer_is_flat(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer =
        create_v1(fixture, &shop, CREATE, FORM_BODY, "amount=50&currency=USD&order_id=7&shop_id=");
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "status"), "success");
    assert_string_equal(value(fixture, &answer, "amount_usd"), "50.0");
    assert_string_equal(value(fixture, &answer, "currency"), "LTC");
    const char *id = value(fixture, &answer, "invoice_id");
    assert_int_equal(strlen(id), 8);
    assert_string_equal(value(fixture, &answer, "pay_url"),
                        arena_printf(fixture->arena, "https://pay.example/%s", id));
}

/* An old plug-in shows the payer `amount` `currency`. */
static void test_the_amount_is_in_the_currency_beside_it(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer old = create_v1(fixture, &shop, CREATE, FORM_BODY, "amount=50&shop_id=");
    struct answer new = create_as(fixture, &shop, FORM_BODY, "amount=50&shop_id=@");
    assert_string_equal(value(fixture, &old, "currency"), "LTC");
    assert_string_equal(value(fixture, &old, "amount"), value(fixture, &new, "result.amount"));
    assert_string_not_equal(value(fixture, &old, "amount"), value(fixture, &old, "amount_usd"));
}

static void test_the_status_is_told_for_both_forms_of_the_id(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer made = create_v1(fixture, &shop, CREATE, FORM_BODY, "amount=5&shop_id=");
    const char *id = value(fixture, &made, "invoice_id");
    const char *forms[] = {id, arena_printf(fixture->arena, "INV-%s", id)};
    for (size_t i = 0; i < 2; i++) {
        struct answer answer = status_of(fixture, &shop, forms[i]);
        assert_answer(answer, 200, "{\"status\":\"success\",\"status_invoice\":\"created\"}");
    }
}

static void test_the_alias_of_2022_answers_the_same(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer answer =
        create_v1(fixture, &shop, "/api/v2/invoice/create", FORM_BODY, "amount=5&shop_id=");
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "status"), "success");
}

static void test_another_shops_invoice_does_not_exist(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    struct answer made = create_v1(fixture, &shop, CREATE, FORM_BODY, "amount=5&shop_id=");
    struct answer foreign = status_of(fixture, &other, value(fixture, &made, "invoice_id"));
    struct answer unknown = status_of(fixture, &other, "AAAAAAAA");
    assert_int_equal(foreign.status, 400);
    assert_string_equal(foreign.body, unknown.body);
}

static void test_refusals_carry_every_name_old_clients_look_for(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer no_key = post(fixture, CREATE, NULL, FORM_BODY, "amount=5");
    assert_answer(no_key, 401,
                  "{\"status\":\"error\",\"error\":\"Unauthenticated.\","
                  "\"message\":\"Unauthenticated.\"}");
    struct answer bad_key = post(fixture, CREATE, "Token nobody", FORM_BODY, "amount=5");
    assert_int_equal(bad_key.status, 401);
    struct answer no_amount = create_v1(fixture, &shop, CREATE, FORM_BODY, "shop_id=");
    assert_answer(no_amount, 400,
                  "{\"status\":\"error\",\"error\":\"amount not passed.\","
                  "\"message\":\"amount not passed.\"}");
    struct answer crumb =
        create_v1(fixture, &shop, CREATE, FORM_BODY, "currency=IDR&amount=87&shop_id=");
    assert_string_equal(value(fixture, &crumb, "error"),
                        "The smallest amount in LTC is 0.0000546 LTC.");
    struct answer no_uuid = status_of(fixture, &shop, "");
    assert_int_equal(no_uuid.status, 400);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_form_makes_an_invoice_and_the_answer_is_flat),
        TEST(test_the_amount_is_in_the_currency_beside_it),
        TEST(test_the_status_is_told_for_both_forms_of_the_id),
        TEST(test_the_alias_of_2022_answers_the_same),
        TEST(test_another_shops_invoice_does_not_exist),
        TEST(test_refusals_carry_every_name_old_clients_look_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
