/* SPDX-License-Identifier: MIT */
/* What an undone block takes back: a success that the shop has heard of or not, and the proof of
 * deadlines, of however many invoices. */
#include "api_client.h"

#include <string.h>

#include "app/block_undo.h"
#include "app/delivery_record.h"
#include "app/ledger.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/invoice.h"
#include "ports/store.h"
#include "ports/store_delivery.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "support/money.h"

enum { HOUR_MS = 3600 * 1000, ENDED = 1001, FIRST_ID = 1000 };

static const struct shop_row wanted_shop = {.name = STR("Demo")};

static struct store_conn *reader_of(struct app_fixture *fixture) {
    struct store_conn *reader;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    return reader;
}

static struct invoice_row invoice_of(struct app_fixture *fixture, int64_t id) {
    struct invoice_row invoice;
    struct store_conn *reader = reader_of(fixture);
    assert_true(result_is_ok(store_invoice_by_id(reader, fixture->arena, id, &invoice)));
    reader_give(fixture->service.readers, reader);
    return invoice;
}

/* The latest block; the next one that is mined with the same payments has the same ones. */
static struct block_undo undo_tip(struct app_fixture *fixture) {
    struct block_undo undo = {.network = fixture->ltc.network,
                              .tip = {fixture->height, fixture->tip}};
    fixture_run(fixture, &block_undo_use_case, &undo);
    struct block_header header;
    struct store_conn *reader = reader_of(fixture);
    assert_true(result_is_ok(store_block_tip(reader, fixture->ltc.network, &header)));
    reader_give(fixture->service.readers, reader);
    fixture->height = header.height;
    fixture->tip = header.hash;
    return undo;
}

/* ---- successes */

struct sale {
    struct app_fixture *fixture;
    struct fixture_shop shop;
    int64_t invoice_id;
    struct fixture_payment payment;
};

