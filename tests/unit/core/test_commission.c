/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/commission.h"
#include "core/error.h"
#include "support/money.h"

static struct fee_rule rule(const char *text) {
    struct fee_rule rule;
    assert_true(result_is_ok(fee_rule_from_text(str_from_c(text), &rule)));
    return rule;
}

static struct commission commission(enum fee_side transfer_side, const char *transfer,
                                    enum fee_side service_side, const char *service,
                                    const char *price_usd) {
    struct commission_terms terms = {.transfer_side = transfer_side,
                                     .service_side = service_side,
                                     .transfer = rule(transfer),
                                     .service = rule(service)};
    struct commission commission;
    assert_true(result_is_ok(commission_of(&terms, money("USD", price_usd), &commission)));
    return commission;
}

struct both {
    struct commission_sums sums;
    struct commission_sums usd;
};

static struct both sums(const struct commission *commission, const char *price_usd,
                        const char *amount, const char *paid, bool settled) {
    struct commission_state state = {.price_usd = money("USD", price_usd),
                                     .paid = money("USDT_TRC20", paid),
                                     .settled = settled};
    struct both both;
    assert_true(result_is_ok(
        commission_due(commission, state.price_usd, money("USDT_TRC20", amount), &state.due)));
    assert_true(result_is_ok(commission_sums_of(commission, &state, &both.sums, &both.usd)));
    return both;
}

#define assert_usdt(amount, text) assert_true(amount_eq(amount, money("USDT_TRC20", text)))
#define assert_usd(amount, text)  assert_true(amount_eq(amount, money("USD", text)))

static void test_a_fee_is_a_percentage_a_sum_or_both(void **state) {
    (void)state;
    assert_int_equal(rule("1.9%").parts_per_million, 19000);
    assert_usd(rule("0.50 USD").fixed_usd, "0.5");
    assert_int_equal(rule(" 1.9% + 0.5USD ").parts_per_million, 19000);
    assert_usd(rule("0.5USD+1.9%").fixed_usd, "0.5");
    assert_int_equal(rule("").parts_per_million, 0);
    assert_usd(rule("0").fixed_usd, "0");
    static const char *const bad[] = {"1.9",      "1%+2%", "1USD+2USD",   "101%", "+",
                                      "1% +",     "-1%",   "1EUR",        "free", "1%+1USD+1%",
                                      "0.001USD", "%",     "1000001 USD", NULL};
    for (size_t i = 0; bad[i] != NULL; i++) {
        struct fee_rule unused;
        assert_ptr_equal(fee_rule_from_text(str_from_c(bad[i]), &unused).code, &ERR_FEE_INVALID);
    }
}

static void test_without_fees_the_due_sum_is_the_amount(void **state) {
    (void)state;
    struct commission none = {0};
    struct both unpaid = sums(&none, "25", "25.005002", "0", false);
    assert_usdt(unpaid.sums.due, "25.005002");
    assert_usdt(unpaid.sums.amount, "25.005002");
    assert_usdt(unpaid.sums.transfer_fee, "0");
    assert_usdt(unpaid.sums.surcharge, "25.005002");
    assert_usd(unpaid.usd.due, "25");
    assert_usd(unpaid.usd.surcharge, "25");
    struct both paid = sums(&none, "25", "25.005002", "25.005002", true);
    assert_usdt(paid.sums.received, "25.005002");
    assert_usd(paid.usd.received, "25");
}

static void test_the_payer_owes_what_he_bears(void **state) {
    (void)state;
    struct commission both = commission(FEE_CLIENT, "1.20USD", FEE_CLIENT, "1.9%", "50");
    struct both paid = sums(&both, "50", "50", "52.15", true);
    assert_usdt(paid.sums.due, "52.15");
    assert_usdt(paid.sums.amount, "50");
    assert_usdt(paid.sums.transfer_fee, "1.2");
    assert_usdt(paid.sums.service_fee, "0.95");
    assert_usdt(paid.sums.received, "50");
    assert_usd(paid.usd.due, "52.15");
    assert_usd(paid.usd.paid, "52.15");
    assert_usd(paid.usd.received, "50");
}

static void test_what_the_merchant_bears_is_taken_from_the_credit(void **state) {
    (void)state;
    struct commission mixed = commission(FEE_CLIENT, "1USD", FEE_MERCHANT, "2%", "50");
    struct both paid = sums(&mixed, "50", "50", "51", true);
    assert_usdt(paid.sums.due, "51");
    assert_usdt(paid.sums.transfer_fee, "1");
    assert_usdt(paid.sums.service_fee, "1");
    assert_usdt(paid.sums.received, "49");
    assert_usd(paid.usd.received, "49");
}

static void test_a_fee_above_the_amount_leaves_nothing_and_no_less(void **state) {
    (void)state;
    struct commission greedy = commission(FEE_MERCHANT, "5USD", FEE_MERCHANT, "50%", "1");
    assert_usd(greedy.transfer_usd, "1");
    assert_usd(greedy.service_usd, "0");
    struct both paid = sums(&greedy, "1", "1", "1", true);
    assert_usdt(paid.sums.received, "0");
    assert_usd(paid.usd.received, "0");
    struct commission large = commission(FEE_CLIENT, "5USD", FEE_MERCHANT, "0", "1");
    struct both part = sums(&large, "1", "1", "2", false);
    assert_usdt(part.sums.due, "6");
    assert_usdt(part.sums.received, "0"); /* the fee comes first */
    assert_usdt(part.sums.surcharge, "4");
    assert_usd(part.usd.received, "0");
    assert_usd(part.usd.surcharge, "4");
}

static void test_a_cent_is_missing_as_long_as_anything_is(void **state) {
    (void)state;
    struct commission none = {0};
    struct both nearly = sums(&none, "25", "25", "24.999999", false);
    assert_usdt(nearly.sums.surcharge, "0.000001");
    assert_usd(nearly.usd.paid, "24.99");
    assert_usd(nearly.usd.surcharge, "0.01");
    struct both tolerated = sums(&none, "25", "25", "24.999999", true);
    assert_usd(tolerated.usd.paid, "25");
    assert_usd(tolerated.usd.surcharge, "0");
}

static void test_a_price_below_a_cent_bears_no_fee(void **state) {
    (void)state;
    struct commission tiny = commission(FEE_CLIENT, "1USD", FEE_CLIENT, "10%", "0");
    struct both paid = sums(&tiny, "0", "0.01", "0.01", true);
    assert_usdt(paid.sums.due, "0.01");
    assert_usdt(paid.sums.received, "0.01");
    assert_usd(paid.usd.due, "0");
    assert_usd(paid.usd.paid, "0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fee_is_a_percentage_a_sum_or_both),
        cmocka_unit_test(test_without_fees_the_due_sum_is_the_amount),
        cmocka_unit_test(test_the_payer_owes_what_he_bears),
        cmocka_unit_test(test_what_the_merchant_bears_is_taken_from_the_credit),
        cmocka_unit_test(test_a_fee_above_the_amount_leaves_nothing_and_no_less),
        cmocka_unit_test(test_a_cent_is_missing_as_long_as_anything_is),
        cmocka_unit_test(test_a_price_below_a_cent_bears_no_fee),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
