/* SPDX-License-Identifier: MIT */
/* Wallets that share an account key, and the claims on deliveries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/delivery_claims.h"
#include "app/index_jump.h"
#include "app/reserve.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "support/app_fixture.h"

static struct wallet_add *add_wallet(struct app_fixture *fixture, struct str text,
                                     int64_t first_index) {
    const struct shop_row wanted = {.name = STR("Shop")};
    struct fixture_shop shop = fixture_add_bare_shop(fixture, &wanted);
    struct wallet_add *add = ARENA_NEW(fixture->arena, struct wallet_add);
    const struct wallet_wanted wallet = {.shop_id = shop.id,
                                         .network = network_by_key(STR("ltc")),
                                         .text = text,
                                         .type = ACCOUNT_TYPE_UNSAID,
                                         .first_index = first_index};
    assert_true(result_is_ok(wallet_prepare(&fixture->app, fixture->arena, &wallet, add)));
    fixture_run(fixture, &wallet_add_use_case, add);
    return add;
}

#define PLAIN  STR("wpkh(" FIXTURE_TPUB "/0/*)")
#define ORIGIN STR("wpkh([d34db33f/84h/1h/0h]" FIXTURE_TPUB "/0/*)")

static void test_a_jump_watches_the_addresses_of_two_wallets_with_one_key_once(void **state) {
    (void)state;
    struct app_fixture *fixture = app_fixture_new();
    struct wallet_add *first = add_wallet(fixture, PLAIN, 0);
    struct wallet_add *second = add_wallet(fixture, ORIGIN, 0);
    assert_int_equal(first->account_key_id, second->account_key_id);
    struct index_jump jump = {
        .account_key_id = first->account_key_id, .from_index = 100, .to_index = 110};
    fixture_run(fixture, &index_jump_use_case, &jump);
    app_fixture_free(fixture);
}

static void test_a_second_wallet_of_a_key_raises_its_first_index_at_once(void **state) {
    (void)state;
    struct app_fixture *fixture = app_fixture_new();
    struct wallet_add *first = add_wallet(fixture, PLAIN, 0);
    uint32_t index;
    assert_true(result_is_ok(reserve_index(fixture->app.reserve, first->account_key_id, &index)));
    assert_int_equal(index, 0);
    struct wallet_add *second = add_wallet(fixture, ORIGIN, 5000);
    assert_int_equal(second->first_index, 5000);
    assert_true(result_is_ok(reserve_index(fixture->app.reserve, first->account_key_id, &index)));
    assert_int_equal(index, 5000);
    (void)add_wallet(fixture, PLAIN, 0);
    assert_true(result_is_ok(reserve_index(fixture->app.reserve, first->account_key_id, &index)));
    assert_int_equal(index, 5001);
    app_fixture_free(fixture);
}

static void test_claims_hold_however_many_deliveries_come_and_go(void **state) {
    (void)state;
    struct delivery_claims *claims = delivery_claims_new();
    assert_true(delivery_claim(claims, 1));
    assert_true(delivery_block(claims, 2));
    for (int64_t id = 3; id < 100000; id++) {
        assert_true(delivery_claim(claims, id));
        delivery_unclaim(claims, id);
    }
    assert_false(delivery_block(claims, 1));
    assert_false(delivery_claim(claims, 2));
    delivery_claims_free(claims);
}

static void test_claims_hold_however_many_there_are(void **state) {
    (void)state;
    enum { MANY = 10000 };
    struct delivery_claims *claims = delivery_claims_new();
    for (int64_t id = 1; id <= MANY; id++) {
        assert_true(id % 2 == 0 ? delivery_claim(claims, id) : delivery_block(claims, id));
    }
    for (int64_t id = 1; id <= MANY; id++) {
        assert_false(id % 2 == 0 ? delivery_block(claims, id) : delivery_claim(claims, id));
    }
    delivery_claims_free(claims);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_jump_watches_the_addresses_of_two_wallets_with_one_key_once),
        cmocka_unit_test(test_a_second_wallet_of_a_key_raises_its_first_index_at_once),
        cmocka_unit_test(test_claims_hold_however_many_deliveries_come_and_go),
        cmocka_unit_test(test_claims_hold_however_many_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
