/* SPDX-License-Identifier: MIT */
/* The payer chooses what to pay with, by the buttons of the page, which work without its script. */
#include <string.h>

#include "api_client.h"
#include "base/arena.h"

enum { HOUR_MS = 3600 * 1000 };

static const struct shop_row plain_shop = {.name = STR("Demo")};

static struct fixture_shop two_coin_shop(struct app_fixture *fixture) {
    fixture_follow_btc(fixture);
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    fixture_add_wallet(fixture, &shop, "btc");
    return shop;
}

/* 50 USD are 0.5 LTC or 0.001 BTC. The bare id. */
static const char *make(struct app_fixture *fixture, const struct fixture_shop *shop,
                        const char *more) {
    struct answer answer = create_as(
        fixture, shop, FORM_BODY,
        arena_printf(fixture->arena,
                     "shop_id=@&amount=50&add_fields[time_to_pay][hours]=1&order_id=7%s", more));
    assert_int_equal(answer.status, 200);
    return value(fixture, &answer, "result.uuid") + strlen("INV-");
}

static struct answer page_of(struct app_fixture *fixture, const char *id, const char *rest) {
    return ask(fixture, arena_printf(fixture->arena,
                                     "GET /%s%s HTTP/1.1\r\nHost: pay.example\r\n\r\n", id, rest));
}

static struct answer choose_from(struct app_fixture *fixture, const char *id, const char *asset,
                                 const char *header) {
    size_t size = strlen("asset=") + strlen(asset);
    return ask(fixture, arena_printf(fixture->arena,
                                     "POST /%s/choose?lang=de HTTP/1.1\r\nHost: pay.example\r\n%s"
                                     "Content-Type: application/x-www-form-urlencoded\r\n"
                                     "Content-Length: %zu\r\n\r\nasset=%s",
                                     id, header, size, asset));
}

static struct answer choose(struct app_fixture *fixture, const char *id, const char *asset) {
    return choose_from(fixture, id, asset, "");
}

static bool says(const struct answer *answer, const char *text) {
    return strstr(answer->body, text) != NULL;
}

/* What info says of a member. */
static const char *of(struct app_fixture *fixture, const struct fixture_shop *shop, const char *id,
                      const char *member) {
    struct answer answer = post_as(fixture, shop, "/v2/invoice/merchant/info", JSON_BODY,
                                   arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}", id));
    return value(fixture, &answer, arena_printf(fixture->arena, "result.0.%s", member));
}

static void test_the_page_offers_a_button_for_each_coin(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    struct answer page = page_of(fixture, id, "");
    assert_true(says(&page, arena_printf(fixture->arena, "action=\"/%s/choose?lang=en\"", id)));
    assert_true(says(&page, "value=\"LTC\""));
    assert_true(says(&page, "<bdi>0.5 LTC</bdi></button>"));
    assert_true(says(&page, "value=\"BTC\""));
    assert_true(says(&page, "<bdi>0.001 BTC</bdi></button>"));
    assert_string_equal(of(fixture, &shop, id, "address"), "");
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "BTC");
    assert_string_equal(of(fixture, &shop, id, "amount"), "0.001");
}

static void test_a_choice_issues_an_address_and_fixes_the_sum(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    struct answer chosen = choose(fixture, id, "LTC");
    assert_int_equal(chosen.status, 303);
    assert_non_null(
        strstr(chosen.head, arena_printf(fixture->arena, "Location: /%s?lang=de\r\n", id)));
    struct answer page = page_of(fixture, id, "");
    const char *address = of(fixture, &shop, id, "address");
    assert_memory_equal(address, "rltc1", 5);
    assert_true(says(&page, arena_printf(fixture->arena, "data-copy=\"%s\"", address)));
    assert_true(says(&page, "<b id=\"amount\">0.5</b> LTC"));
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
    assert_string_equal(of(fixture, &shop, id, "amount_in_crypto"), "0.5");
    struct fixture_payment payment = {address, "0.5"};
    fixture_mine(fixture, &payment, 1);
    assert_string_equal(of(fixture, &shop, id, "status"), "paid");
}

static void test_the_same_choice_again_gives_the_same_address(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    const char *address = of(fixture, &shop, id, "address");
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    assert_string_equal(of(fixture, &shop, id, "address"), address);
    assert_int_equal(choose(fixture, id, "BTC").status, 303);
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    assert_string_equal(of(fixture, &shop, id, "address"), address);
}

