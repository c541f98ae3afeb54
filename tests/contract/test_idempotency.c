/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <stdio.h>
#include <string.h>

#include "app/idempotency.h"
#include "app/invoice_list.h"
#include "base/arena.h"
#include "support/raw_client.h"
#include "workers/upkeep_worker.h"

enum { AT_ONCE = 100, REPLY_WAIT_MS = 20000 };

#define CREATE    "/v2/invoice/create"
#define V1_CREATE "/v1/invoice/create"
#define FIFTY     "{\"shop_id\":\"%s\",\"amount\":50,\"add_fields\":{\"cryptocurrency\":\"LTC\"}}"
#define OTHER_BODY                                                                                 \
    "{\"detail\":\"the idempotency key was used with another request\",\"status\":\"error\","      \
    "\"result\":{\"validate_error\":\"the idempotency key was used with another request\"}}"
#define KEY_SENTENCE "An Idempotency-Key has 1 to 255 printable ASCII characters."

static const struct shop_row wanted_shop = {.name = STR("Demo")};

static const char *request_text(struct app_fixture *fixture, const struct fixture_shop *shop,
                                const char *path, const char *key, const char *body) {
    return arena_printf(fixture->arena,
                        "POST %s HTTP/1.1\r\nHost: pay.example\r\nAuthorization: Token %s\r\n"
                        "Idempotency-Key: %s\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        path, shop->api_key, key, strlen(body), body);
}

static struct answer create_once(struct app_fixture *fixture, const struct fixture_shop *shop,
                                 const char *key, const char *body) {
    return ask(fixture, request_text(fixture, shop, CREATE, key, body));
}

static const char *fifty_of(struct app_fixture *fixture, const struct fixture_shop *shop) {
    return arena_printf(fixture->arena, FIFTY, shop->public_id);
}

static int64_t invoices_of(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct store_conn *reader;
    struct invoice_list list;
    struct invoice_list_wanted wanted = {
        .shop_id = shop->id, .days = INVOICE_LIST_ALL_DAYS, .limit = 1};
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(invoice_list_load(reader, fixture->arena, &wanted, &list)));
    reader_give(fixture->service.readers, reader);
    return list.total;
}

static void test_the_same_call_gets_the_same_answer(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = create_once(fixture, &shop, "order-1", body);
    assert_int_equal(first.status, 200);
    atomic_fetch_add(&fixture->now_ms, 5000);
    struct answer again = create_once(fixture, &shop, "order-1", body);
    assert_answer(again, 200, first.body);
    assert_int_equal(invoices_of(fixture, &shop), 1);
    struct answer other_key = create_once(fixture, &shop, "order-2", body);
    assert_int_equal(other_key.status, 200);
    assert_string_not_equal(other_key.body, first.body);
    assert_int_equal(invoices_of(fixture, &shop), 2);
}

/* The answer tells of the moment of the call, not of now. */
static void test_a_repeat_says_created_even_of_a_canceled_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = create_once(fixture, &shop, "order-1", body);
    struct answer canceled = post_as(
        fixture, &shop, "/v2/invoice/merchant/canceled", JSON_BODY,
        arena_printf(fixture->arena, "{\"uuid\":\"%s\"}", value(fixture, &first, "result.uuid")));
    assert_int_equal(canceled.status, 200);
    struct answer again = create_once(fixture, &shop, "order-1", body);
    assert_answer(again, 200, first.body);
}

static void test_another_body_under_the_same_key_is_refused(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    (void)create_once(fixture, &shop, "order-1", fifty_of(fixture, &shop));
    struct answer other = create_once(
        fixture, &shop, "order-1",
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\",\"amount\":51}", shop.public_id));
    assert_answer(other, 409, OTHER_BODY);
    other = create_once(fixture, &shop, "order-1", "not even JSON");
    assert_answer(other, 409, OTHER_BODY);
    assert_int_equal(invoices_of(fixture, &shop), 1);
}

static void test_a_key_belongs_to_its_shop(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop mine = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_bare_shop(fixture, &wanted_shop);
    struct answer first = create_once(fixture, &mine, "order-1", fifty_of(fixture, &mine));
    assert_int_equal(first.status, 200);
    /* The very same request by another shop is refused as it always is, and hears nothing. */
    struct answer stolen = create_once(fixture, &other, "order-1", fifty_of(fixture, &mine));
    assert_refused(fixture, &stolen, "shop_id", "Shop not found.");
    struct answer wrong_key = ask(
        fixture, arena_printf(fixture->arena,
                              "POST " CREATE " HTTP/1.1\r\nHost: x\r\nAuthorization: Token x\r\n"
                              "Idempotency-Key: order-1\r\nContent-Length: 0\r\n\r\n"));
    assert_int_equal(wrong_key.status, 403);
}

static void test_every_key_of_a_shop_repeats_what_another_began(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = create_once(fixture, &shop, "order-1", body);
    struct fixture_shop same = shop;
    (void)snprintf(same.api_key, sizeof same.api_key, "%s",
                   fixture_add_key(fixture, &shop, KEY_SCOPE_CREATE, NULL));
    struct answer again = create_once(fixture, &same, "order-1", body);
    assert_answer(again, 200, first.body);
}

