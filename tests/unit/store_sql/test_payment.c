/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store_fixture.h"

/* An invoice with one payment in the given state. */
static struct payment_row put_payment(struct fixture *fixture, int64_t invoice_id,
                                      enum payment_state state) {
    struct address_row address = an_address(fixture, invoice_id, (uint32_t)invoice_id);
    address.id = put_invoice(fixture, invoice_id);
    struct payment_row payment = a_payment(fixture, &address, (uint8_t)invoice_id);
    payment.state = state;
    if (state == PAYMENT_SEEN || state == PAYMENT_GONE) {
        payment.height = 0;
    }
    assert_ok(store_payment_insert(fixture->writer, &payment, &payment.id));
    return payment;
}

static void test_a_payment_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payment_row put = put_payment(fixture, 1, PAYMENT_SHALLOW);
    assert_ok(store_commit(fixture->writer));
    struct payment_row got;
    assert_ok(store_payment_by_outpoint(fixture->reader, fixture->btc, put.txid, 3, &got));
    assert_int_equal(got.id, put.id);
    assert_ptr_equal(got.network, fixture->btc);
    assert_true(txid_eq(got.txid, put.txid));
    assert_int_equal(got.ordinal, 3);
    assert_int_equal(got.address_id, put.address_id);
    assert_int_equal(got.invoice_id, 1);
    assert_true(amount_eq(got.amount, put.amount));
    assert_int_equal(got.state, PAYMENT_SHALLOW);
    assert_false(got.coinbase);
    assert_int_equal(got.height, 100);
    assert_true(block_hash_eq(got.block_hash, put.block_hash));
    assert_int_equal(got.block_time_ms, put.block_time_ms);
    assert_int_equal(got.first_seen_at_ms, put.first_seen_at_ms);
    assert_int_equal(got.matures_height, 101);
    assert_fault(store_payment_by_outpoint(fixture->reader, fixture->btc, put.txid, 4, &got),
                 ERR_NOT_FOUND);
    const struct payment_row *payments;
    size_t count;
    assert_ok(store_payment_of_invoice(fixture->reader, fixture->arena, 1, &payments, &count));
    assert_int_equal(count, 1);
}

static void test_payments_may_wait_for_their_block_to_become_final(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    static const enum confirmation_rule rules[] = {CONFIRMED_DEEP, CONFIRMED_SAFE,
                                                   CONFIRMED_FINALIZED};
    for (int64_t i = 0; i < 3; i++) {
        struct payment_row payment = put_payment(fixture, i + 1, PAYMENT_SHALLOW);
        payment.waits_for = rules[i];
        payment.matures_height = i == 0 ? 101 : 0;
        assert_ok(store_payment_update(fixture->writer, &payment));
    }
    assert_ok(store_commit(fixture->writer));
    static const struct {
        struct store_finality finality;
        size_t count;
    } steps[] = {{{99, 99, 9}, 0},   {{100, 99, 9}, 1},  {{99, 100, 9}, 1},
                 {{100, 100, 9}, 2}, {{100, 100, 1}, 1}, {{0, 0, 9}, 0}};
    const struct payment_row *payments;
    size_t count;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_ok(store_payment_becoming_final(fixture->reader, fixture->arena, fixture->btc,
                                               steps[i].finality, &payments, &count));
        assert_int_equal(count, steps[i].count);
    }
    assert_ok(store_payment_of_invoice(fixture->reader, fixture->arena, 3, &payments, &count));
    assert_int_equal(payments[0].waits_for, CONFIRMED_FINALIZED);
    assert_int_equal(payments[0].matures_height, 0);
    assert_ok(store_payment_maturing(fixture->reader, fixture->arena, fixture->btc, 1000, 0,
                                     &payments, &count));
    assert_int_equal(count, 0);
    assert_ok(store_payment_maturing(fixture->reader, fixture->arena, fixture->btc, 1000, 9,
                                     &payments, &count));
    assert_int_equal(count, 1);
}

