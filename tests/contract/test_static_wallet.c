/* SPDX-License-Identifier: MIT */
/* Static wallets: one for each customer, and each payment into one is an invoice that the shop can
 * verify. */
#include <string.h>

#include "api_client.h"
#include "app/block_undo.h"
#include "app/ledger.h"
#include "app/reader_pool.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/rates.h"
#include "ports/store_delivery.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"

#define CREATE "/v2/invoice/static/create"

static const struct shop_row plain_shop = {.name = STR("Demo")};

static struct answer create(struct app_fixture *fixture, const struct fixture_shop *shop,
                            const char *members) {
    return post_as(
        fixture, shop, CREATE, JSON_BODY,
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\"%s}", shop->public_id, members));
}

static const char *address_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                              const char *identify) {
    struct answer answer =
        create(fixture, shop,
               arena_printf(fixture->arena, ",\"currency\":\"LTC\",\"identify\":\"%s\"", identify));
    assert_int_equal(answer.status, 200);
    return value(fixture, &answer, "result.address");
}

/* The newest invoice first, as the store has them. */
static struct invoice_row invoice_at(struct app_fixture *fixture, size_t place,
                                     size_t wanted_count) {
    struct store_conn *reader;
    const struct invoice_row *rows;
    size_t count;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    struct store_invoice_filter filter = {.limit = 100};
    assert_true(result_is_ok(store_invoice_list(reader, fixture->arena, &filter, &rows, &count)));
    reader_give(fixture->service.readers, reader);
    assert_int_equal(count, wanted_count);
    return place < count ? rows[place] : (struct invoice_row){0};
}

struct postbacks {
    const struct delivery_row *rows;
    size_t count;
};

static struct postbacks all_postbacks_of(struct app_fixture *fixture, int64_t invoice_id) {
    struct store_conn *reader;
    struct postbacks all;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(
        store_delivery_of_invoice(reader, fixture->arena, invoice_id, &all.rows, &all.count)));
    reader_give(fixture->service.readers, reader);
    return all;
}

static size_t postbacks_of(struct app_fixture *fixture, int64_t invoice_id) {
    struct postbacks all = all_postbacks_of(fixture, invoice_id);
    size_t standing = 0;
    for (size_t i = 0; i < all.count; i++) {
        standing += all.rows[i].state == DELIVERY_WITHDRAWN ? 0 : 1;
    }
    return standing;
}

/* What info says of a member. */
static const char *of(struct app_fixture *fixture, const struct fixture_shop *shop, int64_t id,
                      const char *member) {
    struct str public_id = app_invoice_public_id(fixture->arena, &fixture->app, id);
    struct answer answer =
        post_as(fixture, shop, "/v2/invoice/merchant/info", JSON_BODY,
                arena_printf(fixture->arena, "{\"uuids\":[\"INV-%.*s\"]}", STR_ARG(public_id)));
    return value(fixture, &answer, arena_printf(fixture->arena, "result.0.%s", member));
}

static void test_a_wallet_is_answered_in_full(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct answer answer =
        create(fixture, &shop, ",\"currency\":\" ltc\",\"identify\":\"customer-7\"");
    const char *uuid = value(fixture, &answer, "result.uuid");
    assert_int_equal(strlen(uuid), 32);
    assert_int_equal(strspn(uuid, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 32);
    const char *expected = arena_printf(
        fixture->arena,
        "{\"status\":\"success\",\"result\":{\"currency\":{\"id\":2,\"code\":\"LTC\","
        "\"short_code\":\"LTC\",\"obj_network\":{\"code\":\"LTC\",\"id\":2,"
        "\"icon\":\"https://pay.example/img/network/LTC.svg\",\"fullname\":\"Litecoin\"},"
        "\"name\":\"Litecoin\",\"is_email_required\":false,\"stablecoin\":false,"
        "\"icon_base\":\"https://pay.example/img/currency/LTC.svg\",\"icon_network\":\"None\","
        "\"icon_qr\":\"https://pay.example/img/stroke/LTC_STROKE.svg\",\"order\":8,"
        "\"enable\":true},\"address\":\"rltc1q6rz28mcfaxtmd6v789l9rrlrusdprr9puuzgkg\","
        "\"uuid\":\"%s\"}}",
        uuid);
    assert_answer(answer, 200, expected);
}

static void test_the_same_customer_gets_the_same_wallet(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &plain_shop);
    struct answer first = create(fixture, &shop, ",\"currency\":\"LTC\",\"identify\":\"7\"");
    static const char *const same[] = {
        ",\"currency\":\"LTC\",\"identify\":7",
        ",\"currency\":\"LTC\",\"identity\":\"7\"",
        ",\"currency\":\"ltc\",\"identify\":\"7\",\"identity\":\"8\",\"more\":[1]",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_string_equal(create(fixture, &shop, same[i]).body, first.body);
    }
    struct answer form =
        post_as(fixture, &shop, CREATE, FORM_BODY,
                arena_printf(fixture->arena, "shop_id=%s&currency=LTC&identify=7", shop.public_id));
    assert_string_equal(form.body, first.body);
    const char *address = value(fixture, &first, "result.address");
    assert_string_not_equal(address_of(fixture, &shop, "8"), address);
    assert_string_not_equal(address_of(fixture, &other, "7"), address);
}

