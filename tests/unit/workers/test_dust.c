/* SPDX-License-Identifier: MIT */
/* Transfers that cost their sender next to nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/app.h"
#include "app/payment_record.h"
#include "app/static_wallet_create.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "evm_fixture.h"
#include "support/money.h"

/* So many transfers of the least there is, and more than fit into one block. */
static void flood(struct evm_fixture *fixture, const struct script *to, size_t count) {
    for (size_t i = 1; i <= count; i++) {
        fake_chain_pay(&fixture->chain, to, money("USDT_ERC20", "0.000001"));
        if (i % FAKE_OUTPUTS_MAX == 0 || i == count) {
            evm_mine(fixture, 1);
        }
    }
}

static void test_a_flood_of_dust_is_not_stored_and_hides_no_payment(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct script *to = &invoice->issue.row.program;
    int64_t id = invoice->invoice.id;
    const char *public_id = str_to_c(
        fixture->till->arena, app_invoice_public_id(fixture->till->arena, &fixture->till->app, id));
    flood(fixture, to, PAYMENTS_OF_ANY_SUM_MAX);
    size_t count;
    (void)evm_payments(fixture, id, &count);
    assert_int_equal(count, PAYMENTS_OF_ANY_SUM_MAX);
    assert_null(evm_alarm(fixture, "dust_flood", public_id));
    flood(fixture, to, 100);
    (void)evm_payments(fixture, id, &count);
    assert_int_equal(count, PAYMENTS_OF_ANY_SUM_MAX);
    assert_non_null(evm_alarm(fixture, "dust_flood", public_id));
    assert_int_equal(evm_invoice_row(fixture, id).status, INVOICE_PARTIAL);
    fake_chain_pay(&fixture->chain, to, money("USDT_ERC20", "24.999"));
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, id).status, INVOICE_PAID);
    evm_fixture_free(fixture);
}

static struct static_wallet_create *static_wallet(struct evm_fixture *fixture) {
    struct shop_row shop = fixture_shop_row(fixture->till, &fixture->shop);
    struct static_wallet_create *create =
        ARENA_NEW(fixture->till->arena, struct static_wallet_create);
    assert_true(result_is_ok(
        static_wallet_prepare(&fixture->till->app, fixture->reader, fixture->till->arena, &shop,
                              money_asset("USDT_ERC20"), STR("customer 1"), create)));
    fixture_run(fixture->till, &static_wallet_create_use_case, create);
    return create;
}

static void test_a_speck_in_a_static_wallet_makes_no_receipt(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct script *to = &static_wallet(fixture)->address.program;
    fake_chain_pay(&fixture->chain, to, money("USDT_ERC20", "0.000999"));
    evm_mine(fixture, 1);
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 0);
    assert_non_null(evm_alarm(fixture, "dust_in_static_wallet", NULL));
    fake_chain_pay(&fixture->chain, to, money("USDT_ERC20", "0.001"));
    evm_mine(fixture, 1);
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 1);
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_flood_of_dust_is_not_stored_and_hides_no_payment),
        cmocka_unit_test(test_a_speck_in_a_static_wallet_makes_no_receipt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
