/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store_fixture.h"

static void test_an_invoice_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    struct invoice_row put = an_invoice(fixture, 42);
    put.late_accepted = true;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_invoice_insert(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct invoice_row got;
    assert_ok(store_invoice_by_id(fixture->reader, fixture->arena, 42, &got));
    assert_int_equal(got.id, 42);
    assert_int_equal(got.shop_id, fixture->shop_id);
    assert_int_equal(got.status, INVOICE_CREATED);
    assert_int_equal(got.flags, INVOICE_FLAG_TEST);
    assert_str(got.order_id, "order 7");
    assert_str(got.email, "payer@example.org");
    assert_true(amount_eq(got.price, put.price));
    assert_true(amount_eq(got.price_usd, put.price_usd));
    assert_str(got.assets, "BTC");
    assert_str(got.underpaid_tolerance, "1%");
    assert_str(got.overpaid_tolerance, "3%");
    assert_str(got.auto_confirm, "4%");
    assert_true(got.accept_late);
    assert_int_equal(got.commission.transfer_side, FEE_MERCHANT);
    assert_int_equal(got.commission.service_side, FEE_CLIENT);
    assert_true(amount_eq(got.commission.transfer_usd, put.commission.transfer_usd));
    assert_true(amount_is_zero(got.commission.service_usd));
    assert_false(got.without_payment);
    assert_false(got.canceled_by_shop);
    assert_false(got.confirmed_by_hand);
    assert_true(got.late_accepted);
    assert_int_equal(got.created_at_ms, put.created_at_ms);
    assert_int_equal(got.expires_at_ms, put.expires_at_ms);
    assert_int_equal(got.finished_at_ms, 0);
    assert_int_equal(got.success_announced_at_ms, 0);
    assert_int_equal(got.shown_address_id, 0);
    assert_fault(store_invoice_by_id(fixture->reader, fixture->arena, 43, &got), ERR_NOT_FOUND);
    int64_t highest;
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 42);
}

static void test_an_update_writes_all_that_an_invoices_life_changes(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    int64_t address_id = put_invoice(fixture, 1);
    struct invoice_row put = an_invoice(fixture, 1);
    put.status = INVOICE_OVERPAID;
    put.flags = INVOICE_FLAG_LATE | INVOICE_FLAG_DISPUTE;
    put.canceled_by_shop = true;
    put.confirmed_by_hand = true;
    put.without_payment = true;
    put.finished_at_ms = 77;
    put.success_announced_at_ms = 78;
    put.shown_address_id = address_id;
    assert_ok(store_invoice_update(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct invoice_row got;
    assert_ok(store_invoice_by_id(fixture->reader, fixture->arena, 1, &got));
    assert_int_equal(got.status, INVOICE_OVERPAID);
    assert_int_equal(got.flags, INVOICE_FLAG_LATE | INVOICE_FLAG_DISPUTE);
    assert_true(got.canceled_by_shop);
    assert_true(got.confirmed_by_hand);
    assert_true(got.without_payment);
    assert_int_equal(got.finished_at_ms, 77);
    assert_int_equal(got.success_announced_at_ms, 78);
    assert_int_equal(got.shown_address_id, address_id);
}

static void test_every_status_is_stored_by_its_name(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int status = 0; status < INVOICE_STATUS_COUNT; status++) {
        struct invoice_row put = an_invoice(fixture, 1 + status);
        put.status = (enum invoice_status)status;
        assert_ok(store_invoice_insert(fixture->writer, &put));
        struct invoice_row got;
        assert_ok(store_invoice_by_id(fixture->writer, fixture->arena, put.id, &got));
        assert_int_equal(got.status, status);
    }
    assert_ok(store_commit(fixture->writer));
}

static void test_a_list_is_newest_first_and_a_walk_goes_by_id(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 10; id++) {
        struct invoice_row invoice = an_invoice(fixture, id);
        assert_ok(store_invoice_insert(fixture->writer, &invoice));
    }
    assert_ok(store_commit(fixture->writer));
    int64_t from_ms = an_invoice(fixture, 3).created_at_ms;
    int64_t before_ms = an_invoice(fixture, 10).created_at_ms;
    int64_t shop_ids[] = {fixture->shop_id, 0};
    for (size_t i = 0; i < 2; i++) {
        struct store_invoice_filter filter = {
            .shop_id = shop_ids[i],
            .created_from_ms = from_ms,
            .created_before_ms = before_ms,
            .offset = 2,
            .limit = 3,
        };
        const struct invoice_row *invoices;
        size_t count;
        assert_ok(store_invoice_list(fixture->reader, fixture->arena, &filter, &invoices, &count));
        assert_int_equal(count, 3);
        assert_int_equal(invoices[0].id, 7);
        assert_int_equal(invoices[2].id, 5);
        filter.offset = 0;
        filter.limit = 10;
        assert_ok(store_invoice_list(fixture->reader, fixture->arena, &filter, &invoices, &count));
        assert_int_equal(count, 7);
        assert_int_equal(invoices[0].id, 9);
        assert_int_equal(invoices[6].id, 3);
    }
    struct store_invoice_filter other = {.shop_id = fixture->shop_id + 1, .limit = 10};
    const struct invoice_row *invoices;
    size_t count;
    assert_ok(store_invoice_list(fixture->reader, fixture->arena, &other, &invoices, &count));
    assert_int_equal(count, 0);
    assert_ok(store_invoice_after(fixture->reader, fixture->arena, 3, 2, &invoices, &count));
    assert_int_equal(count, 2);
    assert_int_equal(invoices[0].id, 4);
    assert_int_equal(invoices[1].id, 5);
    assert_ok(store_invoice_after(fixture->reader, fixture->arena, 10, 2, &invoices, &count));
    assert_int_equal(count, 0);
}