static void test_it_is_known_whether_payments_wait_for_their_block_to_become_final(void **state) {
    struct fixture *fixture = *state;
    struct store_waits waits;
    assert_ok(store_payment_waits(fixture->reader, fixture->btc, &waits));
    assert_false(waits.for_safe || waits.for_finalized);
    assert_ok(store_begin(fixture->writer));
    struct payment_row payment = put_payment(fixture, 1, PAYMENT_SHALLOW);
    payment.waits_for = CONFIRMED_FINALIZED;
    payment.matures_height = 0;
    assert_ok(store_payment_update(fixture->writer, &payment));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payment_waits(fixture->reader, fixture->btc, &waits));
    assert_true(waits.for_finalized && !waits.for_safe);
    assert_ok(store_payment_waits(fixture->reader, network_by_key(STR("eth")), &waits));
    assert_false(waits.for_safe || waits.for_finalized);
    payment.waits_for = CONFIRMED_SAFE;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_payment_update(fixture->writer, &payment));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payment_waits(fixture->reader, fixture->btc, &waits));
    assert_true(waits.for_safe && !waits.for_finalized);
    struct invoice_row invoice;
    assert_ok(store_invoice_by_id(fixture->reader, fixture->arena, 1, &invoice));
    invoice.status = INVOICE_PAID; /* by others: nobody waits for this one */
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_invoice_update(fixture->writer, &invoice));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payment_waits(fixture->reader, fixture->btc, &waits));
    assert_false(waits.for_safe || waits.for_finalized);
    invoice.status = INVOICE_CREATED;
    payment.state = PAYMENT_CONFIRMED;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_invoice_update(fixture->writer, &invoice));
    assert_ok(store_payment_update(fixture->writer, &payment));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payment_waits(fixture->reader, fixture->btc, &waits));
    assert_false(waits.for_safe || waits.for_finalized);
}

static void test_an_invoices_payments_are_told_in_the_order_they_came(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payment_row payment = put_payment(fixture, 1, PAYMENT_SHALLOW);
    int64_t first_id = payment.id;
    payment.ordinal++;
    assert_ok(store_payment_insert(fixture->writer, &payment, &payment.id));
    assert_ok(store_commit(fixture->writer));
    const struct payment_row *payments;
    size_t count;
    assert_ok(store_payment_of_invoice(fixture->reader, fixture->arena, 1, &payments, &count));
    assert_int_equal(count, 2);
    assert_int_equal(payments[0].id, first_id);
    assert_int_equal(payments[1].id, payment.id);
}

static void test_a_chain_fact_is_credited_once(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payment_row payment = put_payment(fixture, 1, PAYMENT_SHALLOW);
    assert_fault(store_payment_insert(fixture->writer, &payment, &payment.id), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
}

static void test_blocks_change_what_is_known_of_a_payment(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payment_row put = put_payment(fixture, 1, PAYMENT_CONFIRMED);
    put.state = PAYMENT_GONE;
    put.height = 0;
    put.block_time_ms = 0;
    put.matures_height = 0;
    assert_ok(store_payment_update(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct payment_row got;
    assert_ok(store_payment_by_outpoint(fixture->reader, fixture->btc, put.txid, 3, &got));
    assert_int_equal(got.state, PAYMENT_GONE);
    assert_int_equal(got.height, 0);
    assert_int_equal(got.block_hash.bytes[0], 0);
    assert_int_equal(got.block_time_ms, 0);
    assert_int_equal(got.matures_height, 0);
    assert_int_equal(got.first_seen_at_ms, put.first_seen_at_ms);
}

static void test_a_false_payment_is_forgotten_once(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct payment_row put = put_payment(fixture, 1, PAYMENT_SEEN);
    struct payment_row got;
    assert_ok(store_payment_by_outpoint(fixture->writer, fixture->btc, put.txid, 3, &got));
    assert_ok(store_payment_delete(fixture->writer, got.id));
    assert_fault(store_payment_by_outpoint(fixture->writer, fixture->btc, put.txid, 3, &got),
                 ERR_NOT_FOUND);
    assert_fault(store_payment_delete(fixture->writer, got.id), ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
}

static void test_payments_are_found_by_state_and_height(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_payment(fixture, 1, PAYMENT_SEEN);
    put_payment(fixture, 2, PAYMENT_SHALLOW);
    put_payment(fixture, 3, PAYMENT_CONFIRMED);
    put_payment(fixture, 4, PAYMENT_GONE);
    assert_ok(store_commit(fixture->writer));
    const struct payment_row *payments;
    size_t count;
    assert_ok(store_payment_seen(fixture->reader, fixture->arena, fixture->btc, &payments, &count));
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].invoice_id, 1);
    assert_ok(store_payment_maturing(fixture->reader, fixture->arena, fixture->btc, 101, 9,
                                     &payments, &count));
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].invoice_id, 2);
    assert_ok(store_payment_maturing(fixture->reader, fixture->arena, fixture->btc, 100, 9,
                                     &payments, &count));
    assert_int_equal(count, 0);
    assert_ok(store_payment_matured_from(fixture->reader, fixture->arena, fixture->btc, 101,
                                         &payments, &count));
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].invoice_id, 3);
    assert_ok(store_payment_matured_from(fixture->reader, fixture->arena, fixture->btc, 102,
                                         &payments, &count));
    assert_int_equal(count, 0);
    assert_ok(store_payment_at_height(fixture->reader, fixture->arena, fixture->btc, 100, &payments,
                                      &count));
    assert_int_equal(count, 2);
    assert_ok(store_payment_at_height(fixture->reader, fixture->arena, network_sandbox(), 100,
                                      &payments, &count));
    assert_int_equal(count, 0);
}

