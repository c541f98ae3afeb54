/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "support/json_find.h"

#define INFO   "/v2/invoice/merchant/info"
#define CANCEL "/v2/invoice/merchant/canceled"

static const struct shop_row wanted_shop = {
    .name = STR("Demo"),
    .success_url = STR("https://shop.example/ok?a=b"),
};

/* An invoice of 50 USD, 0.5 LTC. */
struct made {
    const char *uuid; /* with INV- */
    const char *address;
};

static struct made make(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY,
                  "shop_id=@&amount=50&order_id=order-55&add_fields[cryptocurrency]=LTC");
    assert_int_equal(answer.status, 200);
    return (struct made){value(fixture, &answer, "result.uuid"),
                         value(fixture, &answer, "result.address")};
}

static struct answer info_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                             const char *uuid) {
    return post_as(fixture, shop, INFO, JSON_BODY,
                   arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}", uuid));
}

static void assert_value(struct app_fixture *fixture, const struct answer *answer, const char *path,
                         const char *expected) {
    assert_string_equal(value(fixture, answer, path), expected);
}

/* ---- info */

static void test_info_tells_everything_about_a_new_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make(fixture, &shop);
    struct answer answer = info_of(fixture, &shop, made.uuid);
    assert_int_equal(answer.status, 200);
    static const char *const rows[][2] = {
        {"status", "success"},
        {"result.0.status", "created"},
        {"result.0.invoice_status", "created"},
        {"result.0.order_id", "order-55"},
        {"result.0.amount", "0.5"},
        {"result.0.amount_in_crypto", "0.5"},
        {"result.0.amount_paid", "0.0"},
        {"result.0.received_usd", "0.0"},
        {"result.0.to_surcharge", "0.5"},
        {"result.0.to_surcharge_usd", "50.0"},
        {"result.0.date_finished", "null"},
        {"result.0.currency.fullcode", "LTC"},
        {"result.0.project.fail", ""},
        {"result.0.test_mode", "false"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_value(fixture, &answer, rows[i][0], rows[i][1]);
    }
    assert_value(fixture, &answer, "result.0.uuid", made.uuid);
    assert_value(fixture, &answer, "result.0.address", made.address);
    assert_value(fixture, &answer, "result.0.project.success",
                 arena_printf(fixture->arena,
                              "https://shop.example/ok?a=b&order_id=order-55&invoice_uuid=%s",
                              made.uuid));
}

