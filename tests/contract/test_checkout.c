/* SPDX-License-Identifier: MIT */
/* The payer's page over HTTP: what it says when, to whom it leads, who may frame it. */
#include <string.h>

#include "api_client.h"
#include "base/arena.h"
#include "support/raw_client.h"

enum { WAIT_MS = 20000, HOUR_MS = 3600 * 1000 };

static const struct shop_row plain_shop = {.name = STR("Demo")};
static const struct shop_row shop_with_urls = {
    .name = STR("<b>\"Demo\"</b>"),
    .success_url = STR("https://shop.example/ok?a=b"),
    .fail_url = STR("http://127.0.0.1:5000/fail"),
};

struct made {
    const char *id; /* bare */
    const char *address;
};

/* An invoice of 50 USD, 0.5 LTC, for an hour. */
static struct made make(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer = create_as(fixture, shop, FORM_BODY,
                                     "shop_id=@&amount=50&order_id=1%20%26x&add_fields"
                                     "[cryptocurrency]=LTC&add_fields[time_to_pay][hours]=1");
    assert_int_equal(answer.status, 200);
    return (struct made){value(fixture, &answer, "result.uuid") + strlen("INV-"),
                         value(fixture, &answer, "result.address")};
}

static struct answer get(struct app_fixture *fixture, const char *id, const char *rest) {
    return ask(fixture, arena_printf(fixture->arena,
                                     "GET /%s%s HTTP/1.1\r\nHost: pay.example\r\n\r\n", id, rest));
}

static bool says(const struct answer *answer, const char *text) {
    return strstr(answer->body, text) != NULL;
}

static void pay(struct app_fixture *fixture, const struct made *made, const char *amount) {
    struct fixture_payment payment = {made->address, amount};
    fixture_mine(fixture, &payment, 1);
}

static void test_the_page_says_what_to_send(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct made made = make(fixture, &shop);
    struct answer page = get(fixture, made.id, "");
    assert_int_equal(page.status, 200);
    assert_true(says(&page, "<h1 id=\"head\">Waiting for payment</h1>"));
    assert_true(says(&page, "<b id=\"amount\">0.5</b> LTC"));
    assert_true(says(&page, arena_printf(fixture->arena, "data-copy=\"%s\"", made.address)));
    assert_true(
        says(&page, arena_printf(fixture->arena, "href=\"litecoin:%s?amount=0.5\"", made.address)));
    assert_true(says(&page, "50.00 USD"));
    assert_true(says(&page, ">1:00:00</b>"));
    assert_true(says(&page, "1 LTC = 100 USD"));
    assert_false(says(&page, "<form"));
}

static void test_the_page_follows_the_money(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &shop_with_urls);
    struct made made = make(fixture, &shop);
    pay(fixture, &made, "0.2");
    struct answer part = get(fixture, made.id, "/fragment");
    assert_true(says(&part, "<b id=\"amount\">0.3</b> LTC"));
    assert_true(says(&part, "?amount=0.3\""));
    assert_false(says(&part, "id=\"back\""));
    pay(fixture, &made, "0.4");
    struct answer paid = get(fixture, made.id, "");
    assert_true(says(&paid, "<title>✓ Paid, more than needed – &lt;b&gt;&#34;Demo&#34;&lt;/b&gt;"));
    assert_true(says(&paid, "<bdi>0.1 LTC</bdi> more than needed"));
    assert_true(
        says(&paid, arena_printf(fixture->arena,
                                 "href=\"https://shop.example/ok?a=b&amp;order_id=1%%20%%26x"
                                 "&amp;invoice_uuid=INV-%s\"",
                                 made.id)));
    assert_false(says(&paid, made.address));
}

static void test_the_end_of_the_time_hides_the_address_at_once(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &shop_with_urls);
    struct made made = make(fixture, &shop);
    atomic_fetch_add(&fixture->now_ms, HOUR_MS);
    struct answer over = get(fixture, made.id, "");
    assert_true(says(&over, "<h1 id=\"head\">The time is over</h1>"));
    assert_false(says(&over, made.address));
    assert_true(says(&over, "href=\"http://127.0.0.1:5000/fail?order_id="));
    assert_false(says(&over, "shop.example"));
}