static void test_addresses_are_found_by_the_payments_of_their_wallet(void **state) {
    struct fixture *fixture = *state;
    int64_t highest;
    assert_ok(store_payment_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 0);
    assert_ok(store_begin(fixture->writer));
    put_payment(fixture, 1, PAYMENT_SEEN);
    put_payment(fixture, 2, PAYMENT_SHALLOW);
    put_payment(fixture, 3, PAYMENT_CONFIRMED);
    put_payment(fixture, 4, PAYMENT_GONE);
    put_payment(fixture, 5, PAYMENT_CONFIRMED);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_payment_highest_id(fixture->reader, &highest));
    const struct address_row *rows;
    size_t count;
    struct store_payment_range all = {.after_id = 0, .until_id = highest};
    assert_ok(store_address_paid_in(fixture->reader, fixture->arena, fixture->wallet_id, all, &rows,
                                    &count));
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].invoice_id, 5);
    assert_int_equal(rows[2].invoice_id, 2);
    struct store_payment_range some = {.after_id = highest - 3, .until_id = highest - 1};
    assert_ok(store_address_paid_in(fixture->reader, fixture->arena, fixture->wallet_id, some,
                                    &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].invoice_id, 3);
    assert_ok(store_address_paid_in(fixture->reader, fixture->arena, fixture->wallet_id + 1, all,
                                    &rows, &count));
    assert_int_equal(count, 0);
}

static void test_blocks_follow_each_other_without_gap(void **state) {
    struct fixture *fixture = *state;
    struct block_header got;
    assert_fault(store_block_tip(fixture->reader, fixture->btc, &got), ERR_NOT_FOUND);
    assert_ok(store_begin(fixture->writer));
    for (int64_t height = 10; height <= 14; height++) {
        struct block_header block = a_block(height);
        assert_ok(store_block_insert(fixture->writer, fixture->btc, &block));
    }
    struct block_header gap = a_block(16);
    assert_fault(store_block_insert(fixture->writer, fixture->btc, &gap), ERR_STORE_CONSTRAINT);
    struct block_header foreign = a_block(15);
    foreign.parent.bytes[0] = 77;
    assert_fault(store_block_insert(fixture->writer, fixture->btc, &foreign), ERR_STORE_CONSTRAINT);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_block_tip(fixture->reader, fixture->btc, &got));
    assert_int_equal(got.height, 14);
    assert_int_equal(got.hash.bytes[0], 14);
    assert_int_equal(got.parent.bytes[0], 13);
    assert_int_equal(got.time_ms, a_block(14).time_ms);
    assert_int_equal(got.proven_ms, a_block(14).proven_ms);
    assert_fault(store_block_tip(fixture->reader, network_sandbox(), &got), ERR_NOT_FOUND);
}

static void test_blocks_are_undone_at_the_tip_and_forgotten_below(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t height = 10; height <= 14; height++) {
        struct block_header block = a_block(height);
        assert_ok(store_block_insert(fixture->writer, fixture->btc, &block));
    }
    assert_ok(store_block_delete(fixture->writer, fixture->btc, 14));
    assert_ok(store_block_prune(fixture->writer, fixture->btc, 12));
    assert_ok(store_commit(fixture->writer));
    struct block_header got;
    assert_ok(store_block_tip(fixture->reader, fixture->btc, &got));
    assert_int_equal(got.height, 13);
    assert_ok(store_block_lowest(fixture->reader, fixture->btc, &got));
    assert_int_equal(got.height, 12);
    assert_ok(store_block_at(fixture->reader, fixture->btc, 13, &got));
    assert_int_equal(got.hash.bytes[0], 13);
    assert_fault(store_block_at(fixture->reader, fixture->btc, 11, &got), ERR_NOT_FOUND);
}