static void test_a_payment_in_a_block_is_a_success(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make(fixture, &shop);
    fixture_mine(fixture, &(struct fixture_payment){made.address, "0.5"}, 1);
    struct answer answer = info_of(fixture, &shop, made.uuid);
    static const char *const rows[][2] = {
        {"result.0.status", "paid"},
        {"result.0.invoice_status", "success"},
        {"result.0.amount_paid", "0.5"},
        {"result.0.amount_paid_usd", "50.0"},
        {"result.0.received", "0.5"},
        {"result.0.to_surcharge", "0.0"},
        {"result.0.date_finished", "2027-03-04 09:15:00.120000"},
        {"result.0.tx_list.0", "0000000100000000000000000000000000000000000000000000000000000002"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_value(fixture, &answer, rows[i][0], rows[i][1]);
    }
}

static void test_too_little_and_too_much_have_their_words(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make(fixture, &shop);
    fixture_mine(fixture, &(struct fixture_payment){made.address, "0.2"}, 1);
    struct answer answer = info_of(fixture, &shop, made.uuid);
    assert_value(fixture, &answer, "result.0.status", "partial");
    assert_value(fixture, &answer, "result.0.invoice_status", "partial");
    assert_value(fixture, &answer, "result.0.to_surcharge", "0.3");
    assert_value(fixture, &answer, "result.0.to_surcharge_usd", "30.0");
    fixture_mine(fixture, &(struct fixture_payment){made.address, "0.4"}, 1);
    answer = info_of(fixture, &shop, made.uuid);
    assert_value(fixture, &answer, "result.0.status", "overpaid");
    assert_value(fixture, &answer, "result.0.invoice_status", "success");
    assert_value(fixture, &answer, "result.0.amount_paid", "0.6");
    assert_value(fixture, &answer, "result.0.amount_paid_usd", "60.0");
    assert_value(fixture, &answer, "result.0.tx_list.1",
                 "0000000100000000000000000000000000000000000000000000000000000003");
}

static void test_a_rain_of_crumbs_is_counted_and_listed_in_part(void **state) {
    enum { CRUMBS = 5000 };
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make(fixture, &shop);
    struct fixture_payment *crumbs = ARENA_ARRAY(fixture->arena, struct fixture_payment, CRUMBS);
    for (size_t i = 0; i < CRUMBS; i++) {
        crumbs[i] = (struct fixture_payment){made.address, "0.0001"};
    }
    fixture_mine(fixture, crumbs, CRUMBS);
    struct answer answer = info_of(fixture, &shop, made.uuid);
    assert_int_equal(answer.status, 200);
    assert_value(fixture, &answer, "result.0.status", "paid");
    assert_value(fixture, &answer, "result.0.amount_paid", "0.5");
    (void)value(fixture, &answer, "result.0.tx_list.49");
    assert_null(json_find(fixture->arena, answer.body, "result.0.tx_list.50"));
}

static void test_ids_are_read_in_every_form(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuid = make(fixture, &shop).uuid;
    const char *bare = uuid + 4;
    char *lower = arena_copy(fixture->arena, bare, strlen(bare));
    for (char *c = lower; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    const char *const bodies[][2] = {
        {JSON_BODY, arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}", uuid)},
        {JSON_BODY, arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}", bare)},
        {JSON_BODY, arena_printf(fixture->arena, "{\"uuids\":\"%s\"}", uuid)},
        {JSON_BODY, arena_printf(fixture->arena, "{\"uuids\":[\" %s \"]}", uuid)},
        {JSON_BODY, arena_printf(fixture->arena, "{\"uuids\":[\"inv-%s\"]}", lower)},
        {FORM_BODY, arena_printf(fixture->arena, "uuids=%s", bare)},
        {FORM_BODY, arena_printf(fixture->arena, "uuids[]=%s", uuid)},
        {FORM_BODY, arena_printf(fixture->arena, "uuids%%5B%%5D=%s", uuid)},
        {FORM_BODY, arena_printf(fixture->arena, "uuids[0]=%s&shop_id=x", uuid)},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct answer answer = post_as(fixture, &shop, INFO, bodies[i][0], bodies[i][1]);
        assert_int_equal(answer.status, 200);
        assert_value(fixture, &answer, "result.0.uuid", uuid);
    }
}

static void test_answers_come_in_the_order_asked_and_strangers_are_absent(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    const char *first = make(fixture, &shop).uuid;
    const char *second = make(fixture, &shop).uuid;
    const char *foreign = make(fixture, &other).uuid;
    struct answer answer = post_as(
        fixture, &shop, INFO, FORM_BODY,
        arena_printf(fixture->arena,
                     "uuids[]=%s&uuids[]=INV-00000000&uuids[]=%s&uuids[]=nonsense&uuids[]=%s",
                     second, foreign, first));
    assert_value(fixture, &answer, "result.0.uuid", second);
    assert_value(fixture, &answer, "result.1.uuid", first);
    assert_null(strstr(answer.body, foreign));
    answer = info_of(fixture, &shop, foreign);
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[]}");
    answer = info_of(fixture, &shop, "INV-00000000");
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[]}");
}

static const char *many_uuids(struct app_fixture *fixture, size_t count, const char *uuid) {
    struct buf text = buf_in(fixture->arena);
    buf_puts(&text, "{\"uuids\":[");
    for (size_t i = 0; i < count; i++) {
        buf_putf(&text, "%s\"%s\"", i == 0 ? "" : ",", uuid);
    }
    buf_puts(&text, "]}");
    return str_to_c(fixture->arena, buf_str(&text));
}

