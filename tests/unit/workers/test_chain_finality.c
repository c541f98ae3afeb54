/* SPDX-License-Identifier: MIT */
/* Payments that wait for their block to be safe or finalized. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evm_fixture.h"
#include "workers/chain_watcher.h"

static enum invoice_status status_of(struct evm_fixture *fixture, int64_t id) {
    return evm_invoice_row(fixture, id).status;
}

/* Pays all that is due into the next block. */
static void pay(struct evm_fixture *fixture, const struct invoice_create *invoice) {
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
}

static void tell(struct evm_fixture *fixture, int64_t safe, int64_t finalized) {
    fixture->chain.has_finality = true;
    fixture->chain.finality = (struct chain_finality){fake_chain_ref(&fixture->chain, safe),
                                                      fake_chain_ref(&fixture->chain, finalized)};
}

static void test_small_sums_wait_for_safe_and_large_ones_for_finalized(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1 safe@10USD finalized@1000USD");
    const struct invoice_create *tiny = evm_invoice(fixture, "USDT_ERC20", "5");
    const struct invoice_create *small = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct invoice_create *large = evm_invoice(fixture, "ETH", "2000");
    pay(fixture, tiny);
    pay(fixture, small);
    pay(fixture, large);
    tell(fixture, 1, 1);
    evm_mine(fixture, 3); /* paid in block 2 */
    assert_int_equal(status_of(fixture, tiny->invoice.id), INVOICE_PAID);
    assert_int_equal(status_of(fixture, small->invoice.id), INVOICE_CREATED);
    size_t count;
    const struct payment_row *payment = evm_payments(fixture, small->invoice.id, &count);
    assert_int_equal(payment->waits_for, CONFIRMED_SAFE);
    assert_int_equal(payment->matures_height, 0);
    tell(fixture, 2, 1);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, small->invoice.id), INVOICE_PAID);
    assert_int_equal(status_of(fixture, large->invoice.id), INVOICE_CREATED);
    tell(fixture, 4, 3); /* above the payment's own block */
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, large->invoice.id), INVOICE_PAID);
    evm_fixture_free(fixture);
}

static void test_what_the_chain_cannot_tell_confirms_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "finalized");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    evm_mine(fixture, 100);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    tell(fixture, 2, 2);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    evm_fixture_free(fixture);
}

static void test_a_hash_that_is_not_ours_confirms_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "safe finalized@1000USD");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct invoice_create *large = evm_invoice(fixture, "USDT_ERC20", "2500");
    pay(fixture, invoice);
    pay(fixture, large);
    evm_mine(fixture, 3);
    tell(fixture, 3, 3);
    fixture->chain.finality.safe.hash.bytes[5] ^= 1;
    fixture->chain.finality.finalized.hash.bytes[5] ^= 1;
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    assert_int_equal(status_of(fixture, large->invoice.id), INVOICE_CREATED);
    /* Nor does a block above the tip. */
    tell(fixture, 3, 3);
    fixture->chain.finality.safe.height = 50;
    fixture->chain.finality.finalized.height = 50;
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    assert_int_equal(status_of(fixture, large->invoice.id), INVOICE_CREATED);
    assert_false(network_health_get(&fixture->eth).blind);
    evm_fixture_free(fixture);
}

static void test_what_was_safe_on_another_branch_confirms_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "safe");
    evm_mine(fixture, 5);
    tell(fixture, 6, 1);
    evm_mine(fixture, 1); /* height 7, safe 6 */
    fixture->chain.has_finality = false;
    fake_chain_drop(&fixture->chain, 5);
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    evm_mine(fixture, 6); /* paid at height 3 */
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    evm_fixture_free(fixture);
}

static void test_a_confirmed_payment_outlives_the_undo_of_a_later_block(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "safe");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    evm_mine(fixture, 3);
    tell(fixture, 2, 1);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    fake_chain_drop(&fixture->chain, 2);
    evm_mine(fixture, 3);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    /* Its own block is another matter. */
    fake_chain_drop(&fixture->chain, 5);
    evm_mine(fixture, 6);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    evm_fixture_free(fixture);
}

