/* SPDX-License-Identifier: MIT */
/* Blocks that an operator wants read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/rescan.h"
#include "base/arena.h"
#include "core/day_range.h"
#include "core/error.h"
#include "evm_fixture.h"
#include "ports/store.h"
#include "ports/store_rollup.h"
#include "support/money.h"
#include "workers/chain_watcher.h"
#include "workers/expiry_worker.h"

enum { MINUTE_MS = 60000 };

/* ---- a node that may be bad */

static struct chain_ops ops; /* of the fixture's chain, changed */
static const struct chain_ops *true_ops;
static struct evm_fixture *slow; /* NULL: a block takes no time */
static int64_t lost_height;      /* of a block that cannot be had; -1: none */
static bool hides;               /* it shows nobody's payments */
static struct chain_flaws flaws; /* of all blocks */
static unsigned lost_times;

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    TRY(true_ops->block(chain, arena, hash, ret_block));
    if (ret_block->header.height == lost_height) {
        lost_times++;
        return result_failf(arena, &ERR_NODE_ANSWER, "its state is gone");
    }
    if (hides) {
        ret_block->output_count = 0;
    }
    ret_block->flaws = flaws;
    if (slow != NULL) {
        atomic_fetch_add(&slow->till->now_ms, 600);
    }
    return RESULT_OK;
}

static struct evm_fixture *open_fixture(const char *confirmations) {
    struct evm_fixture *fixture = evm_fixture_new("regtest", confirmations);
    true_ops = fixture->chain.port.ops;
    ops = *true_ops;
    ops.block = block;
    fixture->chain.port.ops = &ops;
    slow = NULL;
    hides = false;
    flaws = (struct chain_flaws){0};
    lost_height = -1;
    lost_times = 0;
    return fixture;
}

static void pass(struct evm_fixture *fixture, int64_t ms) {
    atomic_fetch_add(&fixture->till->now_ms, ms);
}

static void expire(struct evm_fixture *fixture) {
    struct expiry_worker *expiry = expiry_worker_new(&fixture->till->app, fixture->reader);
    (void)expiry_worker_step(expiry);
    expiry_worker_free(expiry);
}

/* Into a block that shows nothing. */
static int64_t pay_unseen(struct evm_fixture *fixture, const struct invoice_create *invoice) {
    hides = true;
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    hides = false;
    return fixture->chain.height;
}

static enum invoice_status status_of(struct evm_fixture *fixture,
                                     const struct invoice_create *invoice) {
    return evm_invoice_row(fixture, invoice->invoice.id).status;
}

static const char *public_id(struct evm_fixture *fixture, const struct invoice_create *invoice) {
    return str_to_c(
        fixture->till->arena,
        app_invoice_public_id(fixture->till->arena, &fixture->till->app, invoice->invoice.id));
}

static struct str digest(struct evm_fixture *fixture) {
    struct str text;
    assert_true(result_is_ok(store_ledger_digest(fixture->reader, fixture->till->arena, &text)));
    return text;
}

/* ---- asking */

static bool is_done;

static void done(struct rescan *rescan) {
    (void)rescan;
    is_done = true;
}

static struct result hand_in(struct evm_fixture *fixture, struct rescan *rescan, int64_t from,
                             int64_t to) {
    is_done = false;
    *rescan = (struct rescan){.from_height = from, .to_height = to, .done = done};
    return rescan_hand_in(&fixture->eth, fixture->till->arena, rescan);
}

static struct rescan read_again(struct evm_fixture *fixture, int64_t from, int64_t to) {
    struct rescan rescan;
    assert_true(result_is_ok(hand_in(fixture, &rescan, from, to)));
    evm_follow(fixture);
    assert_true(is_done);
    assert_true(result_is_ok(rescan.outcome));
    assert_int_equal(rescan.next_height, RESCAN_ENDED);
    return rescan;
}

/* ---- what it finds */