static void test_a_hundred_ids_are_the_limit(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuid = make(fixture, &shop).uuid;
    struct answer answer = post_as(fixture, &shop, INFO, JSON_BODY, many_uuids(fixture, 100, uuid));
    assert_int_equal(answer.status, 200);
    assert_value(fixture, &answer, "result.99.uuid", uuid);
    answer = post_as(fixture, &shop, INFO, JSON_BODY, many_uuids(fixture, 101, uuid));
    assert_refused(fixture, &answer, "validate_error", "Max 100 uuids");
    answer = post_as(fixture, &shop, INFO, JSON_BODY, many_uuids(fixture, 3000, uuid));
    assert_refused(fixture, &answer, "validate_error", "Max 100 uuids");
}

static void test_info_without_ids_is_refused(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const bodies[] = {"", "{}", "{\"uuids\":null}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct answer answer = post_as(fixture, &shop, INFO, JSON_BODY, bodies[i]);
        assert_refused(fixture, &answer, "validate_error", "uuids is required");
    }
    struct answer answer = post_as(fixture, &shop, INFO, JSON_BODY, "{\"uuids\":[7]}");
    assert_refused(fixture, &answer, "validate_error", "Invalid value uuids");
}

/* ---- cancel */

static struct answer cancel_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                               const char *uuid) {
    return post_as(fixture, shop, CANCEL, JSON_BODY,
                   arena_printf(fixture->arena, "{\"uuid\":\"%s\"}", uuid));
}

static void test_a_created_invoice_is_canceled_once(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuid = make(fixture, &shop).uuid;
    struct answer answer = post_as(fixture, &shop, CANCEL, FORM_BODY,
                                   arena_printf(fixture->arena, "uuid=%s", uuid + 4));
    assert_answer(answer, 200, "{\"status\":\"success\",\"result\":[\"ok\"]}");
    answer = info_of(fixture, &shop, uuid);
    assert_value(fixture, &answer, "result.0.status", "canceled");
    assert_value(fixture, &answer, "result.0.invoice_status", "canceled");
    assert_value(fixture, &answer, "result.0.date_finished", "2027-03-04 09:15:00.120000");
    answer = cancel_of(fixture, &shop, uuid);
    assert_refused(fixture, &answer, "validate_error", "Invoice is not created");
}

static void test_an_invoice_with_money_is_not_canceled(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make(fixture, &shop);
    fixture_mine(fixture, &(struct fixture_payment){made.address, "0.1"}, 1);
    struct answer answer = cancel_of(fixture, &shop, made.uuid);
    assert_refused(fixture, &answer, "validate_error", "Invoice is not created");
}

static void test_anothers_invoice_cancels_like_an_unknown_one(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    const char *foreign = make(fixture, &other).uuid;
    struct answer unknown = cancel_of(fixture, &shop, "INV-00000000");
    struct answer answer = cancel_of(fixture, &shop, foreign);
    assert_refused(fixture, &answer, "validate_error", "Invoice not found");
    assert_answer(unknown, answer.status, answer.body);
    unknown = cancel_of(fixture, &shop, "no id at all");
    assert_answer(unknown, answer.status, answer.body);
    answer = info_of(fixture, &other, foreign);
    assert_value(fixture, &answer, "result.0.status", "created");
}

static void test_a_cancel_needs_an_id(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const char *const bodies[] = {"", "{}", "{\"uuid\":\"\"}", "{\"uuid\":null}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct answer answer = post_as(fixture, &shop, CANCEL, JSON_BODY, bodies[i]);
        assert_refused(fixture, &answer, "validate_error", "uuid is required");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_info_tells_everything_about_a_new_invoice),
        TEST(test_a_payment_in_a_block_is_a_success),
        TEST(test_too_little_and_too_much_have_their_words),
        TEST(test_a_rain_of_crumbs_is_counted_and_listed_in_part),
        TEST(test_ids_are_read_in_every_form),
        TEST(test_answers_come_in_the_order_asked_and_strangers_are_absent),
        TEST(test_a_hundred_ids_are_the_limit),
        TEST(test_info_without_ids_is_refused),
        TEST(test_a_created_invoice_is_canceled_once),
        TEST(test_an_invoice_with_money_is_not_canceled),
        TEST(test_anothers_invoice_cancels_like_an_unknown_one),
        TEST(test_a_cancel_needs_an_id),
    };
    return cmocka_run_group_tests_name("merchant_calls", tests, NULL, NULL);
}