static void test_a_refused_call_leaves_its_key_free(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer refused = create_once(
        fixture, &shop, "order-1",
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\",\"amount\":0}", shop.public_id));
    assert_refused(fixture, &refused, "amount", "Invalid value amount.");
    struct answer made = create_once(fixture, &shop, "order-1", fifty_of(fixture, &shop));
    assert_int_equal(made.status, 200);
}

static char *repeated(struct app_fixture *fixture, char c, size_t count) {
    char *text = arena_alloc(fixture->arena, count + 1);
    memset(text, c, count);
    text[count] = '\0';
    return text;
}

static void test_a_key_has_1_to_255_printable_characters(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer longest = create_once(fixture, &shop, repeated(fixture, '~', 255), body);
    assert_int_equal(longest.status, 200);
    struct answer again = create_once(fixture, &shop, repeated(fixture, '~', 255), body);
    assert_answer(again, 200, longest.body);
    const char *const bad[] = {repeated(fixture, '~', 256), repeated(fixture, 'a', 4000), "",
                               "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer refused = create_once(fixture, &shop, bad[i], body);
        assert_refused(fixture, &refused, "idempotency_key", KEY_SENTENCE);
    }
    assert_int_equal(invoices_of(fixture, &shop), 1);
}

static void test_without_a_key_every_call_makes_an_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = post_as(fixture, &shop, CREATE, JSON_BODY, body);
    struct answer second = post_as(fixture, &shop, CREATE, JSON_BODY, body);
    assert_string_not_equal(value(fixture, &first, "result.uuid"),
                            value(fixture, &second, "result.uuid"));
}

static void test_the_old_api_keeps_the_promise_in_its_own_words(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = ask(fixture, request_text(fixture, &shop, V1_CREATE, "order-1", body));
    assert_int_equal(first.status, 200);
    struct answer again = ask(fixture, request_text(fixture, &shop, V1_CREATE, "order-1", body));
    assert_answer(again, 200, first.body);
    struct answer other = create_once(fixture, &shop, "order-1", body);
    assert_answer(other, 409, OTHER_BODY);
    other = ask(fixture, request_text(fixture, &shop, V1_CREATE, "order-1", "{}"));
    assert_answer(other, 409,
                  "{\"status\":\"error\",\"error\":\"the idempotency key was used with another "
                  "request\",\"message\":\"the idempotency key was used with another request\"}");
}

/* ---- a hundred at once */

static const char *body_of_reply(struct app_fixture *fixture, struct raw_client *client) {
    struct raw_reply reply;
    assert_true(raw_read_reply(client, false, REPLY_WAIT_MS, &reply));
    assert_int_equal(reply.status, 200);
    const char *body = arena_printf(fixture->arena, "%s", reply.body);
    raw_reply_free(&reply);
    return body;
}

static void test_of_a_hundred_at_once_one_makes_the_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *text = request_text(fixture, &shop, CREATE, "order-1", fifty_of(fixture, &shop));
    static struct raw_client clients[AT_ONCE];
    for (size_t i = 0; i < AT_ONCE; i++) {
        raw_connect(&clients[i], fixture->port);
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
        assert_true(raw_send_text(&clients[i], text));
    }
    const char *first = body_of_reply(fixture, &clients[0]);
    for (size_t i = 1; i < AT_ONCE; i++) {
        assert_string_equal(body_of_reply(fixture, &clients[i]), first);
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
        raw_close(&clients[i]);
    }
    assert_int_equal(invoices_of(fixture, &shop), 1);
    assert_int_equal(atomic_load(&fixture->counters.invoices_created), 1);
}

/* ---- the end of the day */

static void test_a_key_is_kept_for_a_day(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct upkeep_worker *upkeep = upkeep_worker_new(&fixture->app);
    const char *body = fifty_of(fixture, &shop);
    struct answer first = create_once(fixture, &shop, "order-1", body);
    atomic_fetch_add(&fixture->now_ms, IDEMPOTENCY_KEPT_MS);
    upkeep_worker_step(upkeep);
    struct answer again = create_once(fixture, &shop, "order-1", body);
    assert_answer(again, 200, first.body);
    atomic_fetch_add(&fixture->now_ms, 60 * 1000);
    upkeep_worker_step(upkeep);
    again = create_once(fixture, &shop, "order-1", body);
    assert_int_equal(again.status, 200);
    assert_string_not_equal(again.body, first.body);
    assert_int_equal(invoices_of(fixture, &shop), 2);
    upkeep_worker_free(upkeep);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_call_gets_the_same_answer),
        TEST(test_a_repeat_says_created_even_of_a_canceled_invoice),
        TEST(test_another_body_under_the_same_key_is_refused),
        TEST(test_a_key_belongs_to_its_shop),
        TEST(test_every_key_of_a_shop_repeats_what_another_began),
        TEST(test_a_refused_call_leaves_its_key_free),
        TEST(test_a_key_has_1_to_255_printable_characters),
        TEST(test_without_a_key_every_call_makes_an_invoice),
        TEST(test_the_old_api_keeps_the_promise_in_its_own_words),
        TEST(test_of_a_hundred_at_once_one_makes_the_invoice),
        TEST(test_a_key_is_kept_for_a_day),
    };
    return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}
