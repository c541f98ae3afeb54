/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/asset.h"
#include "core/chain_pause.h"

#define MINUTES(count) ((int64_t)(count)*60000)

static const struct network *btc(void) {
    return network_by_key(STR("btc"));
}

static void test_a_main_network_pauses_when_its_tip_is_old(void **state) {
    (void)state;
    struct chain_pace pace = {
        .is_main = true, .now_ms = MINUTES(1000), .node_tip_at_ms = MINUTES(910)};
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_HEALTHY);
    pace.now_ms += 1;
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_STALE);
}

static void test_litecoin_is_stale_after_half_an_hour(void **state) {
    (void)state;
    struct chain_pace pace = {
        .is_main = true, .now_ms = MINUTES(1031), .node_tip_at_ms = MINUTES(1000)};
    assert_int_equal(chain_pause_of(network_by_key(STR("ltc")), &pace), CHAIN_STALE);
}

static void test_a_main_network_pauses_when_six_blocks_took_four_hours(void **state) {
    (void)state;
    struct chain_pace pace = {.is_main = true,
                              .now_ms = MINUTES(1000),
                              .node_tip_at_ms = MINUTES(1000),
                              .tip_at_ms = MINUTES(1000),
                              .earlier_at_ms = MINUTES(1000 - 240)};
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_HEALTHY);
    pace.earlier_at_ms -= 1;
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_SLOW);
}

static void test_a_test_network_never_pauses(void **state) {
    (void)state;
    struct chain_pace pace = {
        .now_ms = MINUTES(100000), .tip_at_ms = MINUTES(1), .earlier_at_ms = 1};
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_HEALTHY);
}

static void test_ethereum_pauses_when_its_tip_is_three_minutes_old(void **state) {
    (void)state;
    const struct network *eth = network_by_key(STR("eth"));
    struct chain_pace pace = {
        .is_main = true, .now_ms = MINUTES(1003), .node_tip_at_ms = MINUTES(1000)};
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_HEALTHY);
    assert_int_equal(chain_pause_of(network_by_key(STR("tron")), &pace), CHAIN_HEALTHY);
    pace.now_ms += 1;
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_STALE);
    assert_int_equal(chain_pause_of(network_by_key(STR("tron")), &pace), CHAIN_STALE);
}

static void test_ethereum_pauses_when_it_was_not_final_for_four_epochs(void **state) {
    (void)state;
    const struct network *eth = network_by_key(STR("eth"));
    struct chain_pace pace = {.is_main = true, .finality_known = true, .finality_lag_blocks = 128};
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_HEALTHY);
    pace.finality_lag_blocks++;
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_NOT_FINAL);
    assert_int_equal(chain_pause_of(btc(), &pace), CHAIN_HEALTHY);
    pace.finality_known = false;
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_HEALTHY);
    pace.finality_known = true;
    pace.is_main = false;
    assert_int_equal(chain_pause_of(eth, &pace), CHAIN_HEALTHY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_main_network_pauses_when_its_tip_is_old),
        cmocka_unit_test(test_litecoin_is_stale_after_half_an_hour),
        cmocka_unit_test(test_a_main_network_pauses_when_six_blocks_took_four_hours),
        cmocka_unit_test(test_a_test_network_never_pauses),
        cmocka_unit_test(test_ethereum_pauses_when_its_tip_is_three_minutes_old),
        cmocka_unit_test(test_ethereum_pauses_when_it_was_not_final_for_four_epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
