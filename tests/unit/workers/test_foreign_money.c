/* SPDX-License-Identifier: MIT */
/* Money of another asset than was asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "app/invoice_explain.h"
#include "app/invoice_view.h"
#include "app/ledger.h"
#include "app/static_wallet_create.h"
#include "base/arena.h"
#include "evm_fixture.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_sweep.h"
#include "support/money.h"
#include "workers/block_match.h"

static struct invoice_view view_of(struct evm_fixture *fixture, int64_t id) {
    struct invoice_view view;
    assert_true(result_is_ok(invoice_view_load(&fixture->till->app, fixture->reader,
                                               fixture->till->arena, fixture->shop.id, id, &view)));
    return view;
}

static const char *summary_of(struct evm_fixture *fixture, int64_t id) {
    struct invoice_view view = view_of(fixture, id);
    struct invoice_explanation explanation;
    assert_true(result_is_ok(invoice_explain(&fixture->till->app, fixture->reader,
                                             fixture->till->arena, &view, &explanation)));
    return str_to_c(fixture->till->arena, explanation.summary);
}

/* So many lines of the invoice's journal say so. */
static size_t told(struct evm_fixture *fixture, int64_t id, const char *words) {
    struct invoice_view view = view_of(fixture, id);
    struct invoice_explanation explanation;
    assert_true(result_is_ok(invoice_explain(&fixture->till->app, fixture->reader,
                                             fixture->till->arena, &view, &explanation)));
    size_t count = 0;
    for (size_t i = 0; i < explanation.count; i++) {
        const char *what = str_to_c(fixture->till->arena, explanation.moments[i].what);
        count += strstr(what, words) != NULL;
    }
    return count;
}

static void
test_another_token_at_an_invoices_address_is_kept_told_and_never_credited(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "2");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDC_ERC20", "25"));
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("ETH", "1"));
    evm_mine(fixture, 5);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_CREATED);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).flags, 0);
    size_t count;
    const struct payment_row *payments = evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 2);
    assert_int_equal(payments[0].state, PAYMENT_CONFIRMED);
    struct invoice_view view = view_of(fixture, invoice->invoice.id);
    assert_true(amount_is_zero(view.shown->paid));
    assert_true(invoice_view_is_foreign(&view, &view.payments[0]));
    const char *public_id = str_to_c(fixture->till->arena, view.public_id);
    assert_non_null(
        strstr(evm_alarm(fixture, "payment_foreign", public_id), "where USDT_ERC20 was asked for"));
    assert_non_null(strstr(summary_of(fixture, invoice->invoice.id), "25 USDC_ERC20 came, too"));
    assert_non_null(strstr(summary_of(fixture, invoice->invoice.id), "1 ETH came, too"));
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 0);
    /* Mined and confirmed by now, and told once. */
    assert_int_equal(told(fixture, invoice->invoice.id, "25 USDC_ERC20, which is not what"), 1);
    assert_int_equal(told(fixture, invoice->invoice.id, "1 ETH, which is not what"), 1);
    assert_int_equal(told(fixture, invoice->invoice.id, ", transaction 0x"), 2);
    evm_fixture_free(fixture);
}

static void test_the_right_token_pays_beside_a_foreign_one(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDC_ERC20", "1000"));
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_PAID);
    evm_fixture_free(fixture);
}

static void test_foreign_money_goes_with_its_block(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDC_ERC20", "25"));
    evm_mine(fixture, 3);
    assert_int_equal(told(fixture, invoice->invoice.id, "USDC"), 1);
    fake_chain_drop(&fixture->chain, 3);
    evm_mine(fixture, 4);
    assert_int_equal(told(fixture, invoice->invoice.id, "pays nothing"), 1);
    assert_int_equal(told(fixture, invoice->invoice.id, "USDC"), 2);
    size_t count;
    const struct payment_row *payments = evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].state, PAYMENT_GONE);
    assert_int_equal(view_of(fixture, invoice->invoice.id).payment_count, 0);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_CREATED);
    evm_fixture_free(fixture);
}

static const struct script *static_wallet_of(struct evm_fixture *fixture) {
    struct shop_row shop = fixture_shop_row(fixture->till, &fixture->shop);
    struct static_wallet_create *create =
        ARENA_NEW(fixture->till->arena, struct static_wallet_create);
    assert_true(result_is_ok(
        static_wallet_prepare(&fixture->till->app, fixture->reader, fixture->till->arena, &shop,
                              money_asset("USDT_ERC20"), STR("customer 1"), create)));
    fixture_run(fixture->till, &static_wallet_create_use_case, create);
    return &create->address.program;
}

static void test_another_token_in_a_static_wallet_is_kept_as_nobodys(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct script *program = static_wallet_of(fixture);
    fake_chain_pay(&fixture->chain, program, money("USDC_ERC20", "25"));
    fake_chain_pay(&fixture->chain, program, money("USDT_ERC20", "0"));
    evm_mine(fixture, 2);
    assert_null(evm_alarm(fixture, "payment_quarantined", NULL));
    const struct chain_output *output = &fixture->chain.blocks[2].outputs[0];
    struct str txid = network_txid_text(fixture->till->arena, fixture->eth.network, output->txid);
    assert_memory_equal(txid.ptr, "0x", 2);
    assert_non_null(evm_alarm(fixture, "receipt_of_another_asset", txid.ptr));
    struct payment_row kept;
    assert_true(result_is_ok(store_payment_by_outpoint(fixture->reader, fixture->eth.network,
                                                       output->txid, output->ordinal, &kept)));
    assert_int_equal(kept.invoice_id, 0);
    assert_int_equal(kept.state, PAYMENT_CONFIRMED);
    assert_true(amount_eq(kept.amount, money("USDC_ERC20", "25")));
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 0);
    evm_fixture_free(fixture);
}