static void test_what_is_missing_or_wrong_is_told(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    static const struct {
        const char *members;
        const char *sentence;
    } rows[] = {
        {",\"identify\":\"7\"", "currency is required"},
        {",\"currency\":\"LTC\"", "identify is required"},
        {",\"currency\":\"LTC\",\"identify\":\"\"", "identify is required"},
        {",\"currency\":\"XYZ\",\"identify\":\"7\"", "Invalid value currency"},
        {",\"currency\":\"BTC\",\"identify\":\"7\"", "This currency is not available."},
        {",\"currency\":\"LTC\",\"identify\":[7]", "Invalid value identify"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = create(fixture, &shop, rows[i].members);
        assert_refused(fixture, &answer, "validate_error", rows[i].sentence);
    }
    struct answer none = post_as(fixture, &shop, CREATE, JSON_BODY, "{\"currency\":\"LTC\"}");
    assert_refused(fixture, &none, "validate_error", "shop_id is required");
    struct answer foreign =
        post_as(fixture, &shop, CREATE, JSON_BODY,
                "{\"shop_id\":\"AAAAAAAAAAAAAAAA\",\"currency\":\"LTC\",\"identify\":\"7\"}");
    assert_refused(fixture, &foreign, "shop_id", "Shop not found.");
    struct answer broken = post_as(fixture, &shop, CREATE, JSON_BODY, "{");
    assert_int_equal(broken.status, 400);
}

static void test_each_payment_is_a_paid_invoice_with_one_postback(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    const char *address = address_of(fixture, &shop, "customer-7");
    (void)invoice_at(fixture, 0, 0);
    struct fixture_payment both[] = {{address, "0.25"}, {address, "0.00000001"}};
    fixture_mine(fixture, both, 2);
    struct invoice_row crumb = invoice_at(fixture, 0, 2);
    struct invoice_row sum = invoice_at(fixture, 1, 2);
    assert_string_equal(of(fixture, &shop, sum.id, "status"), "paid");
    assert_string_equal(of(fixture, &shop, sum.id, "invoice_status"), "success");
    assert_string_equal(of(fixture, &shop, sum.id, "order_id"), "customer-7");
    assert_string_equal(of(fixture, &shop, sum.id, "address"), address);
    assert_string_equal(of(fixture, &shop, sum.id, "received"), "0.25");
    assert_string_equal(of(fixture, &shop, sum.id, "received_usd"), "25.0");
    assert_string_equal(of(fixture, &shop, sum.id, "amount"), "0.25");
    assert_string_equal(of(fixture, &shop, sum.id, "amount_usd"), "25.0");
    assert_string_equal(of(fixture, &shop, sum.id, "to_surcharge"), "0.0");
    assert_string_equal(of(fixture, &shop, crumb.id, "status"), "paid");
    assert_string_equal(of(fixture, &shop, crumb.id, "received"), "0.00000001");
    assert_string_equal(of(fixture, &shop, crumb.id, "amount_usd"), "0.0");
    assert_int_equal(postbacks_of(fixture, sum.id), 1);
    assert_int_equal(postbacks_of(fixture, crumb.id), 1);
    struct fixture_payment later = {address, "1"};
    fixture_mine(fixture, &later, 1);
    struct invoice_row third = invoice_at(fixture, 0, 3);
    assert_string_equal(of(fixture, &shop, third.id, "received"), "1.0");
    assert_string_equal(of(fixture, &shop, sum.id, "received"), "0.25");
}

/* Else a shop that ignores repeats would ignore the second payment. */
static void test_each_payment_is_told_under_a_key_of_its_own(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    const char *address = address_of(fixture, &shop, "customer-7");
    struct fixture_payment both[] = {{address, "0.25"}, {address, "0.25"}};
    fixture_mine(fixture, both, 2);
    struct postbacks one = all_postbacks_of(fixture, invoice_at(fixture, 0, 2).id);
    struct postbacks two = all_postbacks_of(fixture, invoice_at(fixture, 1, 2).id);
    assert_memory_not_equal(one.rows[0].key, two.rows[0].key, DELIVERY_KEY_BYTES);
}

static void test_fees_are_taken_from_what_came(void **state) {
    struct app_fixture *fixture = *state;
    struct shop_row wanted = plain_shop;
    wanted.transfer_fee = STR("1USD");
    wanted.service_fee = STR("1%");
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
    const char *address = address_of(fixture, &shop, "customer-7");
    struct fixture_payment both[] = {{address, "0.5"}, {address, "0.00000001"}};
    fixture_mine(fixture, both, 2);
    struct invoice_row crumb = invoice_at(fixture, 0, 2);
    struct invoice_row sum = invoice_at(fixture, 1, 2);
    assert_string_equal(of(fixture, &shop, sum.id, "status"), "paid");
    assert_string_equal(of(fixture, &shop, sum.id, "amount_to_pay"), "0.5");
    assert_string_equal(of(fixture, &shop, sum.id, "amount_paid"), "0.5");
    assert_string_equal(of(fixture, &shop, sum.id, "received_usd"), "48.5");
    assert_string_equal(of(fixture, &shop, crumb.id, "status"), "paid");
}

static struct result find_nothing(struct rates *rates, struct arena *arena,
                                  const struct asset *base, const struct asset *quote,
                                  struct rate_answer *ret_answer) {
    (void)rates, (void)arena, (void)base, (void)quote, (void)ret_answer;
    return result_fail(&ERR_RATE_MISSING);
}

static void test_money_is_credited_without_a_rate_too(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    assert_true(result_is_ok(
        confirmation_tiers_from_text(STR("1 3@1000USD"), &fixture->ltc.confirmations)));
    const char *address = address_of(fixture, &shop, "customer-7");
    static const struct rates_ops no_ops = {.find = find_nothing};
    struct rates none = {.ops = &no_ops};
    struct rates *rates = fixture->app.rates;
    fixture->app.rates = &none;
    struct fixture_payment payment = {address, "0.5"};
    fixture_mine(fixture, &payment, 1);
    fixture->app.rates = rates;
    struct invoice_row receipt = invoice_at(fixture, 0, 1);
    /* Nobody knows what it is worth: it waits as long as the largest sum. */
    assert_string_equal(of(fixture, &shop, receipt.id, "status"), "created");
    fixture_mine(fixture, NULL, 0);
    fixture_mine(fixture, NULL, 0);
    assert_string_equal(of(fixture, &shop, receipt.id, "status"), "paid");
    assert_string_equal(of(fixture, &shop, receipt.id, "received"), "0.5");
    assert_string_equal(of(fixture, &shop, receipt.id, "received_usd"), "0.0");
    assert_int_equal(postbacks_of(fixture, receipt.id), 1);
    struct answer page = ask(
        fixture,
        arena_printf(fixture->arena, "GET /%.*s HTTP/1.1\r\nHost: pay.example\r\n\r\n",
                     STR_ARG(app_invoice_public_id(fixture->arena, &fixture->app, receipt.id))));
    assert_int_equal(page.status, 200);
}

static void test_the_list_has_receipts_and_another_shop_does_not_see_them(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &plain_shop);
    struct fixture_payment payment = {address_of(fixture, &shop, "customer-7"), "0.5"};
    fixture_mine(fixture, &payment, 1);
    static const char day[] = "{\"start\":\"04.03.2027\",\"end\":\"04.03.2027\"}";
    struct answer list = post_as(fixture, &shop, "/v2/invoice/merchant/list", JSON_BODY, day);
    assert_string_equal(value(fixture, &list, "all_count"), "1");
    assert_string_equal(value(fixture, &list, "result.0.order_id"), "customer-7");
    struct answer none = post_as(fixture, &other, "/v2/invoice/merchant/list", JSON_BODY, day);
    assert_string_equal(value(fixture, &none, "all_count"), "0");
    struct answer sums = post_as(fixture, &shop, "/v2/invoice/merchant/statistics", JSON_BODY, day);
    assert_string_equal(value(fixture, &sums, "result.count.paid"), "1");
    assert_string_equal(value(fixture, &sums, "result.amount.paid"), "50.0");
}