static void test_after_another_choice_the_first_address_is_still_watched(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    const char *first = of(fixture, &shop, id, "address");
    struct answer again = page_of(fixture, id, "?choose=1");
    assert_true(says(&again, "value=\"BTC\""));
    assert_false(says(&again, first));
    assert_int_equal(choose(fixture, id, "BTC").status, 303);
    assert_memory_equal(of(fixture, &shop, id, "address"), "bcrt1", 5);
    struct fixture_payment part = {first, "0.2"};
    fixture_mine(fixture, &part, 1);
    assert_string_equal(of(fixture, &shop, id, "status"), "partial");
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
    assert_string_equal(of(fixture, &shop, id, "received"), "0.2");
    assert_string_equal(of(fixture, &shop, id, "address"), first);
    struct fixture_payment rest = {first, "0.3"};
    fixture_mine(fixture, &rest, 1);
    assert_string_equal(of(fixture, &shop, id, "status"), "paid");
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
}

static void test_the_page_leads_back_to_the_choice_until_something_was_paid(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    struct answer waiting = page_of(fixture, id, "");
    assert_true(says(&waiting, "href=\"?choose=1&amp;lang=en\""));
    struct fixture_payment part = {of(fixture, &shop, id, "address"), "0.2"};
    fixture_mine(fixture, &part, 1);
    struct answer partial = page_of(fixture, id, "?choose=1");
    assert_false(says(&partial, "choose=1"));
    assert_false(says(&partial, "name=\"asset\""));
    assert_int_equal(choose(fixture, id, "BTC").status, 303);
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
}

static void test_only_what_the_invoice_offers_can_be_chosen(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "&add_fields[available_currencies][]=LTC");
    struct answer page = page_of(fixture, id, "");
    assert_true(says(&page, "value=\"LTC\""));
    assert_false(says(&page, "value=\"BTC\""));
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
    assert_int_equal(choose(fixture, id, "BTC").status, 400);
    assert_int_equal(choose(fixture, id, "USDT_TRC20").status, 400);
    assert_int_equal(choose(fixture, id, "no+coin").status, 400);
    assert_int_equal(choose(fixture, id, "").status, 400);
    assert_int_equal(choose(fixture, "AAAAAAAA", "LTC").status, 404);
    assert_string_equal(of(fixture, &shop, id, "address"), "");
    assert_int_equal(choose(fixture, id, "LTC").status, 303);
    struct answer chosen = page_of(fixture, id, "");
    assert_false(says(&chosen, "choose=1"));
}

static void test_the_shops_own_choice_stands(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "&add_fields[cryptocurrency]=LTC");
    struct answer page = page_of(fixture, id, "?choose=1");
    assert_true(says(&page, "<b id=\"amount\">0.5</b> LTC"));
    assert_false(says(&page, "choose=1"));
    assert_int_equal(choose(fixture, id, "BTC").status, 303);
    assert_string_equal(of(fixture, &shop, id, "currency.fullcode"), "LTC");
}

static void test_nothing_is_chosen_after_the_end(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *canceled = make(fixture, &shop, "");
    const char *late = make(fixture, &shop, "");
    struct answer cancel = post_as(fixture, &shop, "/v2/invoice/merchant/canceled", JSON_BODY,
                                   arena_printf(fixture->arena, "{\"uuid\":\"%s\"}", canceled));
    assert_int_equal(cancel.status, 200);
    assert_int_equal(choose(fixture, canceled, "LTC").status, 303);
    assert_string_equal(of(fixture, &shop, canceled, "address"), "");
    atomic_fetch_add(&fixture->now_ms, HOUR_MS + 1);
    assert_int_equal(choose(fixture, late, "LTC").status, 303);
    assert_string_equal(of(fixture, &shop, late, "address"), "");
    struct answer page = page_of(fixture, late, "");
    assert_false(says(&page, "name=\"asset\""));
}

static void test_a_page_elsewhere_cannot_choose(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = two_coin_shop(fixture);
    const char *id = make(fixture, &shop, "");
    assert_int_equal(choose_from(fixture, id, "LTC", "Sec-Fetch-Site: cross-site\r\n").status, 403);
    assert_string_equal(of(fixture, &shop, id, "address"), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_page_offers_a_button_for_each_coin),
        TEST(test_a_choice_issues_an_address_and_fixes_the_sum),
        TEST(test_the_same_choice_again_gives_the_same_address),
        TEST(test_after_another_choice_the_first_address_is_still_watched),
        TEST(test_the_page_leads_back_to_the_choice_until_something_was_paid),
        TEST(test_only_what_the_invoice_offers_can_be_chosen),
        TEST(test_the_shops_own_choice_stands),
        TEST(test_nothing_is_chosen_after_the_end),
        TEST(test_a_page_elsewhere_cannot_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
