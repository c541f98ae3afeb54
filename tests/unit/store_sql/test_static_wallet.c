/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "adapters/store_sql/migrate.h"
#include "adapters/store_sql/sqlite.h"
#include "ports/store_static.h"
#include "store_fixture.h"

#define PUBLIC_ID STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")

static struct static_wallet_row put_wallet(struct fixture *fixture, uint32_t number,
                                           struct str public_id, const char *identify) {
    struct address_row address = an_address(fixture, 0, number);
    address.kind = ADDRESS_STATIC;
    address.due = amount_zero(fixture->coin);
    struct static_wallet_row wallet = {
        .public_id = public_id,
        .shop_id = fixture->shop_id,
        .asset = fixture->coin,
        .identify = str_from_c(identify),
        .created_at_ms = 77,
    };
    assert_ok(store_address_insert(fixture->writer, &address, &wallet.address_id));
    assert_ok(store_static_wallet_insert(fixture->writer, &wallet, &wallet.id));
    return wallet;
}

static void assert_same(const struct static_wallet_row *got, const struct static_wallet_row *put) {
    assert_int_equal(got->id, put->id);
    assert_true(str_eq(got->public_id, put->public_id));
    assert_int_equal(got->shop_id, put->shop_id);
    assert_ptr_equal(got->asset, put->asset);
    assert_true(str_eq(got->identify, put->identify));
    assert_int_equal(got->address_id, put->address_id);
    assert_int_equal(got->created_at_ms, put->created_at_ms);
}

static void test_a_wallet_comes_back_by_each_of_its_names(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct static_wallet_row put = put_wallet(fixture, 1, PUBLIC_ID, "customer 7");
    assert_ok(store_commit(fixture->writer));
    struct store_conn *reader = fixture->reader;
    struct static_wallet_row got;
    struct store_static_key key = {put.shop_id, put.asset, put.identify};
    assert_ok(store_static_wallet_by_key(reader, fixture->arena, &key, &got));
    assert_same(&got, &put);
    assert_ok(store_static_wallet_by_address(reader, fixture->arena, put.address_id, &got));
    assert_same(&got, &put);
    assert_ok(store_static_wallet_by_public_id(reader, fixture->arena, put.public_id, &got));
    assert_same(&got, &put);
    key.identify = STR("customer 8");
    assert_fault(store_static_wallet_by_key(reader, fixture->arena, &key, &got), ERR_NOT_FOUND);
    const struct asset *another = asset_by_code(STR("USDT_TRC20"));
    assert_ptr_not_equal(another, put.asset);
    key = (struct store_static_key){put.shop_id, another, put.identify};
    assert_fault(store_static_wallet_by_key(reader, fixture->arena, &key, &got), ERR_NOT_FOUND);
    key = (struct store_static_key){put.shop_id + 1, put.asset, put.identify};
    assert_fault(store_static_wallet_by_key(reader, fixture->arena, &key, &got), ERR_NOT_FOUND);
    struct address_row address;
    assert_ok(store_address_by_id(reader, put.address_id, &address));
    assert_int_equal(address.kind, ADDRESS_STATIC);
    assert_int_equal(address.invoice_id, 0);
    assert_true(amount_is_zero(address.due));
}

static void test_a_customer_has_one_wallet_for_an_asset(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct static_wallet_row put = put_wallet(fixture, 1, PUBLIC_ID, "customer 7");
    put.public_id = STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ012346");
    int64_t id;
    assert_fault(store_static_wallet_insert(fixture->writer, &put, &id), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
}

static void test_a_receipts_option_is_the_wallets_address_with_its_own_sum(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    struct static_wallet_row wallet = put_wallet(fixture, 1, PUBLIC_ID, "customer 7");
    struct rate_quote_row quote = {
        .pair = STR("BTC_USD"), .rate = STR("60000"), .source = STR("fixed"), .at_ms = 5};
    int64_t quote_id;
    assert_ok(store_rate_quote_intern(fixture->writer, &quote, &quote_id));
    struct invoice_row invoice = an_invoice(fixture, 9);
    assert_ok(store_invoice_insert(fixture->writer, &invoice));
    struct static_receipt_row receipt = {.invoice_id = 9,
                                         .static_wallet_id = wallet.id,
                                         .due = amount_from_u64(fixture->coin, 1234),
                                         .rate_quote_id = quote_id};
    assert_ok(store_static_receipt_insert(fixture->writer, &receipt));
    assert_ok(store_commit(fixture->writer));
    const struct address_row *options;
    size_t count;
    assert_ok(store_address_of_invoice(fixture->reader, fixture->arena, 9, &options, &count));
    assert_int_equal(count, 1);
    assert_int_equal(options[0].id, wallet.address_id);
    assert_int_equal(options[0].kind, ADDRESS_STATIC);
    assert_true(amount_eq(options[0].due, receipt.due));
    assert_int_equal(options[0].rate_quote_id, quote_id);
}

static void test_a_static_address_counts_among_the_keys_indexes(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    (void)put_wallet(fixture, 41, PUBLIC_ID, "customer 7");
    assert_ok(store_commit(fixture->writer));
    int64_t issued;
    assert_ok(store_account_key_issued(fixture->reader, fixture->account_key_id, &issued));
    assert_int_equal(issued, 41);
}

/* ---- the migration that makes the table of addresses anew */

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
}

