/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store_fixture.h"

static void test_a_shop_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    struct shop_row shop;
    assert_ok(store_shop_by_id(fixture->reader, fixture->arena, fixture->shop_id, &shop));
    assert_str(shop.public_id, "AbCdEfGhIjKlMnOp");
    assert_str(shop.name, "Bücher & mehr");
    assert_str(shop.notify_url, "https://shop.example/notify");
    assert_str(shop.success_url, "https://shop.example/ok");
    assert_str(shop.fail_url, "");
    assert_int_equal(shop.postback_format, POSTBACK_FORM);
    assert_int_equal(shop.secret_sealed.len, 4);
    assert_memory_equal(shop.secret_sealed.ptr, "\0\1\0\2", 4);
    assert_true(shop.test);
    assert_str(shop.underpaid_tolerance, "2%");
    assert_str(shop.overpaid_tolerance, "0.5 USD");
    assert_str(shop.auto_confirm, "5%");
    assert_true(shop.accept_late);
    assert_int_equal(shop.transfer_side, FEE_MERCHANT);
    assert_int_equal(shop.service_side, FEE_CLIENT);
    assert_str(shop.transfer_fee, "0.5USD");
    assert_str(shop.service_fee, "1.9%");
    assert_str(shop.amount_min_usd, "2");
    assert_str(shop.assets, "BTC LTC");
    assert_int_equal(shop.invoice_ttl_s, 86400);
    assert_true(shop.created_at_ms > 0);
}

static void test_a_shop_is_found_by_its_public_id_and_listed(void **state) {
    struct fixture *fixture = *state;
    struct shop_row shop;
    struct str public_id = STR("AbCdEfGhIjKlMnOp");
    assert_ok(store_shop_by_public_id(fixture->reader, fixture->arena, public_id, &shop));
    assert_int_equal(shop.id, fixture->shop_id);
    assert_fault(
        store_shop_by_public_id(fixture->reader, fixture->arena, STR("abcdefghijklmnop"), &shop),
        ERR_NOT_FOUND);
    const struct shop_row *shops;
    size_t count;
    assert_ok(store_shop_list(fixture->reader, fixture->arena, &shops, &count));
    assert_int_equal(count, 1);
    assert_str(shops[0].name, "Bücher & mehr");
}

static void test_a_changed_shop_keeps_what_cannot_change(void **state) {
    struct fixture *fixture = *state;
    struct shop_row shop = a_shop();
    shop.id = fixture->shop_id;
    shop.public_id = STR("another id......");
    shop.name = STR("new name");
    shop.postback_format = POSTBACK_JSON;
    shop.service_fee = STR("3%");
    shop.accept_late = false;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_shop_update(fixture->writer, &shop));
    shop.id += 1;
    assert_fault(store_shop_update(fixture->writer, &shop), ERR_NOT_FOUND);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_shop_by_id(fixture->reader, fixture->arena, fixture->shop_id, &shop));
    assert_str(shop.name, "new name");
    assert_str(shop.public_id, "AbCdEfGhIjKlMnOp");
    assert_int_equal(shop.postback_format, POSTBACK_JSON);
    assert_str(shop.service_fee, "3%");
    assert_false(shop.accept_late);
}

