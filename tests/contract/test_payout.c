/* SPDX-License-Identifier: MIT */
/* Payouts as shops' programs ask for them. */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"
#include "support/json_find.h"

#define OUT "/v2/invoice/api/out/create"

static const struct shop_row wanted_shop = {.name = STR("Demo")};

/* A shop with an account key and an address to send to. */
struct sender {
    struct fixture_shop shop;
    const char *key;
    const char *address;
};

static struct sender a_sender(struct app_fixture *fixture) {
    struct sender sender = {.shop = fixture_add_shop(fixture, &wanted_shop)};
    struct answer made = create_as(fixture, &sender.shop, FORM_BODY,
                                   "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    sender.key = fixture_add_key(fixture, &sender.shop, KEY_SCOPE_PAYOUT, NULL);
    sender.address = value(fixture, &made, "result.address");
    return sender;
}

static struct answer ask_with(struct app_fixture *fixture, const char *key, const char *type,
                              const char *body) {
    return post(fixture, OUT, arena_printf(fixture->arena, "Token %s", key), type, body);
}

static struct answer ask_for(struct app_fixture *fixture, const struct sender *sender,
                             const char *currency, const char *address, const char *amount) {
    const char *body = arena_printf(
        fixture->arena, "{\"currency_code\":\"%s\",\"to_address\":\"%s\",\"amount\":%s}", currency,
        address, amount);
    return ask_with(fixture, sender->key, JSON_BODY, body);
}

static void test_a_payout_is_recorded_and_answered_in_both_words(void **state) {
    struct app_fixture *fixture = *state;
    struct sender sender = a_sender(fixture);
    struct answer answer = ask_for(fixture, &sender, "ltc ", sender.address, "\"0.50\"");
    assert_int_equal(answer.status, 200);
    static const char *const objects[] = {"result", "data"};
    for (size_t i = 0; i < 2; i++) {
        const char *object = objects[i];
        const char *id =
            value(fixture, &answer, arena_printf(fixture->arena, "%s.invoice_id", object));
        assert_int_equal(strlen(id), strlen("INV-K7Q2M9XD"));
        assert_memory_equal(id, "INV-", 4);
        assert_string_equal(
            value(fixture, &answer, arena_printf(fixture->arena, "%s.uuid", object)), id);
        assert_string_equal(
            value(fixture, &answer, arena_printf(fixture->arena, "%s.status", object)), "created");
        assert_string_equal(
            value(fixture, &answer, arena_printf(fixture->arena, "%s.currency", object)), "LTC");
        assert_string_equal(
            value(fixture, &answer, arena_printf(fixture->arena, "%s.amount", object)), "0.5");
    }
    /* It is no invoice, whatever its name. */
    struct answer info = post_as(fixture, &sender.shop, "/v2/invoice/merchant/info", JSON_BODY,
                                 arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}",
                                              value(fixture, &answer, "result.uuid")));
    assert_answer(info, 200, "{\"status\":\"success\",\"result\":[]}");
}

static void test_what_is_missing_or_wrong_has_its_key(void **state) {
    struct app_fixture *fixture = *state;
    struct sender sender = a_sender(fixture);
    static const char *const missing[][2] = {
        {"", "currency_code not passed."},
        {"currency_code=LTC", "to_address not passed."},
        {"currency_code=LTC&to_address=x", "amount not passed."},
    };
    for (size_t i = 0; i < 3; i++) {
        struct answer answer = ask_with(fixture, sender.key, FORM_BODY, missing[i][0]);
        assert_refused(fixture, &answer, "required_parameter", missing[i][1]);
    }
    static const char *const amounts[] = {"0", "\"-1\"", "\"much\"", "0.000000001", "0.00000001"};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        struct answer answer = ask_for(fixture, &sender, "LTC", sender.address, amounts[i]);
        assert_refused(fixture, &answer, "uncorrected_amount", "Invalid amount.");
    }
    static const char *const currencies[] = {"GOLD", "USD", "BTC", "ETH"};
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
        struct answer answer = ask_for(fixture, &sender, currencies[i], sender.address, "1");
        assert_refused(fixture, &answer, "currency_code", "Invalid currency code.");
    }
    static const char *const addresses[] = {"x", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                                            "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct answer answer = ask_for(fixture, &sender, "LTC", addresses[i], "1");
        assert_refused(fixture, &answer, "network",
                       "The address is not valid in this currency's network.");
    }
}