/* A store as a program had it that knew only the migrations before this one. */
static void make_old_store(const char *path) {
    static const char rows[] =
        "INSERT INTO network VALUES (1, 'ltc');"
        "INSERT INTO shop (id, public_id, name, notify_url, success_url, fail_url, "
        "postback_format, "
        "secret_sealed, test, underpaid_tolerance, overpaid_tolerance, assets, invoice_ttl_s, "
        "created_at_ms) VALUES (1, 'AAAAAAAAAAAAAAAA', 'n', '', '', '', 'json', x'00', 0, '', '',"
        " '', 60, 1);"
        "INSERT INTO account_key VALUES (1, zeroblob(20), zeroblob(4), 0);"
        "INSERT INTO wallet VALUES (1, 1, 1, NULL, 1, 'd', 'main', zeroblob(16), 1);"
        "BEGIN;"
        "INSERT INTO address VALUES (5, 'invoice', 7, 1, x'0011', 'LTC', zeroblob(16), NULL, 1, 1,"
        " 3, zeroblob(16), 1);"
        "INSERT INTO invoice (id, shop_id, status, flags, order_id, email, price_asset, price, "
        "price_usd, assets, underpaid_tolerance, overpaid_tolerance, canceled_by_shop, "
        "confirmed_by_hand, late_accepted, created_at_ms, expires_at_ms, finished_at_ms, "
        "success_announced_at_ms, shown_address_id) VALUES (7, 1, 'created', 0, '', '', 'USD', "
        "zeroblob(16), zeroblob(16),"
        " '', '', '', 0, 0, 0, 1, 1, NULL, NULL, 5);"
        "INSERT INTO payment VALUES (1, 1, zeroblob(32), 0, 5, 7, 'LTC', zeroblob(16), 'seen', 0,"
        " NULL, NULL, NULL, 1, NULL);"
        "COMMIT;";
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *mark = sqlite3_mprintf("PRAGMA application_id = %d", TILL_APPLICATION_ID);
    run(db, mark);
    sqlite3_free(mark);
    run(db, migrations_sqlite.bookkeeping);
    int before = 0;
    while (strcmp(migrations_sqlite.migrations[before].name, "static_wallet") != 0) {
        const struct migration *migration = &migrations_sqlite.migrations[before++];
        run(db, migration->sql);
        char *done = sqlite3_mprintf("INSERT INTO schema_migration (number, name, checksum) "
                                     "VALUES (%d, %Q, %Q)",
                                     migration->number, migration->name, migration->checksum);
        run(db, done);
        sqlite3_free(done);
    }
    run(db, rows);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_an_older_store_keeps_its_addresses_and_what_refers_to_them(void **state) {
    struct fixture *fixture = *state;
    make_old_store(fixture->path);
    assert_ok(store_open(fixture->arena, fixture->url, &fixture->store));
    assert_ok(store_verify(store_writer(fixture->store), fixture->arena));
    struct address_row address;
    assert_ok(store_address_by_id(store_writer(fixture->store), 5, &address));
    assert_int_equal(address.kind, ADDRESS_INVOICE);
    assert_int_equal(address.invoice_id, 7);
    assert_int_equal(address.address_index, 3);
    /* And from now on rows must refer to something again. */
    struct store_conn *writer = store_writer(fixture->store);
    struct static_receipt_row lost = {.invoice_id = 99,
                                      .static_wallet_id = 99,
                                      .due = amount_from_u64(asset_by_code(STR("LTC")), 1)};
    assert_ok(store_begin(writer));
    assert_fault(store_static_receipt_insert(writer, &lost), ERR_STORE_CONSTRAINT);
    store_rollback(writer);
    store_close(fixture->store);
    fixture->store = NULL;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_wallet_comes_back_by_each_of_its_names),
        TEST(test_a_customer_has_one_wallet_for_an_asset),
        TEST(test_a_receipts_option_is_the_wallets_address_with_its_own_sum),
        TEST(test_a_static_address_counts_among_the_keys_indexes),
        cmocka_unit_test_setup_teardown(
            test_an_older_store_keeps_its_addresses_and_what_refers_to_them, fixture_setup_closed,
            fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