/* Confirmations are those of the chain as it is: one block less, and a payment is not deep enough.
 */
static void test_a_payment_is_as_deep_as_its_chain_is_high(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "3");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    evm_mine(fixture, 3);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    fake_chain_drop(&fixture->chain, 1);
    fake_chain_mine(&fixture->chain, atomic_load(&fixture->till->now_ms));
    assert_true(chain_watcher_step(fixture->watcher)); /* takes the old block away */
    size_t count;
    assert_int_equal(evm_payments(fixture, invoice->invoice.id, &count)->state, PAYMENT_SHALLOW);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    evm_follow(fixture);
    assert_int_equal(evm_payments(fixture, invoice->invoice.id, &count)->state, PAYMENT_CONFIRMED);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    assert_int_equal(count, 1);
    evm_fixture_free(fixture);
}

static void test_a_main_chain_whose_final_blocks_change_is_not_followed_any_more(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "12");
    evm_mine(fixture, 5);
    tell(fixture, 4, 4);
    evm_mine(fixture, 1);
    assert_false(network_health_get(&fixture->eth).blind);
    fake_chain_drop(&fixture->chain, 4);
    evm_mine(fixture, 5);
    assert_true(network_health_get(&fixture->eth).blind);
    assert_non_null(evm_alarm(fixture, "network_blind", "eth"));
    assert_int_equal(network_health_get(&fixture->eth).height, 4);
    evm_mine(fixture, 5);
    assert_int_equal(network_health_get(&fixture->eth).height, 4);
    evm_fixture_free(fixture);
}

static void
test_a_main_chain_that_calls_another_block_final_is_not_followed_any_more(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "12");
    evm_mine(fixture, 5);
    tell(fixture, 4, 3);
    fixture->chain.finality.finalized.hash.bytes[7] ^= 1;
    evm_mine(fixture, 3);
    struct network_health health = network_health_get(&fixture->eth);
    assert_true(health.blind);
    assert_int_equal(health.height, 6);
    evm_fixture_free(fixture);
}

static void test_a_main_chain_that_does_not_become_final_confirms_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "2");
    tell(fixture, 1, 1);
    evm_mine(fixture, 128); /* height 129 */
    assert_false(network_health_get(&fixture->eth).blind);
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    evm_mine(fixture, 3);
    assert_true(network_health_get(&fixture->eth).blind);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    tell(fixture, 100, 90);
    evm_mine(fixture, 1);
    assert_false(network_health_get(&fixture->eth).blind);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    evm_fixture_free(fixture);
}

/* ---- what payments wait for in vain */

enum { MINUTE_MS = 60000 };

/* A block a minute. */
static void mine_for(struct evm_fixture *fixture, int minutes) {
    for (int i = 0; i < minutes; i++) {
        atomic_fetch_add(&fixture->till->now_ms, MINUTE_MS);
        evm_mine(fixture, 1);
    }
}

static const char *silence(struct evm_fixture *fixture) {
    return evm_alarm(fixture, "finality_silent", "eth");
}

static void test_a_node_that_stops_telling_what_is_final_is_an_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1 finalized@1000USD");
    evm_mine(fixture, 3);
    tell(fixture, 2, 1);
    mine_for(fixture, 1);
    fixture->chain.has_finality = false;
    mine_for(fixture, 4);
    assert_null(silence(fixture)); /* it may pass */
    mine_for(fixture, 1);
    assert_non_null(silence(fixture));
    struct network_health health = network_health_get(&fixture->eth);
    assert_false(health.blind);
    assert_string_equal(health.warning, silence(fixture));
    tell(fixture, 3, 2);
    mine_for(fixture, 1);
    assert_null(silence(fixture));
    assert_string_equal(network_health_get(&fixture->eth).warning, "");
    evm_fixture_free(fixture);
}