static void test_an_api_key_is_found_by_its_hash_and_revoked_once(void **state) {
    struct fixture *fixture = *state;
    struct api_key_row key = {.shop_id = fixture->shop_id,
                              .hash = {7},
                              .hint = STR("wXyZ"),
                              .scope = KEY_SCOPE_CREATE,
                              .created_at_ms = 5};
    int64_t id;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_api_key_insert(fixture->writer, &key, &id));
    assert_ok(store_api_key_revoke(fixture->writer, id, 9));
    assert_ok(store_api_key_revoke(fixture->writer, id, 12));
    assert_ok(store_api_key_used(fixture->writer, id, 8));
    assert_ok(store_api_key_used(fixture->writer, id, 7));
    assert_ok(store_api_key_used(fixture->writer, id + 1, 7));
    assert_ok(store_commit(fixture->writer));
    struct api_key_row found;
    assert_ok(store_api_key_by_hash(fixture->reader, fixture->arena, key.hash, &found));
    assert_int_equal(found.id, id);
    assert_int_equal(found.shop_id, fixture->shop_id);
    assert_memory_equal(found.hash, key.hash, sizeof key.hash);
    assert_str(found.hint, "wXyZ");
    assert_int_equal(found.created_at_ms, 5);
    assert_int_equal(found.revoked_at_ms, 9);
    assert_int_equal(found.last_used_at_ms, 8);
    assert_int_equal(found.scope, KEY_SCOPE_CREATE);
    key.hash[31] = 1;
    assert_fault(store_api_key_by_hash(fixture->reader, fixture->arena, key.hash, &found),
                 ERR_NOT_FOUND);
    const struct api_key_row *keys;
    size_t count;
    assert_ok(store_api_key_list(fixture->reader, fixture->arena, fixture->shop_id, &keys, &count));
    assert_int_equal(count, 1);
}

static void test_an_account_keys_counter_is_never_lowered(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_account_key_raise(fixture->writer, fixture->account_key_id, 10));
    assert_ok(store_account_key_raise(fixture->writer, fixture->account_key_id, 4));
    assert_ok(store_commit(fixture->writer));
    struct account_key_row key;
    const uint8_t account_id[ACCOUNT_ID_BYTES] = {1};
    assert_ok(store_account_key_by_account_id(fixture->reader, account_id, &key));
    assert_int_equal(key.id, fixture->account_key_id);
    assert_int_equal(key.next_index, 10);
    assert_int_equal(key.fingerprint[0], 2);
    const struct account_key_row *keys;
    size_t count;
    assert_ok(store_account_key_list(fixture->reader, fixture->arena, &keys, &count));
    assert_int_equal(count, 1);
}

static void test_the_same_account_key_cannot_be_put_twice(void **state) {
    struct fixture *fixture = *state;
    struct account_key_row key = {.account_id = {1}};
    int64_t id;
    assert_ok(store_begin(fixture->writer));
    assert_fault(store_account_key_insert(fixture->writer, &key, &id), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
}

static void test_the_newest_wallet_is_in_use(void **state) {
    struct fixture *fixture = *state;
    struct wallet_row wallet = a_wallet(fixture);
    wallet.descriptor = STR("the newer one");
    int64_t newer;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_wallet_insert(fixture->writer, &wallet, &newer));
    assert_ok(store_commit(fixture->writer));
    struct wallet_row found;
    assert_ok(store_wallet_in_use(fixture->reader, fixture->arena, fixture->shop_id, fixture->btc,
                                  NULL, &found));
    assert_int_equal(found.id, newer);
    assert_str(found.descriptor, "the newer one");
    assert_ok(store_wallet_by_id(fixture->reader, fixture->arena, fixture->wallet_id, &found));
    assert_ptr_equal(found.network, fixture->btc);
    assert_null(found.asset);
    assert_int_equal(found.account_key_id, fixture->account_key_id);
    assert_str(found.descriptor, "wpkh(xpub)#checksum");
    assert_str(found.chain_name, "regtest");
    assert_int_equal(found.mac[1], 4);
    assert_fault(store_wallet_in_use(fixture->reader, fixture->arena, fixture->shop_id,
                                     network_by_key(STR("ltc")), NULL, &found),
                 ERR_NOT_FOUND);
}