static void test_open_invoices_expire_by_their_deadline(void **state) {
    struct fixture *fixture = *state;
    int64_t deadline_ms;
    assert_ok(store_invoice_next_deadline(fixture->reader, 0, &deadline_ms));
    assert_int_equal(deadline_ms, 0);
    static const struct {
        enum invoice_status status;
        uint32_t flags;
        int64_t expires_at_ms;
    } invoices[] = {
        {INVOICE_CREATED, 0, 300},
        {INVOICE_PARTIAL, INVOICE_FLAG_SEEN, 200},
        {INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL, 100},
        {INVOICE_PAID, 0, 100},
        {INVOICE_CANCELED, 0, 150},
        {INVOICE_CREATED, 0, 301},
    };
    assert_ok(store_begin(fixture->writer));
    for (int i = 0; i < 6; i++) {
        struct invoice_row invoice = an_invoice(fixture, i + 1);
        invoice.status = invoices[i].status;
        invoice.flags = invoices[i].flags;
        invoice.expires_at_ms = invoices[i].expires_at_ms;
        assert_ok(store_invoice_insert(fixture->writer, &invoice));
    }
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_invoice_next_deadline(fixture->reader, 0, &deadline_ms));
    assert_int_equal(deadline_ms, 200);
    size_t count;
    struct store_deadlines wanted = {.until_ms = 300, .limit = 10};
    const struct store_deadline *due;
    assert_ok(store_invoice_expiring(fixture->reader, fixture->arena, &wanted, &due, &count));
    assert_int_equal(count, 2);
    assert_int_equal(due[0].invoice_id, 2);
    assert_int_equal(due[1].invoice_id, 1);
    wanted.limit = 1;
    assert_ok(store_invoice_expiring(fixture->reader, fixture->arena, &wanted, &due, &count));
    assert_int_equal(count, 1);
    wanted.after = due[0];
    assert_ok(store_invoice_expiring(fixture->reader, fixture->arena, &wanted, &due, &count));
    assert_int_equal(count, 1);
    assert_int_equal(due[0].invoice_id, 1);
    struct store_deadlines ended = {.until_ms = 150, .limit = 1};
    assert_ok(store_invoice_expired(fixture->reader, fixture->arena, &ended, &due, &count));
    assert_int_equal(count, 1);
    assert_int_equal(due[0].invoice_id, 3);
    ended.after = due[0];
    assert_ok(store_invoice_expired(fixture->reader, fixture->arena, &ended, &due, &count));
    assert_int_equal(count, 1);
    assert_int_equal(due[0].invoice_id, 5);
    assert_ok(store_invoice_next_deadline(fixture->reader, 200, &deadline_ms));
    assert_int_not_equal(deadline_ms, 200);
    ended.after = (struct store_deadline){.deadline_ms = 99, .invoice_id = INT64_MAX};
    ended.limit = 10;
    assert_ok(store_invoice_expired(fixture->reader, fixture->arena, &ended, &due, &count));
    assert_int_equal(count, 2);
    ended.after.deadline_ms = 100;
    ended.until_ms = 149;
    assert_ok(store_invoice_expired(fixture->reader, fixture->arena, &ended, &due, &count));
    assert_int_equal(count, 0);
}