/* 0.1 + 0.2 and 0.7 - 0.4, as a client's floating point has them. */
static void test_the_noise_of_a_float_is_rounded_away(void **state) {
    struct app_fixture *fixture = *state;
    static const char *const sums[] = {"0.30000000000000004", "0.29999999999999993"};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        struct sender sender = a_sender(fixture);
        struct answer answer = ask_for(fixture, &sender, "LTC", sender.address, sums[i]);
        assert_int_equal(answer.status, 200);
        assert_string_equal(value(fixture, &answer, "result.amount"), "0.3");
    }
}

static void test_a_key_asks_once_in_twelve_seconds(void **state) {
    struct app_fixture *fixture = *state;
    struct sender sender = a_sender(fixture);
    assert_int_equal(ask_for(fixture, &sender, "LTC", sender.address, "1").status, 200);
    fixture->now_ms += 11999;
    struct answer soon = ask_for(fixture, &sender, "LTC", sender.address, "1");
    assert_refused(fixture, &soon, "rate_limit", "One request per 12 seconds.");
    struct sender other = a_sender(fixture);
    assert_int_equal(ask_for(fixture, &other, "LTC", other.address, "1").status, 200);
    fixture->now_ms += 1;
    assert_int_equal(ask_for(fixture, &sender, "LTC", sender.address, "1").status, 200);
}

static struct answer ask_once(struct app_fixture *fixture, const struct sender *sender,
                              const char *once, const char *amount) {
    const char *body = arena_printf(
        fixture->arena, "{\"currency_code\":\"LTC\",\"to_address\":\"%s\",\"amount\":%s}",
        sender->address, amount);
    return ask(fixture,
               arena_printf(fixture->arena,
                            "POST " OUT " HTTP/1.1\r\nHost: pay.example\r\n"
                            "Authorization: Token %s\r\nIdempotency-Key: %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            sender->key, once, strlen(body), body));
}

static void test_a_payout_that_is_asked_for_again_is_the_same_one(void **state) {
    struct app_fixture *fixture = *state;
    struct sender sender = a_sender(fixture);
    struct answer first = ask_once(fixture, &sender, "refund-7", "1");
    assert_int_equal(first.status, 200);
    /* Within the twelve seconds, too: nothing new is asked for. */
    struct answer again = ask_once(fixture, &sender, "refund-7", "1");
    assert_answer(again, 200, first.body);
    assert_int_equal(ask_once(fixture, &sender, "refund-7", "2").status, 409);
    struct answer soon = ask_once(fixture, &sender, "refund-8", "1");
    assert_refused(fixture, &soon, "rate_limit", "One request per 12 seconds.");
    fixture->now_ms += 12000;
    struct answer next = ask_once(fixture, &sender, "refund-8", "1");
    assert_int_equal(next.status, 200);
    assert_string_not_equal(next.body, first.body);
}

static void test_an_account_key_is_good_for_payouts_only_and_no_other_key_is(void **state) {
    struct app_fixture *fixture = *state;
    struct sender sender = a_sender(fixture);
    const char *body =
        arena_printf(fixture->arena, "currency_code=LTC&to_address=%s&amount=1", sender.address);
    static const enum key_scope scopes[] = {KEY_SCOPE_ALL, KEY_SCOPE_READ, KEY_SCOPE_CREATE};
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        const char *key = fixture_add_key(fixture, &sender.shop, scopes[i], NULL);
        assert_int_equal(ask_with(fixture, key, FORM_BODY, body).status, 403);
    }
    assert_int_equal(post(fixture, OUT, NULL, FORM_BODY, body).status, 400);
    const char *authorization = arena_printf(fixture->arena, "Token %s", sender.key);
    static const char *const paths[] = {"/v2/invoice/create", "/v2/invoice/merchant/info",
                                        "/v2/invoice/merchant/canceled",
                                        "/v2/merchant/wallet/balance/all"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(post(fixture, paths[i], authorization, FORM_BODY, "amount=1").status, 403);
    }
    assert_int_equal(ask_with(fixture, sender.key, FORM_BODY, body).status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_payout_is_recorded_and_answered_in_both_words),
        TEST(test_what_is_missing_or_wrong_has_its_key),
        TEST(test_the_noise_of_a_float_is_rounded_away),
        TEST(test_a_key_asks_once_in_twelve_seconds),
        TEST(test_a_payout_that_is_asked_for_again_is_the_same_one),
        TEST(test_an_account_key_is_good_for_payouts_only_and_no_other_key_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