static void test_a_receipt_cannot_be_canceled_nor_chosen_anew(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct fixture_payment payment = {address_of(fixture, &shop, "customer-7"), "0.5"};
    fixture_mine(fixture, &payment, 1);
    struct invoice_row receipt = invoice_at(fixture, 0, 1);
    struct block_undo undo = {.network = fixture->ltc.network,
                              .tip = {fixture->height, fixture->tip}};
    fixture_run(fixture, &block_undo_use_case, &undo);
    assert_string_equal(of(fixture, &shop, receipt.id, "status"), "created");
    assert_int_equal(postbacks_of(fixture, receipt.id), 0);
    struct str id = app_invoice_public_id(fixture->arena, &fixture->app, receipt.id);
    struct answer cancel =
        post_as(fixture, &shop, "/v2/invoice/merchant/canceled", JSON_BODY,
                arena_printf(fixture->arena, "{\"uuid\":\"%.*s\"}", STR_ARG(id)));
    assert_refused(fixture, &cancel, "validate_error", "Invoice is not created");
    struct answer page =
        ask(fixture, arena_printf(fixture->arena, "GET /%.*s HTTP/1.1\r\nHost: pay.example\r\n\r\n",
                                  STR_ARG(id)));
    assert_int_equal(page.status, 200);
    assert_null(strstr(page.body, "name=\"asset\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_wallet_is_answered_in_full),
        TEST(test_the_same_customer_gets_the_same_wallet),
        TEST(test_what_is_missing_or_wrong_is_told),
        TEST(test_each_payment_is_a_paid_invoice_with_one_postback),
        TEST(test_each_payment_is_told_under_a_key_of_its_own),
        TEST(test_fees_are_taken_from_what_came),
        TEST(test_money_is_credited_without_a_rate_too),
        TEST(test_the_list_has_receipts_and_another_shop_does_not_see_them),
        TEST(test_a_receipt_cannot_be_canceled_nor_chosen_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