static void test_an_address_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    struct rate_quote_row quote = {
        .pair = STR("BTC_USD"), .rate = STR("60000.5"), .source = STR("kraken"), .at_ms = 4};
    struct invoice_row invoice = an_invoice(fixture, 1);
    struct address_row put = an_address(fixture, 1, 7);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_rate_quote_intern(fixture->writer, &quote, &put.rate_quote_id));
    /* The option first: the invoice may follow. */
    assert_ok(store_address_insert(fixture->writer, &put, &put.id));
    invoice.shown_address_id = put.id;
    assert_ok(store_invoice_insert(fixture->writer, &invoice));
    assert_ok(store_commit(fixture->writer));
    struct address_row got;
    assert_ok(store_address_by_id(fixture->reader, put.id, &got));
    assert_int_equal(got.kind, ADDRESS_INVOICE);
    assert_int_equal(got.invoice_id, 1);
    assert_ptr_equal(got.network, fixture->btc);
    assert_true(script_eq(&got.program, &put.program));
    assert_ptr_equal(got.asset, fixture->coin);
    assert_true(amount_eq(got.due, put.due));
    assert_int_equal(got.rate_quote_id, put.rate_quote_id);
    assert_int_equal(got.wallet_id, fixture->wallet_id);
    assert_int_equal(got.account_key_id, fixture->account_key_id);
    assert_int_equal(got.address_index, 7);
    assert_memory_equal(got.mac, put.mac, sizeof put.mac);
    assert_int_equal(got.issued_at_ms, put.issued_at_ms);
    const struct address_row *options;
    size_t count;
    assert_ok(store_address_of_invoice(fixture->reader, fixture->arena, 1, &options, &count));
    assert_int_equal(count, 1);
    assert_int_equal(options[0].id, put.id);
}

static void test_an_option_without_its_invoice_cannot_be_committed(void **state) {
    struct fixture *fixture = *state;
    struct address_row address = an_address(fixture, 99, 1);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_address_insert(fixture->writer, &address, &address.id));
    assert_fault(store_commit(fixture->writer), ERR_STORE_CONSTRAINT);
    store_rollback(fixture->writer);
    assert_fault(store_address_by_id(fixture->reader, address.id, &address), ERR_NOT_FOUND);
}

static void test_a_program_or_an_index_is_taken_once(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    assert_ok(store_commit(fixture->writer));
    int64_t id;
    struct address_row same_program = an_address(fixture, 1, 1);
    same_program.address_index = 2;
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_address_insert(fixture->writer, &same_program, &id), ERR_ADDRESS_TAKEN);
    store_rollback(fixture->writer);
    struct address_row same_index = an_address(fixture, 1, 2);
    same_index.address_index = 1;
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_address_insert(fixture->writer, &same_index, &id), ERR_ADDRESS_TAKEN);
    store_rollback(fixture->writer);
    struct address_row elsewhere = an_address(fixture, 1, 1);
    elsewhere.network = network_by_key(STR("ltc"));
    elsewhere.address_index = 2;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_address_insert(fixture->writer, &elsewhere, &id));
    assert_ok(store_commit(fixture->writer));
}

static void test_a_quarantined_address_belongs_to_no_invoice(void **state) {
    struct fixture *fixture = *state;
    struct address_row put = an_address(fixture, 0, 5);
    put.kind = ADDRESS_QUARANTINED;
    put.asset = NULL;
    put.due = (struct amount){0};
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_address_insert(fixture->writer, &put, &put.id));
    struct payment_row payment = a_payment(fixture, &put, 1);
    int64_t payment_id;
    assert_ok(store_payment_insert(fixture->writer, &payment, &payment_id));
    assert_ok(store_commit(fixture->writer));
    struct address_row got;
    assert_ok(store_address_by_id(fixture->reader, put.id, &got));
    assert_int_equal(got.kind, ADDRESS_QUARANTINED);
    assert_int_equal(got.invoice_id, 0);
    assert_null(got.asset);
    assert_null(got.due.asset);
    struct store_index_use use;
    assert_ok(store_account_key_use(fixture->reader, fixture->account_key_id, &use));
    assert_int_equal(use.issued, -1);
    assert_int_equal(use.paid, 5);
}