static void test_a_payment_that_was_passed_over_is_found_and_counts_once(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("2");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    int64_t at = pay_unseen(fixture, invoice);
    evm_mine(fixture, 5);
    assert_int_equal(status_of(fixture, invoice), INVOICE_CREATED);
    struct rescan rescan = read_again(fixture, 0, RESCAN_TO_TIP);
    assert_int_equal(rescan.to_height, fixture->chain.height);
    assert_int_equal(rescan.tally.blocks_read, fixture->chain.height + 1);
    assert_int_equal(rescan.tally.payments_found, 1);
    assert_int_equal(rescan.tally.payments_known, 0);
    assert_int_equal(status_of(fixture, invoice), INVOICE_CREATED);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).flags, INVOICE_FLAG_SEEN);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice), INVOICE_PAID);
    rescan = read_again(fixture, at, at);
    assert_int_equal(rescan.tally.payments_found, 0);
    assert_int_equal(rescan.tally.payments_known, 1);
    evm_mine(fixture, 3);
    size_t count;
    const struct payment_row *payments = evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].height, at);
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 1);
    struct shop_asset_row sums;
    assert_true(result_is_ok(store_shop_asset_get(
        fixture->reader, fixture->shop.id, fixture->eth.network, money_asset("ETH"), &sums)));
    assert_true(amount_eq(sums.received, invoice->issue.row.due));
    evm_fixture_free(fixture);
}

static void test_what_came_in_time_pays_an_invoice_that_has_ended_since(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("2");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    (void)pay_unseen(fixture, invoice);
    pass(fixture, 2 * DAY_MS);
    evm_mine(fixture, 2);
    expire(fixture);
    assert_int_equal(status_of(fixture, invoice), INVOICE_CANCELED);
    assert_int_equal(read_again(fixture, 0, RESCAN_TO_TIP).tally.payments_found, 1);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice), INVOICE_PAID);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).flags, 0);
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 1);
    evm_fixture_free(fixture);
}

static void test_what_came_late_is_late_whenever_it_is_found(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("2");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    pass(fixture, 2 * DAY_MS);
    (void)pay_unseen(fixture, invoice);
    evm_mine(fixture, 2);
    assert_int_equal(read_again(fixture, 0, RESCAN_TO_TIP).tally.payments_found, 1);
    evm_mine(fixture, 1);
    expire(fixture);
    assert_int_equal(status_of(fixture, invoice), INVOICE_CANCELED);
    assert_non_null(evm_alarm(fixture, "payment_late", public_id(fixture, invoice)));
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 0);
    evm_fixture_free(fixture);
}

/* Other software may have used the wallet. */
static void test_what_came_before_the_address_was_given_out_pays_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 1);
    int64_t at = fixture->chain.height;
    pass(fixture, DAY_MS);
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    struct fake_block *old = &fixture->chain.blocks[at];
    old->outputs[old->output_count++] = (struct chain_output){.program = invoice->issue.row.program,
                                                              .amount = invoice->issue.row.due,
                                                              .txid = {.bytes = {7}}};
    struct rescan rescan = read_again(fixture, at, at);
    assert_int_equal(rescan.tally.blocks_read, 1);
    assert_int_equal(rescan.tally.payments_found, 0);
    evm_mine(fixture, 2);
    assert_int_equal(status_of(fixture, invoice), INVOICE_CREATED);
    size_t count;
    (void)evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 0);
    evm_fixture_free(fixture);
}

static void test_a_block_far_below_all_that_are_kept_is_read_as_well(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    int64_t at = pay_unseen(fixture, invoice);
    evm_mine(fixture, (int)fixture->eth.network->reorg_limit_blocks + 20);
    assert_int_equal(read_again(fixture, at, at).tally.payments_found, 1);
    evm_mine(fixture, 1);
    assert_int_equal(status_of(fixture, invoice), INVOICE_PAID);
    evm_fixture_free(fixture);
}

static void test_what_was_found_goes_and_comes_with_its_block(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("3");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    int64_t at = pay_unseen(fixture, invoice);
    assert_int_equal(read_again(fixture, at, at).tally.payments_found, 1);
    fake_chain_drop(&fixture->chain, 1);
    evm_mine(fixture, 2);
    size_t count;
    assert_int_equal(evm_payments(fixture, invoice->invoice.id, &count)[0].state, PAYMENT_GONE);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).flags, 0);
    evm_fixture_free(fixture);
}