static void test_the_sandbox_has_a_wallet_for_each_asset_and_no_shop(void **state) {
    struct fixture *fixture = *state;
    struct wallet_row wallet = a_wallet(fixture);
    wallet.shop_id = 0;
    wallet.network = network_sandbox();
    wallet.asset = fixture->coin;
    int64_t id;
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_wallet_insert(fixture->writer, &wallet, &id));
    assert_ok(store_commit(fixture->writer));
    struct wallet_row found;
    assert_ok(store_wallet_in_use(fixture->reader, fixture->arena, 0, network_sandbox(),
                                  fixture->coin, &found));
    assert_int_equal(found.id, id);
    assert_int_equal(found.shop_id, 0);
    assert_ptr_equal(found.asset, fixture->coin);
    assert_fault(store_wallet_in_use(fixture->reader, fixture->arena, 0, network_sandbox(),
                                     asset_by_code(STR("LTC")), &found),
                 ERR_NOT_FOUND);
    const struct wallet_row *wallets;
    size_t count;
    assert_ok(store_wallet_list(fixture->reader, fixture->arena, 0, &wallets, &count));
    assert_int_equal(count, 2);
    assert_ok(
        store_wallet_list(fixture->reader, fixture->arena, fixture->shop_id, &wallets, &count));
    assert_int_equal(count, 1);
    assert_int_equal(wallets[0].id, fixture->wallet_id);
}

static void test_index_use_says_highest_issued_and_highest_paid(void **state) {
    struct fixture *fixture = *state;
    struct store_index_use use;
    assert_ok(store_account_key_use(fixture->reader, fixture->account_key_id, &use));
    assert_int_equal(use.issued, -1);
    assert_int_equal(use.paid, -1);
    assert_ok(store_begin(fixture->writer));
    struct address_row address = an_address(fixture, 3, 3);
    for (int64_t id = 1; id <= 5; id++) {
        int64_t address_id = put_invoice(fixture, id);
        address.id = id == 3 ? address_id : address.id;
    }
    struct payment_row payment = a_payment(fixture, &address, 1);
    int64_t payment_id;
    assert_ok(store_payment_insert(fixture->writer, &payment, &payment_id));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_account_key_use(fixture->reader, fixture->account_key_id, &use));
    assert_int_equal(use.issued, 5);
    assert_int_equal(use.paid, 3);
    int64_t issued;
    assert_ok(store_account_key_issued(fixture->reader, fixture->account_key_id, &issued));
    assert_int_equal(issued, 5);
}

static void test_the_longest_gap_counts_unpaid_indexes_below_the_highest_paid(void **state) {
    struct fixture *fixture = *state;
    int64_t gap = -1;
    assert_ok(store_account_key_longest_gap(fixture->reader, fixture->account_key_id, &gap));
    assert_int_equal(gap, 0);
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 9; id++) {
        struct address_row address = an_address(fixture, id, (uint32_t)id);
        address.id = put_invoice(fixture, id);
        if (id == 1 || id == 5) {
            struct payment_row payment = a_payment(fixture, &address, (uint8_t)id);
            int64_t payment_id;
            assert_ok(store_payment_insert(fixture->writer, &payment, &payment_id));
        }
    }
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_account_key_longest_gap(fixture->reader, fixture->account_key_id, &gap));
    struct store_index_use use;
    assert_ok(store_account_key_use(fixture->reader, fixture->account_key_id, &use));
    assert_int_equal(use.paid, 5);
    assert_int_equal(gap, 3); /* 2, 3 and 4; index 0 is one, and 6 to 9 may yet be paid */
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_shop_comes_back_as_it_was_put),
        TEST(test_a_shop_is_found_by_its_public_id_and_listed),
        TEST(test_a_changed_shop_keeps_what_cannot_change),
        TEST(test_an_api_key_is_found_by_its_hash_and_revoked_once),
        TEST(test_an_account_keys_counter_is_never_lowered),
        TEST(test_the_same_account_key_cannot_be_put_twice),
        TEST(test_the_newest_wallet_is_in_use),
        TEST(test_the_sandbox_has_a_wallet_for_each_asset_and_no_shop),
        TEST(test_index_use_says_highest_issued_and_highest_paid),
        TEST(test_the_longest_gap_counts_unpaid_indexes_below_the_highest_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