static void test_a_blind_network_asks_for_patience(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct made made = make(fixture, &shop);
    struct network_health health = network_health_get(&fixture->ltc);
    struct network_health blind = health;
    blind.blind = true;
    blind.checked_at_ms -= 6 * 60 * 1000;
    network_health_set(&fixture->ltc, &blind);
    struct answer page = get(fixture, made.id, "");
    network_health_set(&fixture->ltc, &health);
    assert_true(says(&page, "<h1 id=\"head\">Please wait</h1>"));
    assert_true(says(&page, "Last news from the network: <bdi>6</bdi> min ago."));
}

static void test_an_invoice_without_a_coin_shows_the_choice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50");
    struct answer page = get(fixture, value(fixture, &answer, "result.uuid") + strlen("INV-"), "");
    assert_true(says(&page, "<button name=\"asset\" value=\"LTC\""));
    assert_true(says(&page, "<bdi>0.5 LTC</bdi></button>"));
}

static void test_the_language_is_the_payers(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct made made = make(fixture, &shop);
    struct answer german = get(fixture, made.id, "?lang=de");
    assert_true(says(&german, "<html lang=\"de\" dir=\"ltr\">"));
    assert_true(says(&german, "Warten auf Zahlung"));
    struct answer arabic = ask(fixture, arena_printf(fixture->arena,
                                                     "GET /%s HTTP/1.1\r\nHost: pay.example\r\n"
                                                     "Accept-Language: fr;q=0.2, ar-EG\r\n\r\n",
                                                     made.id));
    assert_true(says(&arabic, "<html lang=\"ar\" dir=\"rtl\">"));
}

static void test_headers_keep_the_page_to_itself(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop plain = fixture_add_shop(fixture, &plain_shop);
    struct answer page = get(fixture, make(fixture, &plain).id, "");
    assert_non_null(strstr(page.head, "Content-Security-Policy: default-src 'none'; "));
    assert_non_null(strstr(page.head, "base-uri 'none'"));
    assert_non_null(strstr(page.head, "frame-ancestors *\r\n"));
    assert_null(strstr(page.head, "unsafe"));
    assert_non_null(strstr(page.head, "Referrer-Policy: no-referrer\r\n"));
    assert_non_null(strstr(page.head, "Cache-Control: no-store\r\n"));
    assert_non_null(strstr(page.head, "X-Content-Type-Options: nosniff\r\n"));
    assert_null(strstr(page.head, "Access-Control-Allow-Origin"));
    struct fixture_shop listed = fixture_add_shop(fixture, &shop_with_urls);
    page = get(fixture, make(fixture, &listed).id, "");
    assert_non_null(strstr(
        page.head, "frame-ancestors 'self' https://shop.example:443 http://127.0.0.1:5000\r\n"));
}

static void test_an_unknown_id_is_a_plain_404_page(void **state) {
    struct app_fixture *fixture = *state;
    static const char *const ids[] = {"AAAAAAAA", "favicon.ico", "x", "INV-AAAAAAAA"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct answer answer = get(fixture, ids[i], "");
        assert_int_equal(answer.status, 404);
        assert_true(says(&answer, "Invoice not found"));
        assert_int_equal(get(fixture, ids[i], "/events").status, 404);
        assert_int_equal(get(fixture, ids[i], "/fragment").status, 404);
    }
}

static void test_the_pictures_that_replies_point_to_are_there(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct answer made = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50");
    static const char *const fields[] = {"result.currency.icon_base", "result.currency.icon_qr",
                                         "result.currency.network.icon"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *url = value(fixture, &made, fields[i]);
        struct answer picture = get(fixture, url + strlen("https://pay.example/"), "");
        assert_int_equal(picture.status, 200);
        assert_non_null(strstr(picture.head, "Content-Type: image/svg+xml\r\n"));
        assert_non_null(strstr(picture.head, "Cache-Control: public, max-age=604800\r\n"));
        assert_true(says(&picture, "<svg "));
    }
    assert_int_equal(get(fixture, "img/currency/GOLD.svg", "").status, 404);
    struct made invoice = make(fixture, &shop);
    struct answer page = get(fixture, invoice.id, "");
    assert_false(says(&page, "/img/"));
}