/* ---- coin that a sweep plan asked for */

struct asking {
    const struct evm_fixture *fixture;
    int64_t wallet_id;
    int64_t address_id;
    const char *top_up;
};

static struct result ask_for(void *input, struct ledger *ledger) {
    const struct asking *asking = input;
    struct sweep_plan_row plan = {.wallet_id = asking->wallet_id,
                                  .address_count = 1,
                                  .made_at_ms = FIXTURE_NOW_MS,
                                  .holds_until_ms = FIXTURE_NOW_MS + 1};
    struct sweep_hold_row hold = {.address_id = asking->address_id,
                                  .top_up = money("ETH", asking->top_up)};
    TRY(store_sweep_plan_insert(ledger_conn(ledger), &plan, &hold.plan_id));
    return store_sweep_hold_put(ledger_conn(ledger), &hold);
}

static void plan_asks(struct evm_fixture *fixture, const struct script *program,
                      const char *top_up) {
    static const struct use_case ask = {.name = "ask", .job_class = JOB_OPERATOR, .apply = ask_for};
    const struct address_row *const *rows;
    assert_true(result_is_ok(store_address_match(fixture->reader, fixture->till->arena,
                                                 fixture->eth.network, &program, 1, &rows)));
    assert_non_null(rows[0]);
    struct asking asking = {fixture, rows[0]->wallet_id, rows[0]->id, top_up};
    fixture_run(fixture->till, &ask, &asking);
}

static void test_coin_that_a_plan_asked_for_is_told_and_no_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct script *program = &invoice->issue.row.program;
    fake_chain_pay(&fixture->chain, program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    plan_asks(fixture, program, "0.0001");
    fake_chain_pay(&fixture->chain, program, money("ETH", "0.0002"));
    evm_mine(fixture, 2);
    assert_null(evm_alarm(fixture, "payment_foreign", NULL));
    struct invoice_view view = view_of(fixture, invoice->invoice.id);
    assert_int_equal(view.payment_count, 2);
    assert_non_null(strstr(summary_of(fixture, invoice->invoice.id), "0.0002 ETH came, too"));
    assert_int_equal(told(fixture, invoice->invoice.id, "0.0002 ETH, which a sweep plan asked"), 1);
    /* What is more than that somebody has sent by mistake. */
    fake_chain_pay(&fixture->chain, program, money("ETH", "0.000200000000000001"));
    fake_chain_pay(&fixture->chain, program, money("USDC_ERC20", "0.0001"));
    evm_mine(fixture, 2);
    assert_non_null(
        evm_alarm(fixture, "payment_foreign", str_to_c(fixture->till->arena, view.public_id)));
    assert_int_equal(told(fixture, invoice->invoice.id, "which is not what was asked for"), 2);
    evm_fixture_free(fixture);
}

static void test_coin_that_comes_to_an_open_invoice_is_an_alarm_whatever_a_plan_says(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    plan_asks(fixture, &invoice->issue.row.program, "0.0001");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("ETH", "0.0001"));
    evm_mine(fixture, 2);
    assert_non_null(evm_alarm(fixture, "payment_foreign", NULL));
    evm_fixture_free(fixture);
}

static void test_coin_that_a_plan_asked_for_at_a_static_wallet_is_no_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct script *program = static_wallet_of(fixture);
    plan_asks(fixture, program, "0.0001");
    fake_chain_pay(&fixture->chain, program, money("ETH", "0.0001"));
    evm_mine(fixture, 2);
    assert_null(evm_alarm(fixture, "receipt_of_another_asset", NULL));
    fake_chain_pay(&fixture->chain, program, money("ETH", "1"));
    evm_mine(fixture, 2);
    assert_non_null(evm_alarm(fixture, "receipt_of_another_asset", NULL));
    evm_fixture_free(fixture);
}

/* A block is as large as others make it, and each EVM network that is followed looks into it. */
static void test_what_strangers_pay_each_other_takes_little_memory(void **state) {
    (void)state;
    enum { OUTPUTS = 20000, BYTES_OF_OUTPUT = 64 };
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, OUTPUTS);
    for (uint32_t i = 0; i < OUTPUTS; i++) {
        outputs[i].program.len = SCRIPT_EVM_BYTES;
        u32_store_be(outputs[i].program.bytes, i + 1);
    }
    size_t used_before = arena_used_bytes(arena);
    struct block_match match;
    assert_true(result_is_ok(
        block_match(fixture->reader, arena, fixture->eth.network, outputs, OUTPUTS, &match)));
    assert_int_equal(match.hit_count, 0);
    assert_true(arena_used_bytes(arena) - used_before <= (size_t)OUTPUTS * BYTES_OF_OUTPUT);
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_token_at_an_invoices_address_is_kept_told_and_never_credited),
        cmocka_unit_test(test_the_right_token_pays_beside_a_foreign_one),
        cmocka_unit_test(test_foreign_money_goes_with_its_block),
        cmocka_unit_test(test_another_token_in_a_static_wallet_is_kept_as_nobodys),
        cmocka_unit_test(test_coin_that_a_plan_asked_for_is_told_and_no_alarm),
        cmocka_unit_test(test_coin_that_comes_to_an_open_invoice_is_an_alarm_whatever_a_plan_says),
        cmocka_unit_test(test_coin_that_a_plan_asked_for_at_a_static_wallet_is_no_alarm),
        cmocka_unit_test(test_what_strangers_pay_each_other_takes_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