static void test_finality_that_was_never_told_is_an_alarm_that_outlives_a_restart(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "safe");
    mine_for(fixture, 6);
    assert_non_null(silence(fixture));
    evm_restart_watcher(fixture);
    mine_for(fixture, 1);
    assert_non_null(silence(fixture)); /* nobody knows better yet */
    tell(fixture, 2, 1);
    mine_for(fixture, 1);
    tell(fixture, 3, 1);
    mine_for(fixture, 1);
    assert_null(silence(fixture));
    evm_fixture_free(fixture);
}

/* As after a restart with a number in the configuration, because the node tells nothing. */
static void test_what_waited_before_still_waits_and_is_told(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "finalized");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    pay(fixture, invoice);
    mine_for(fixture, 1);
    assert_true(result_is_ok(confirmation_tiers_from_text(STR("2"), &fixture->eth.confirmations)));
    evm_restart_watcher(fixture);
    mine_for(fixture, 6);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_CREATED);
    assert_non_null(silence(fixture));
    tell(fixture, 3, 2); /* by another node */
    mine_for(fixture, 1);
    assert_int_equal(status_of(fixture, invoice->invoice.id), INVOICE_PAID);
    evm_restart_watcher(fixture);
    mine_for(fixture, 1);
    assert_null(silence(fixture));
    evm_fixture_free(fixture);
}

static void test_finality_that_stands_still_while_the_chain_goes_on_is_an_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1 finalized@1000USD");
    tell(fixture, 1, 1);
    mine_for(fixture, 60); /* blocks are rare here */
    assert_null(silence(fixture));
    mine_for(fixture, 10);
    assert_non_null(silence(fixture));
    tell(fixture, 20, 15);
    mine_for(fixture, 1);
    assert_null(silence(fixture));
    /* That safe stands still matters to nobody. */
    for (int i = 0; i < 70; i++) {
        fixture->chain.finality.finalized = fake_chain_ref(&fixture->chain, 16 + i % 5);
        mine_for(fixture, 1);
    }
    assert_null(silence(fixture));
    evm_fixture_free(fixture);
}

static void test_finality_that_no_payment_waits_for_is_no_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "12");
    mine_for(fixture, 100);
    assert_null(silence(fixture));
    evm_fixture_free(fixture);
}

static void test_a_chain_that_stands_still_says_nothing_of_finality(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "finalized");
    tell(fixture, 1, 1);
    mine_for(fixture, 1);
    atomic_fetch_add(&fixture->till->now_ms, 100 * MINUTE_MS);
    evm_follow(fixture);
    assert_null(silence(fixture));
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_sums_wait_for_safe_and_large_ones_for_finalized),
        cmocka_unit_test(test_what_the_chain_cannot_tell_confirms_nothing),
        cmocka_unit_test(test_a_hash_that_is_not_ours_confirms_nothing),
        cmocka_unit_test(test_what_was_safe_on_another_branch_confirms_nothing),
        cmocka_unit_test(test_a_confirmed_payment_outlives_the_undo_of_a_later_block),
        cmocka_unit_test(test_a_payment_is_as_deep_as_its_chain_is_high),
        cmocka_unit_test(test_a_main_chain_whose_final_blocks_change_is_not_followed_any_more),
        cmocka_unit_test(test_a_main_chain_that_calls_another_block_final_is_not_followed_any_more),
        cmocka_unit_test(test_a_main_chain_that_does_not_become_final_confirms_nothing),
        cmocka_unit_test(test_a_node_that_stops_telling_what_is_final_is_an_alarm),
        cmocka_unit_test(test_finality_that_was_never_told_is_an_alarm_that_outlives_a_restart),
        cmocka_unit_test(test_what_waited_before_still_waits_and_is_told),
        cmocka_unit_test(test_finality_that_stands_still_while_the_chain_goes_on_is_an_alarm),
        cmocka_unit_test(test_finality_that_no_payment_waits_for_is_no_alarm),
        cmocka_unit_test(test_a_chain_that_stands_still_says_nothing_of_finality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