static void test_a_chain_is_pinned_once(void **state) {
    struct fixture *fixture = *state;
    struct chain_row put = {.network = fixture->btc,
                            .genesis = {{6, 6}},
                            .chain_name = STR("regtest"),
                            .started_at_ms = 12};
    struct chain_row got;
    assert_fault(store_chain_by_network(fixture->reader, fixture->arena, fixture->btc, &got),
                 ERR_NOT_FOUND);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_chain_insert(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_chain_by_network(fixture->reader, fixture->arena, fixture->btc, &got));
    assert_ptr_equal(got.network, fixture->btc);
    assert_true(block_hash_eq(got.genesis, put.genesis));
    assert_str(got.chain_name, "regtest");
    assert_int_equal(got.started_at_ms, 12);
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_chain_insert(fixture->writer, &put), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
}

static void test_the_digest_is_equal_before_a_block_and_after_its_undo(void **state) {
    struct fixture *fixture = *state;
    struct str before;
    struct str during;
    struct str after;
    struct block_header first = a_block(10);
    struct block_header next = a_block(11);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_block_insert(fixture->writer, fixture->btc, &first));
    put_invoice(fixture, 2);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &before));
    assert_int_equal(before.len, 64);

    assert_ok(store_begin(fixture->writer));
    assert_ok(store_block_insert(fixture->writer, fixture->btc, &next));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &during));
    assert_memory_not_equal(before.ptr, during.ptr, 64);

    assert_ok(store_begin(fixture->writer));
    assert_ok(store_block_delete(fixture->writer, fixture->btc, 11));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &after));
    assert_memory_equal(before.ptr, after.ptr, 64);
}

static void test_the_digest_sees_payments_in_blocks_and_statuses(void **state) {
    struct fixture *fixture = *state;
    struct str digests[4];
    assert_ok(store_begin(fixture->writer));
    struct payment_row payment = put_payment(fixture, 1, PAYMENT_GONE);
    assert_ok(store_ledger_digest(fixture->writer, fixture->arena, &digests[0]));
    payment.state = PAYMENT_SHALLOW;
    payment.height = 100;
    assert_ok(store_payment_update(fixture->writer, &payment));
    assert_ok(store_ledger_digest(fixture->writer, fixture->arena, &digests[1]));
    payment.state = PAYMENT_GONE;
    payment.height = 0;
    assert_ok(store_payment_update(fixture->writer, &payment));
    assert_ok(store_ledger_digest(fixture->writer, fixture->arena, &digests[2]));
    struct invoice_row invoice = an_invoice(fixture, 1);
    invoice.status = INVOICE_PARTIAL;
    assert_ok(store_invoice_update(fixture->writer, &invoice));
    assert_ok(store_ledger_digest(fixture->writer, fixture->arena, &digests[3]));
    assert_ok(store_commit(fixture->writer));
    assert_memory_not_equal(digests[0].ptr, digests[1].ptr, 64);
    assert_memory_equal(digests[0].ptr, digests[2].ptr, 64);
    assert_memory_not_equal(digests[2].ptr, digests[3].ptr, 64);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_payment_comes_back_as_it_was_put),
        TEST(test_payments_may_wait_for_their_block_to_become_final),
        TEST(test_it_is_known_whether_payments_wait_for_their_block_to_become_final),
        TEST(test_an_invoices_payments_are_told_in_the_order_they_came),
        TEST(test_a_chain_fact_is_credited_once),
        TEST(test_blocks_change_what_is_known_of_a_payment),
        TEST(test_a_false_payment_is_forgotten_once),
        TEST(test_payments_are_found_by_state_and_height),
        TEST(test_addresses_are_found_by_the_payments_of_their_wallet),
        TEST(test_blocks_follow_each_other_without_gap),
        TEST(test_blocks_are_undone_at_the_tip_and_forgotten_below),
        TEST(test_a_chain_is_pinned_once),
        TEST(test_the_digest_is_equal_before_a_block_and_after_its_undo),
        TEST(test_the_digest_sees_payments_in_blocks_and_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
