/* SPDX-License-Identifier: MIT */
/* Fees, thresholds and smallest amounts of a shop, as they reach its programs. An LTC is 100 USD.
 */
#include "api_client.h"

#include <string.h>

#include "base/arena.h"
#include "support/json_find.h"

#define INFO "/v2/invoice/merchant/info"

struct row {
    const char *path;
    const char *expected;
};

static void assert_rows(struct app_fixture *fixture, const struct answer *answer,
                        const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(value(fixture, answer, rows[i].path), rows[i].expected);
    }
}
#define ASSERT_ROWS(fixture, answer, rows)                                                         \
    assert_rows(fixture, answer, rows, sizeof(rows) / sizeof *(rows))

static struct answer make(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    assert_int_equal(answer.status, 200);
    return answer;
}

static struct answer info_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                             const struct answer *made) {
    const char *body =
        arena_printf(fixture->arena, "{\"uuids\":[\"%s\"]}", value(fixture, made, "result.uuid"));
    return post_as(fixture, shop, INFO, JSON_BODY, body);
}

static struct answer pay(struct app_fixture *fixture, const struct fixture_shop *shop,
                         const struct answer *made, const char *amount) {
    fixture_mine(fixture, &(struct fixture_payment){value(fixture, made, "result.address"), amount},
                 1);
    return info_of(fixture, shop, made);
}

static void test_fees_are_told_and_asked_for(void **state) {
    struct app_fixture *fixture = *state;
    struct shop_row wanted = {.name = STR("Fees"),
                              .transfer_side = FEE_CLIENT,
                              .transfer_fee = STR("1.20USD"),
                              .service_side = FEE_MERCHANT,
                              .service_fee = STR("2%")};
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
    struct answer made = make(fixture, &shop);
    static const struct row created[] = {
        {"result.side_commission", "client"},
        {"result.side_commission_cc", "merchant"},
        {"result.amount", "0.5"},
        {"result.amount_usd", "50.0"},
        {"result.amount_in_fiat", "50.0"},
        {"result.fee", "0.012"},
        {"result.fee_usd", "1.2"},
        {"result.service_fee", "0.01"},
        {"result.service_fee_usd", "1.0"},
    };
    ASSERT_ROWS(fixture, &made, created);
    struct answer part = pay(fixture, &shop, &made, "0.5");
    static const struct row partial[] = {
        {"result.0.status", "partial"},         {"result.0.amount_to_pay", "0.512"},
        {"result.0.amount_to_pay_usd", "51.2"}, {"result.0.amount_paid", "0.5"},
        {"result.0.amount_paid_usd", "50.0"},   {"result.0.received", "0.478"},
        {"result.0.received_usd", "47.8"},      {"result.0.to_surcharge", "0.012"},
        {"result.0.to_surcharge_usd", "1.2"},
    };
    ASSERT_ROWS(fixture, &part, partial);
    struct answer paid = pay(fixture, &shop, &made, "0.012");
    static const struct row success[] = {
        {"result.0.status", "paid"},      {"result.0.amount_paid", "0.512"},
        {"result.0.received", "0.49"},    {"result.0.received_usd", "49.0"},
        {"result.0.to_surcharge", "0.0"}, {"result.0.amount", "0.5"},
    };
    ASSERT_ROWS(fixture, &paid, success);
}

static void test_an_invoice_keeps_the_fees_it_was_made_with(void **state) {
    struct app_fixture *fixture = *state;
    struct shop_row wanted = {.name = STR("Fees"), .service_fee = STR("2%")};
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
    struct answer made = make(fixture, &shop);
    struct shop_row changed = fixture_shop_row(fixture, &shop);
    changed.service_fee = STR("50%");
    changed.auto_confirm = STR("90%");
    fixture_run(fixture, &shop_set_use_case, &changed);
    struct answer part = pay(fixture, &shop, &made, "0.4");
    static const struct row rows[] = {
        {"result.0.status", "partial"},
        {"result.0.service_fee", "0.01"},
        {"result.0.amount_to_pay", "0.51"},
    };
    ASSERT_ROWS(fixture, &part, rows);
}

static void test_a_shortfall_at_the_threshold_is_paid_and_one_unit_more_is_not(void **state) {
    struct app_fixture *fixture = *state;
    static const char *const thresholds[] = {"2%", "1USD"};
    for (size_t i = 0; i < 2; i++) {
        struct shop_row wanted = {.name = STR("Lenient"),
                                  .auto_confirm = str_from_c(thresholds[i])};
        struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
        struct answer made = make(fixture, &shop);
        struct answer info = pay(fixture, &shop, &made, "0.48999999");
        assert_string_equal(value(fixture, &info, "result.0.status"), "partial");
        assert_string_equal(value(fixture, &info, "result.0.to_surcharge"), "0.01000001");
        info = pay(fixture, &shop, &made, "0.00000001");
        assert_string_equal(value(fixture, &info, "result.0.status"), "paid");
        assert_string_equal(value(fixture, &info, "result.0.to_surcharge"), "0.0");
        assert_string_equal(value(fixture, &info, "result.0.amount_paid"), "0.49");
        assert_int_equal(fixture_delivery_count(fixture, &shop), 1);
        info = pay(fixture, &shop, &made, "0.01");
        assert_string_equal(value(fixture, &info, "result.0.status"), "paid");
        assert_int_equal(fixture_delivery_count(fixture, &shop), 1);
    }
}

static void test_late_money_counts_where_the_shop_says_so(void **state) {
    struct app_fixture *fixture = *state;
    static const char *const statuses[] = {"canceled", "paid"};
    for (size_t i = 0; i < 2; i++) {
        struct shop_row wanted = {.name = STR("Late"), .invoice_ttl_s = 60, .accept_late = i == 1};
        struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
        struct answer made = make(fixture, &shop);
        fixture->now_ms += 7200 * 1000;
        struct answer info = pay(fixture, &shop, &made, "0.5");
        const char *status = value(fixture, &info, "result.0.status");
        assert_true(i == 1 ? strcmp(status, statuses[1]) == 0 : strcmp(status, "paid") != 0);
        assert_string_equal(value(fixture, &info, "result.0.received"), i == 1 ? "0.5" : "0.0");
    }
}

static void test_a_smallest_amount_is_named(void **state) {
    struct app_fixture *fixture = *state;
    struct shop_row wanted = {.name = STR("Large"), .amount_min_usd = STR("50.01")};
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted);
    struct answer answer = create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50");
    assert_refused(fixture, &answer, "amount", "The smallest amount of this shop is 50.01 USD.");
    assert_int_equal(create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50.01").status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_fees_are_told_and_asked_for),
        TEST(test_an_invoice_keeps_the_fees_it_was_made_with),
        TEST(test_a_shortfall_at_the_threshold_is_paid_and_one_unit_more_is_not),
        TEST(test_late_money_counts_where_the_shop_says_so),
        TEST(test_a_smallest_amount_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