static void test_nothing_changes_when_nothing_was_missed(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("2");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct invoice_create *other = evm_invoice(fixture, "ETH", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    fake_chain_pay(&fixture->chain, &other->issue.row.program, money("USDC_ERC20", "3"));
    evm_mine(fixture, 3);
    fake_chain_pay(&fixture->chain, &other->issue.row.program, money("ETH", "0.001"));
    evm_mine(fixture, 1);
    struct str before = digest(fixture);
    struct rescan rescan = read_again(fixture, 0, RESCAN_TO_TIP);
    assert_int_equal(rescan.tally.payments_known, 3);
    assert_int_equal(rescan.tally.payments_found, 0);
    assert_true(str_eq(before, digest(fixture)));
    assert_null(evm_alarm(fixture, "payment_repeated", NULL));
    evm_fixture_free(fixture);
}

/* ---- blocks without traces */

static void test_the_alarm_goes_when_all_its_blocks_were_traced(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 3);
    flaws.is_untraced = true;
    evm_mine(fixture, 5);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "5 blocks, from 5 to 9"));
    assert_int_equal(read_again(fixture, 5, 9).tally.blocks_untraced, 5);
    flaws = (struct chain_flaws){.is_traceless = true}; /* who traces nothing proves nothing */
    assert_int_equal(read_again(fixture, 5, 9).tally.blocks_untraced, 5);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "5 blocks, from 5 to 9"));
    flaws = (struct chain_flaws){0};
    evm_mine(fixture, 2);
    (void)read_again(fixture, 7, 7);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "4 blocks, from 5 to 9"));
    (void)read_again(fixture, 8, RESCAN_TO_TIP);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "2 blocks, from 5 to 6"));
    evm_restart_watcher(fixture);
    evm_follow(fixture);
    assert_int_equal(read_again(fixture, 0, 6).tally.blocks_untraced, 0);
    assert_null(evm_alarm(fixture, "contracts_unseen", "eth"));
    evm_fixture_free(fixture);
}

/* ---- what it asks for */

static const char *refusal(struct evm_fixture *fixture, int64_t from, int64_t to) {
    struct rescan rescan;
    struct result refused = hand_in(fixture, &rescan, from, to);
    assert_ptr_equal(refused.code, &ERR_RESCAN_RANGE);
    assert_false(is_done);
    return refused.detail;
}

static void test_a_range_that_makes_no_sense_is_refused(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 9);
    assert_int_equal(fixture->chain.height, 10);
    assert_non_null(strstr(refusal(fixture, 11, RESCAN_TO_TIP), "block 11 has not been read yet"));
    assert_non_null(strstr(refusal(fixture, 1, 12), "block 12 has not been read yet: Till is at "
                                                    "block 10"));
    assert_non_null(strstr(refusal(fixture, 5, 4), "backwards"));
    assert_non_null(strstr(refusal(fixture, -3, 4), "0 or more"));
    assert_non_null(strstr(refusal(fixture, 3, -4), "0 or more"));
    struct network_health health = network_health_get(&fixture->eth);
    health.height = 10 + RESCAN_BLOCKS_MAX;
    network_health_set(&fixture->eth, &health);
    assert_non_null(strstr(refusal(fixture, 7, 7 + RESCAN_BLOCKS_MAX), "up to 100006"));
    evm_fixture_free(fixture);
}

static void test_one_is_read_at_a_time_and_none_once_till_stops(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    struct rescan first;
    struct rescan second;
    assert_true(result_is_ok(hand_in(fixture, &first, 0, 1)));
    assert_ptr_equal(hand_in(fixture, &second, 0, 1).code, &ERR_RESCAN_RUNNING);
    rescan_close(&fixture->eth);
    assert_true(is_done);
    assert_ptr_equal(first.outcome.code, &ERR_NODE_STOPPED);
    assert_ptr_equal(hand_in(fixture, &second, 0, 1).code, &ERR_NODE_STOPPED);
    evm_fixture_free(fixture);
}

/* ---- beside the walk */

static void test_new_blocks_come_first_and_parts_end(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 19);
    slow = fixture;
    struct rescan rescan;
    assert_true(result_is_ok(hand_in(fixture, &rescan, 1, 20)));
    assert_true(chain_watcher_step(fixture->watcher));
    assert_int_equal(rescan.next_height, 2);
    fake_chain_mine(&fixture->chain, atomic_load(&fixture->till->now_ms));
    assert_true(chain_watcher_step(fixture->watcher));
    assert_int_equal(network_health_get(&fixture->eth).height, 21);
    evm_follow(fixture);
    assert_true(is_done);
    assert_true(result_is_ok(rescan.outcome));
    assert_in_range(rescan.next_height, 3, 10);
    assert_int_equal(rescan.tally.blocks_read, rescan.next_height - 1);
    evm_fixture_free(fixture);
}