static struct sale sell(struct app_fixture *fixture) {
    struct sale sale = {.fixture = fixture, .shop = fixture_add_shop(fixture, &wanted_shop)};
    struct answer made = create_as(fixture, &sale.shop, FORM_BODY,
                                   "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    sale.payment = (struct fixture_payment){value(fixture, &made, "result.address"), "0.5"};
    assert_true(result_is_ok(app_invoice_id_parse(
        &fixture->app, str_from_c(value(fixture, &made, "result.uuid")), &sale.invoice_id)));
    fixture_mine(fixture, &sale.payment, 1);
    return sale;
}

static void assert_stands(const struct sale *sale, enum invoice_status status, bool disputed,
                          size_t deliveries) {
    struct invoice_row invoice = invoice_of(sale->fixture, sale->invoice_id);
    assert_string_equal(invoice_status_name(invoice.status), invoice_status_name(status));
    assert_int_equal((invoice.flags & INVOICE_FLAG_DISPUTE) != 0, disputed);
    assert_int_equal(fixture_delivery_count(sale->fixture, &sale->shop), deliveries);
}

static struct delivery_row delivery_of(const struct sale *sale) {
    const struct delivery_row *rows;
    size_t count;
    struct store_conn *reader = reader_of(sale->fixture);
    assert_true(result_is_ok(
        store_delivery_of_invoice(reader, sale->fixture->arena, sale->invoice_id, &rows, &count)));
    reader_give(sale->fixture->service.readers, reader);
    assert_true(count > 0);
    return rows[count - 1];
}

static void hear(const struct sale *sale) {
    struct delivery_record record = {
        .attempt = {.delivery_id = delivery_of(sale).id,
                    .at_ms = atomic_load(&sale->fixture->now_ms),
                    .http_status = 200,
                    .url = STR("https://shop.example/postback"),
                    .outcome = STR("delivered")},
        .state = DELIVERY_DELIVERED,
    };
    fixture_run(sale->fixture, &delivery_record_use_case, &record);
}

static void test_a_success_that_was_heard_is_disputed_and_not_told_twice(void **state) {
    struct sale sale = sell(*state);
    assert_stands(&sale, INVOICE_PAID, false, 1);
    hear(&sale);
    (void)undo_tip(sale.fixture);
    assert_stands(&sale, INVOICE_CREATED, true, 1);
    const struct fixture_payment part = {sale.payment.address, "0.1"};
    fixture_mine(sale.fixture, &part, 1);
    assert_stands(&sale, INVOICE_PARTIAL, true, 1);
    const struct fixture_payment rest = {sale.payment.address, "0.4"};
    fixture_mine(sale.fixture, &rest, 1);
    assert_stands(&sale, INVOICE_PAID, false, 1);
}

static void test_a_success_that_nobody_heard_is_taken_back_and_told_when_it_returns(void **state) {
    struct sale sale = sell(*state);
    struct delivery_row first = delivery_of(&sale);
    (void)undo_tip(sale.fixture);
    assert_stands(&sale, INVOICE_CREATED, false, 1);
    assert_int_equal(delivery_of(&sale).state, DELIVERY_WITHDRAWN);
    fixture_mine(sale.fixture, &sale.payment, 1);
    assert_stands(&sale, INVOICE_PAID, false, 2);
    assert_int_equal(delivery_of(&sale).state, DELIVERY_QUEUED);
    assert_memory_equal(delivery_of(&sale).key, first.key, DELIVERY_KEY_BYTES);
}

static void test_a_success_that_waits_to_be_told_is_told_once_whatever_comes(void **state) {
    struct sale sale = sell(*state);
    fixture_mine(sale.fixture, &sale.payment, 1);
    assert_stands(&sale, INVOICE_OVERPAID, false, 1);
    (void)undo_tip(sale.fixture);
    assert_stands(&sale, INVOICE_PAID, false, 1);
}

static void test_only_the_tip_is_undone(void **state) {
    struct sale sale = sell(*state);
    struct block_undo undo = {.network = sale.fixture->ltc.network,
                              .tip = {sale.fixture->height, {{0xee}}}};
    struct app_fixture *fixture = sale.fixture;
    assert_ptr_equal(job_run(fixture->app.queue, &block_undo_use_case, &undo, fixture->arena).code,
                     &ERR_BLOCK_NOT_NEXT);
    assert_stands(&sale, INVOICE_PAID, false, 1);
}

/* ---- deadlines */

struct ended {
    struct app_fixture *fixture;
    const struct wallet_add *wallet;
    int64_t shop_id;
    int64_t first_deadline_ms; /* two have the same */
};

static int64_t deadline_of(const struct ended *ended, int64_t at) {
    return ended->first_deadline_ms + at / 2;
}

static struct result put_ended(void *input, struct ledger *ledger) {
    const struct ended *ended = input;
    for (int64_t i = 0; i < ENDED; i++) {
        struct invoice_row invoice = {.id = FIRST_ID + i,
                                      .shop_id = ended->shop_id,
                                      .status = INVOICE_CANCELED,
                                      .price = money("USD", "25"),
                                      .price_usd = money("USD", "25"),
                                      .underpaid_tolerance = STR("0"),
                                      .overpaid_tolerance = STR("0"),
                                      .created_at_ms = FIXTURE_NOW_MS,
                                      .expires_at_ms = deadline_of(ended, i),
                                      .finished_at_ms = FIXTURE_NOW_MS + HOUR_MS};
        struct address_row address = {.kind = ADDRESS_INVOICE,
                                      .invoice_id = invoice.id,
                                      .network = ended->fixture->ltc.network,
                                      .asset = money_asset("LTC"),
                                      .due = money("LTC", "0.5"),
                                      .wallet_id = ended->wallet->wallet_id,
                                      .account_key_id = ended->wallet->account_key_id,
                                      .address_index = (uint32_t)(FIRST_ID + i),
                                      .issued_at_ms = FIXTURE_NOW_MS};
        TRY(account_script_at(&ended->wallet->account, address.address_index, &address.program));
        TRY(store_address_insert(ledger_conn(ledger), &address, &address.id));
        TRY(ledger_insert_invoice(ledger, &invoice));
    }
    return RESULT_OK;
}

static const struct wallet_add *add_wallet(struct app_fixture *fixture, int64_t shop_id) {
    struct wallet_add *add = ARENA_NEW(fixture->arena, struct wallet_add);
    const struct wallet_wanted wallet = {.shop_id = shop_id,
                                         .network = fixture->ltc.network,
                                         .text = STR("wpkh(" FIXTURE_TPUB "/0/*)"),
                                         .type = ACCOUNT_TYPE_UNSAID};
    assert_true(result_is_ok(wallet_prepare(&fixture->app, fixture->arena, &wallet, add)));
    fixture_run(fixture, &wallet_add_use_case, add);
    return add;
}

static size_t count_open(struct app_fixture *fixture) {
    size_t open = 0;
    for (int64_t i = 0; i < ENDED; i++) {
        open += invoice_of(fixture, FIRST_ID + i).status == INVOICE_CREATED;
    }
    return open;
}

/* The new tip proves the first two deadlines still, which lie before its time, and not the next
 * two, which do not. */
static void test_all_whose_end_is_not_proven_any_more_are_open_again(void **state) {
    struct app_fixture *fixture = *state;
    static const struct use_case put = {
        .name = "put", .job_class = JOB_OPERATOR, .apply = put_ended};
    const struct shop_row shop = {.name = STR("Shop")};
    struct ended ended = {.fixture = fixture,
                          .shop_id = fixture_add_bare_shop(fixture, &shop).id,
                          .first_deadline_ms = FIXTURE_NOW_MS - 1};
    ended.wallet = add_wallet(fixture, ended.shop_id);
    fixture_mine(fixture, NULL, 0);
    atomic_fetch_add(&fixture->now_ms, HOUR_MS);
    fixture_mine(fixture, NULL, 0);
    fixture_run(fixture, &put, &ended);
    struct block_reopen reopen = undo_tip(fixture).reopen;
    for (int jobs = 1; reopen.has_more; jobs++) {
        assert_int_equal(count_open(fixture), 500 * jobs);
        struct block_reopen next = {.after = reopen.last, .until_ms = reopen.until_ms};
        fixture_run(fixture, &block_reopen_use_case, &next);
        reopen = next;
    }
    assert_int_equal(count_open(fixture), ENDED - 2);
    assert_int_equal(invoice_of(fixture, FIRST_ID + 1).status, INVOICE_CANCELED);
    assert_int_equal(invoice_of(fixture, FIRST_ID + 2).finished_at_ms, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_success_that_was_heard_is_disputed_and_not_told_twice),
        TEST(test_a_success_that_nobody_heard_is_taken_back_and_told_when_it_returns),
        TEST(test_a_success_that_waits_to_be_told_is_told_once_whatever_comes),
        TEST(test_only_the_tip_is_undone),
        TEST(test_all_whose_end_is_not_proven_any_more_are_open_again),
    };
    return cmocka_run_group_tests_name("undone_blocks", tests, NULL, NULL);
}