static void test_what_the_payer_need_not_know_is_not_in_the_page(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct answer answer = create_as(fixture, &shop, FORM_BODY,
                                     "shop_id=@&amount=50&order_id=secret-7&email=a%40b.example&"
                                     "add_fields[cryptocurrency]=LTC");
    struct answer page = get(fixture, value(fixture, &answer, "result.uuid") + strlen("INV-"), "");
    assert_int_equal(page.status, 200);
    assert_false(says(&page, "secret-7"));
    assert_false(says(&page, "b.example"));
    assert_false(says(&page, shop.public_id));
    assert_false(says(&page, "tpub"));
}

static void test_buttons_that_pay_refuse_real_invoices(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct made made = make(fixture, &shop);
    const char *path = arena_printf(fixture->arena, "/%s/sandbox", made.id);
    assert_int_equal(post(fixture, path, NULL, FORM_BODY, "act=exact").status, 409);
    assert_int_equal(post(fixture, path, NULL, FORM_BODY, "act=hurry").status, 409);
    assert_int_equal(post(fixture, path, NULL, FORM_BODY, "act=confirm").status, 409);
    assert_int_equal(post(fixture, path, NULL, FORM_BODY, "act=everything").status, 400);
    assert_int_equal(post(fixture, path, NULL, FORM_BODY, "").status, 400);
    assert_int_equal(post(fixture, "/AAAAAAAA/sandbox", NULL, FORM_BODY, "act=exact").status, 404);
    struct answer elsewhere = ask(
        fixture, arena_printf(fixture->arena,
                              "POST %s HTTP/1.1\r\nHost: pay.example\r\n"
                              "Sec-Fetch-Site: cross-site\r\nContent-Length: 9\r\n\r\nact=exact",
                              path));
    assert_int_equal(elsewhere.status, 403);
}

/* Reads on until `text` has come. */
static bool comes(struct raw_client *client, const char *text) {
    while (client->len == 0 || memmem(client->buffer, client->len, text, strlen(text)) == NULL) {
        if (!raw_receive(client, WAIT_MS)) {
            return false;
        }
    }
    return true;
}

static void test_a_payment_is_told_to_open_pages(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &plain_shop);
    struct made made = make(fixture, &shop);
    struct answer page = get(fixture, made.id, "/fragment");
    const char *version = strstr(page.body, "data-version=\"") + strlen("data-version=\"");
    struct raw_client client;
    raw_connect(&client, fixture->port);
    assert_true(raw_send_text(
        &client, arena_printf(fixture->arena,
                              "GET /%s/events HTTP/1.1\r\nHost: pay.example\r\n\r\n", made.id)));
    assert_true(
        comes(&client, arena_printf(fixture->arena, "event: changed\ndata: %.16s\n", version)));
    pay(fixture, &made, "0.5");
    assert_true(comes(&client, "event: changed\ndata: \n"));
    raw_close(&client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_page_says_what_to_send),
        TEST(test_the_page_follows_the_money),
        TEST(test_the_end_of_the_time_hides_the_address_at_once),
        TEST(test_a_blind_network_asks_for_patience),
        TEST(test_an_invoice_without_a_coin_shows_the_choice),
        TEST(test_the_language_is_the_payers),
        TEST(test_headers_keep_the_page_to_itself),
        TEST(test_an_unknown_id_is_a_plain_404_page),
        TEST(test_the_pictures_that_replies_point_to_are_there),
        TEST(test_what_the_payer_need_not_know_is_not_in_the_page),
        TEST(test_buttons_that_pay_refuse_real_invoices),
        TEST(test_a_payment_is_told_to_open_pages),
    };
    return cmocka_run_group_tests_name("checkout", tests, NULL, NULL);
}