static void test_a_block_that_cannot_be_had_ends_it_and_blinds_nobody(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 9);
    lost_height = 4;
    struct rescan rescan;
    assert_true(result_is_ok(hand_in(fixture, &rescan, 2, 9)));
    for (int i = 0; !is_done && i < 10; i++) {
        (void)chain_watcher_step(fixture->watcher);
    }
    assert_true(is_done);
    assert_true(result_is_ok(rescan.outcome));
    assert_int_equal(rescan.next_height, 4);
    assert_int_equal(rescan.tally.blocks_read, 2);
    assert_int_equal(lost_times, 3);
    assert_true(result_is_ok(hand_in(fixture, &rescan, rescan.next_height, 9)));
    for (int i = 0; !is_done && i < 10; i++) {
        (void)chain_watcher_step(fixture->watcher);
    }
    assert_ptr_equal(rescan.outcome.code, &ERR_NODE_ANSWER);
    assert_string_equal(rescan.outcome.detail,
                        "block 4 could not be read again: its state is gone");
    assert_int_equal(rescan.tally.blocks_read, 0);
    assert_false(network_health_get(&fixture->eth).blind);
    lost_height = -1;
    assert_int_equal(read_again(fixture, 4, 9).tally.blocks_read, 6);
    evm_fixture_free(fixture);
}

static void test_a_block_that_is_not_ours_at_its_height_pays_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    int64_t at = pay_unseen(fixture, invoice);
    evm_mine(fixture, 3);
    fixture->chain.blocks[at].header.hash.bytes[2] ^= 1;
    struct rescan rescan;
    assert_true(result_is_ok(hand_in(fixture, &rescan, at, at)));
    for (int i = 0; !is_done && i < 10; i++) {
        (void)chain_watcher_step(fixture->watcher);
    }
    assert_true(is_done);
    assert_ptr_equal(rescan.outcome.code, &ERR_BLOCK_UNKNOWN);
    size_t count;
    (void)evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 0);
    evm_fixture_free(fixture);
}

static struct result no_tip(struct chain *chain, struct arena *arena,
                            struct block_header *ret_tip) {
    (void)chain;
    (void)ret_tip;
    return result_failf(arena, &ERR_NODE_UNREACHABLE, "nobody is there");
}

static void test_a_blind_network_answers_after_a_while(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture("1");
    evm_mine(fixture, 3);
    ops.tip = no_tip;
    struct rescan rescan;
    assert_true(result_is_ok(hand_in(fixture, &rescan, 1, 2)));
    evm_follow(fixture);
    assert_false(is_done);
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_true(is_done);
    assert_ptr_equal(rescan.outcome.code, &ERR_NODE_NOT_READY);
    assert_string_equal(rescan.outcome.detail, "nobody is there");
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_payment_that_was_passed_over_is_found_and_counts_once),
        cmocka_unit_test(test_what_came_in_time_pays_an_invoice_that_has_ended_since),
        cmocka_unit_test(test_what_came_late_is_late_whenever_it_is_found),
        cmocka_unit_test(test_what_came_before_the_address_was_given_out_pays_nothing),
        cmocka_unit_test(test_a_block_far_below_all_that_are_kept_is_read_as_well),
        cmocka_unit_test(test_what_was_found_goes_and_comes_with_its_block),
        cmocka_unit_test(test_nothing_changes_when_nothing_was_missed),
        cmocka_unit_test(test_the_alarm_goes_when_all_its_blocks_were_traced),
        cmocka_unit_test(test_a_range_that_makes_no_sense_is_refused),
        cmocka_unit_test(test_one_is_read_at_a_time_and_none_once_till_stops),
        cmocka_unit_test(test_new_blocks_come_first_and_parts_end),
        cmocka_unit_test(test_a_block_that_cannot_be_had_ends_it_and_blinds_nobody),
        cmocka_unit_test(test_a_block_that_is_not_ours_at_its_height_pays_nothing),
        cmocka_unit_test(test_a_blind_network_answers_after_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