static void test_the_match_answers_in_the_callers_sequence(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 20; id++) {
        put_invoice(fixture, id);
    }
    assert_ok(store_commit(fixture->writer));
    struct script scripts[6];
    const struct script *programs[6];
    const uint32_t numbers[6] = {17, 900, 3, 17, 901, 20};
    for (int i = 0; i < 6; i++) {
        scripts[i] = an_address(fixture, 1, numbers[i]).program;
        programs[i] = &scripts[i];
    }
    scripts[4].len = 1; /* the beginning of one is not one */
    const struct address_row *const *rows;
    assert_ok(
        store_address_match(fixture->reader, fixture->arena, fixture->btc, programs, 6, &rows));
    assert_int_equal(rows[0]->invoice_id, 17);
    assert_null(rows[1]);
    assert_int_equal(rows[2]->invoice_id, 3);
    assert_int_equal(rows[3]->invoice_id, 17);
    assert_null(rows[4]);
    assert_int_equal(rows[5]->invoice_id, 20);
    assert_ok(store_address_match(fixture->reader, fixture->arena, network_by_key(STR("ltc")),
                                  programs, 6, &rows));
    assert_null(rows[0]);
    assert_ok(
        store_address_match(fixture->reader, fixture->arena, fixture->btc, programs, 0, &rows));
}

static void test_addresses_since_a_snapshot_are_those_of_the_network(void **state) {
    struct fixture *fixture = *state;
    int64_t snapshot;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_address_highest_id(fixture->reader, &snapshot));
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 2);
    put_invoice(fixture, 3);
    assert_ok(store_commit(fixture->writer));
    const struct address_row *addresses;
    size_t count;
    assert_ok(store_address_since(fixture->reader, fixture->arena, fixture->btc, snapshot,
                                  &addresses, &count));
    assert_int_equal(count, 2);
    assert_int_equal(addresses[0].invoice_id, 2);
    assert_int_equal(addresses[1].invoice_id, 3);
    assert_ok(store_address_since(fixture->reader, fixture->arena, network_sandbox(), snapshot,
                                  &addresses, &count));
    assert_int_equal(count, 0);
}

static void test_a_rate_is_kept_once(void **state) {
    struct fixture *fixture = *state;
    struct rate_quote_row quote = {
        .pair = STR("BTC_USD"), .rate = STR("60000.5"), .source = STR("kraken"), .at_ms = 4};
    int64_t first;
    int64_t again;
    int64_t other;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_rate_quote_intern(fixture->writer, &quote, &first));
    assert_ok(store_rate_quote_intern(fixture->writer, &quote, &again));
    quote.rate = STR("60000.50");
    assert_ok(store_rate_quote_intern(fixture->writer, &quote, &other));
    assert_ok(store_commit(fixture->writer));
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
    struct rate_quote_row got;
    assert_ok(store_rate_quote_by_id(fixture->reader, fixture->arena, first, &got));
    assert_str(got.pair, "BTC_USD");
    assert_str(got.rate, "60000.5");
    assert_str(got.source, "kraken");
    assert_int_equal(got.at_ms, 4);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_an_invoice_comes_back_as_it_was_put),
        TEST(test_an_update_writes_all_that_an_invoices_life_changes),
        TEST(test_every_status_is_stored_by_its_name),
        TEST(test_a_list_is_newest_first_and_a_walk_goes_by_id),
        TEST(test_open_invoices_expire_by_their_deadline),
        TEST(test_an_address_comes_back_as_it_was_put),
        TEST(test_an_option_without_its_invoice_cannot_be_committed),
        TEST(test_a_program_or_an_index_is_taken_once),
        TEST(test_a_quarantined_address_belongs_to_no_invoice),
        TEST(test_the_match_answers_in_the_callers_sequence),
        TEST(test_addresses_since_a_snapshot_are_those_of_the_network),
        TEST(test_a_rate_is_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
