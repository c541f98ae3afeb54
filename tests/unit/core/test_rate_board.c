/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/rate_board.h"

enum { MAX_AGE_MS = 300000, MINUTE_MS = 60000 };

static const int64_t start_ms = INT64_C(1700000000000);

static struct rate_board board;
static int64_t now_ms;
static struct arena *arena;

static int make_board(void **state) {
    (void)state;
    rate_board_init(&board, MAX_AGE_MS);
    board.all_asked = true;
    now_ms = start_ms;
    arena = arena_new((size_t)1 << 20);
    return 0;
}

static int free_board(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct asset *asset(const char *code) {
    const struct asset *fiat = fiat_by_code(str_from_c(code));
    return fiat != NULL ? fiat : rate_base_of(asset_by_code(str_from_c(code)));
}

static struct market_price price(const char *text) {
    struct market_price price;
    assert_true(market_price_from_text(str_from_c(text), &price));
    return price;
}

static void say_in(size_t source, const char *base, const char *quote, const char *text) {
    struct rate_report report = {
        .count = 1, .said = {{.base = asset(base), .quote = asset(quote), .price = price(text)}}};
    rate_board_put(&board, source, &report, now_ms);
}

static void say(size_t source, const char *base, const char *text) {
    say_in(source, base, "USD", text);
}

static struct rate_finding judge(const char *base) {
    return rate_board_judge(&board, asset(base), now_ms);
}

static void check(const char *base, const char *text, enum rate_trouble trouble) {
    struct rate_finding finding = judge(base);
    assert_int_equal(finding.trouble, trouble);
    if (text == NULL) {
        assert_true(market_price_is_none(finding.price));
    } else {
        assert_string_equal(str_to_c(arena, market_price_to_text(arena, finding.price)), text);
    }
}

static void pass(int64_t ms) {
    now_ms += ms;
}

static void trust_now(void) {
    rate_board_remember(&board, now_ms);
}

/* ---- agreement */

static void test_an_outlier_among_three_is_dropped(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    say(1, "BTC", "60100");
    say(2, "BTC", "600000");
    check("BTC", "60050", RATE_WELL);
    assert_int_equal(judge("BTC").used, 3);
    say(2, "BTC", "60");
    check("BTC", "60050", RATE_WELL);
}

static void test_the_median_of_four_near_ones(void **state) {
    (void)state;
    say(0, "LTC", "80");
    say(1, "LTC", "80.4");
    say(2, "LTC", "80.2");
    say(3, "LTC", "79.9");
    check("LTC", "80.1", RATE_WELL);
    assert_int_equal(judge("LTC").used, 15);
}

static void test_three_that_all_disagree_are_no_rate(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    say(1, "BTC", "70000");
    say(2, "BTC", "80000");
    check("BTC", NULL, RATE_DISAGREED);
}

static void test_two_against_two_are_no_rate(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    say(1, "BTC", "60000");
    say(2, "BTC", "60000000");
    say(3, "BTC", "60000000");
    check("BTC", NULL, RATE_DISAGREED);
}

static void test_two_that_agree_win_against_two_that_do_not(void **state) {
    (void)state;
    say(0, "LTC", "89.18");
    say(1, "LTC", "107");
    say(2, "LTC", "89.2");
    say(3, "LTC", "89195");
    check("LTC", "89.19", RATE_WELL);
    assert_int_equal(judge("LTC").used, 5);
}

static void test_a_wide_field_has_its_middle(void **state) {
    (void)state;
    say(0, "LTC", "100");
    say(1, "LTC", "104");
    say(2, "LTC", "108");
    check("LTC", "104", RATE_WELL);
    assert_int_equal(judge("LTC").used, 7);
    say(3, "LTC", "112");
    check("LTC", "106", RATE_WELL);
    assert_int_equal(judge("LTC").used, 6);
}

static void test_two_agree_within_two_percent(void **state) {
    (void)state;
    say(0, "ETH", "2500");
    say(1, "ETH", "2550");
    check("ETH", "2525", RATE_WELL);
    say(1, "ETH", "2550.1");
    check("ETH", NULL, RATE_DISAGREED);
}

static void test_one_alone_is_believed_when_all_had_their_chance(void **state) {
    (void)state;
    board.all_asked = false;
    say(0, "BTC", "60000");
    check("BTC", NULL, RATE_UNHEARD);
    board.all_asked = true;
    check("BTC", "60000", RATE_WELL);
    board.all_asked = false;
    say(1, "BTC", "60000");
    check("BTC", "60000", RATE_WELL);
}

static void test_nobody_priced_it(void **state) {
    (void)state;
    check("TRX", NULL, RATE_UNHEARD);
    check("UZS", NULL, RATE_UNHEARD);
}

/* ---- age */

static void test_old_prices_do_not_count(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    pass(MAX_AGE_MS);
    check("BTC", "60000", RATE_WELL);
    pass(1);
    check("BTC", NULL, RATE_STALE);
    say(1, "BTC", "61000");
    check("BTC", "61000", RATE_WELL);
}

static void test_prices_from_the_future_do_not_count(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    now_ms = start_ms - MAX_AGE_MS - 1;
    check("BTC", NULL, RATE_STALE);
}

static void test_a_frozen_answer_grows_old(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    for (int i = 0; i < 10; i++) {
        pass(30000);
        say(0, "BTC", "60000");
    }
    check("BTC", "60000", RATE_WELL);
    pass(1);
    say(0, "BTC", "60000");
    check("BTC", NULL, RATE_STALE);
    say(0, "BTC", "60000.1");
    check("BTC", "60000.1", RATE_WELL);
}

static void test_one_moving_coin_keeps_an_answer_fresh(void **state) {
    (void)state;
    struct rate_report report = {
        .count = 2,
        .said = {{.base = asset("BTC"), .quote = asset("USD"), .price = price("60000")},
                 {.base = asset("LTC"), .quote = asset("USD"), .price = price("80")}}};
    rate_board_put(&board, 0, &report, now_ms);
    pass(MAX_AGE_MS + 1);
    report.said[0].price = price("60001");
    rate_board_put(&board, 0, &report, now_ms);
    check("LTC", "80", RATE_WELL);
}

static void test_stablecoins_and_currencies_may_stand_still(void **state) {
    (void)state;
    say(0, "USDT_TRC20", "1");
    say(0, "EUR", "1.08");
    pass(MAX_AGE_MS + 1);
    say(0, "USDT_TRC20", "1");
    say(0, "EUR", "1.08");
    check("USDT_TRC20", "1", RATE_WELL);
    check("EUR", "1.08", RATE_WELL);
}

static void test_a_source_that_tells_its_time_is_as_old_as_it_says(void **state) {
    (void)state;
    struct rate_report report = {.count = 1,
                                 .said = {{.base = asset("BTC"),
                                           .quote = asset("USD"),
                                           .price = price("60000"),
                                           .said_at_ms = start_ms - 200000}}};
    rate_board_put(&board, 0, &report, now_ms);
    assert_int_equal(judge("BTC").at_ms, start_ms - 200000);
    pass(100001);
    check("BTC", NULL, RATE_STALE);
    report.said[0].said_at_ms = now_ms + 3600000; /* its clock is wrong: ours counts */
    report.said[0].price = price("60001");
    rate_board_put(&board, 0, &report, now_ms);
    assert_int_equal(judge("BTC").at_ms, now_ms);
}

static void test_a_currency_lives_a_day_and_its_list_five(void **state) {
    (void)state;
    enum { DAY_MS = 24 * 3600000 };
    struct rate_report report = {.count = 1,
                                 .said = {{.base = asset("EUR"),
                                           .quote = asset("USD"),
                                           .price = price("1.08"),
                                           .said_at_ms = start_ms - (int64_t)5 * DAY_MS - 1}}};
    rate_board_put(&board, 0, &report, now_ms);
    check("EUR", NULL, RATE_UNHEARD);
    report.said[0].said_at_ms++;
    rate_board_put(&board, 0, &report, now_ms);
    check("EUR", "1.08", RATE_WELL);
    pass(DAY_MS);
    check("EUR", "1.08", RATE_WELL);
    pass(1);
    check("EUR", NULL, RATE_STALE);
}

/* ---- jumps */

static void test_one_source_that_jumps_is_held(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    trust_now();
    pass(10000);
    say(0, "BTC", "600000");
    check("BTC", "60000", RATE_JUMPED);
    assert_int_equal(judge("BTC").at_ms, start_ms);
    trust_now();
    pass(MAX_AGE_MS - 10000);
    say(0, "BTC", "600001");
    check("BTC", "60000", RATE_JUMPED);
    pass(1);
    check("BTC", NULL, RATE_JUMPED); /* what is held grows old, too */
    pass(INT64_C(1000) * MINUTE_MS);
    say(0, "BTC", "600002");
    check("BTC", NULL, RATE_JUMPED); /* and nobody gets used to it */
}

static void test_one_source_may_move_ten_percent_a_minute(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    trust_now();
    say(0, "BTC", "66000");
    check("BTC", "66000", RATE_WELL);
    say(0, "BTC", "66000.1");
    check("BTC", "60000", RATE_JUMPED);
    pass(2 * MINUTE_MS);
    say(0, "BTC", "72000");
    check("BTC", "72000", RATE_WELL);
}

static void test_sources_that_agree_may_move_further(void **state) {
    (void)state;
    for (size_t source = 0; source < 3; source++) {
        say(source, "LTC", "80");
    }
    trust_now();
    for (size_t source = 0; source < 3; source++) {
        say(source, "LTC", "118");
    }
    check("LTC", "118", RATE_WELL);
    for (size_t source = 0; source < 3; source++) {
        say(source, "LTC", "80000");
    }
    check("LTC", "80", RATE_JUMPED);
}

static void test_disagreement_holds_the_last_trusted(void **state) {
    (void)state;
    say(0, "BTC", "60000");
    say(1, "BTC", "60000");
    trust_now();
    pass(1000);
    say(1, "BTC", "63000");
    check("BTC", "60000", RATE_DISAGREED);
    pass(MAX_AGE_MS);
    say(0, "BTC", "60001");
    say(1, "BTC", "63001");
    check("BTC", NULL, RATE_DISAGREED);
}

/* ---- stablecoins */

static void test_a_stablecoin_has_its_market_price(void **state) {
    (void)state;
    say(0, "USDT_ERC20", "0.997");
    check("USDT_TRC20", "0.997", RATE_WELL);
    say(0, "USDT_ERC20", "1.05");
    check("USDT_TRC20", "1.05", RATE_WELL);
}

static void test_a_stablecoin_off_its_peg_has_no_price(void **state) {
    (void)state;
    say(0, "USDC_TRC20", "0.999");
    trust_now();
    say(0, "USDC_TRC20", "0.88");
    check("USDC_TRC20", NULL, RATE_DEPEGGED); /* not even the held one */
    say(0, "USDC_TRC20", "1.0501");
    check("USDC_TRC20", NULL, RATE_DEPEGGED);
    say(0, "USDC_TRC20", "0.96");
    check("USDC_TRC20", "0.96", RATE_WELL);
}

static void test_a_stablecoin_needs_a_source_as_all_do(void **state) {
    (void)state;
    check("USDT_TRC20", NULL, RATE_UNHEARD);
    say(0, "USDT_TRC20", "1");
    pass(MAX_AGE_MS + 1);
    check("USDT_TRC20", NULL, RATE_STALE);
}

/* ---- sources that trade in a stablecoin */

static void test_a_price_in_usdt_is_crossed(void **state) {
    (void)state;
    say_in(2, "BTC", "USDT_TRC20", "60000");
    check("BTC", NULL, RATE_UNHEARD);
    say(0, "USDT_TRC20", "0.98");
    check("BTC", "58800", RATE_WELL);
    pass(1000);
    say_in(2, "BTC", "USDT_TRC20", "60001");
    assert_int_equal(judge("BTC").at_ms, start_ms); /* as old as the older of the two */
    say(0, "USDT_TRC20", "0.981");
    assert_int_equal(judge("BTC").at_ms, now_ms);
}

static void test_a_depegged_quote_still_crosses_at_its_market_price(void **state) {
    (void)state;
    say(0, "USDT_TRC20", "0.8");
    say_in(2, "BTC", "USDT_TRC20", "75000");
    say(1, "BTC", "60010");
    check("USDT_TRC20", NULL, RATE_DEPEGGED);
    check("BTC", "60005", RATE_WELL);
}

static void test_one_price_for_a_coin_on_every_network(void **state) {
    (void)state;
    assert_ptr_equal(rate_base_of(asset_by_code(STR("USDT_ERC20"))),
                     rate_base_of(asset_by_code(STR("USDT_TRC20"))));
    assert_ptr_not_equal(rate_base_of(asset_by_code(STR("USDC_ERC20"))),
                         rate_base_of(asset_by_code(STR("USDT_TRC20"))));
    assert_ptr_equal(rate_base_of(fiat_usd()), fiat_usd());
}

#define WITH_BOARD(test) cmocka_unit_test_setup_teardown(test, make_board, free_board)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BOARD(test_an_outlier_among_three_is_dropped),
        WITH_BOARD(test_the_median_of_four_near_ones),
        WITH_BOARD(test_three_that_all_disagree_are_no_rate),
        WITH_BOARD(test_two_against_two_are_no_rate),
        WITH_BOARD(test_two_that_agree_win_against_two_that_do_not),
        WITH_BOARD(test_a_wide_field_has_its_middle),
        WITH_BOARD(test_two_agree_within_two_percent),
        WITH_BOARD(test_one_alone_is_believed_when_all_had_their_chance),
        WITH_BOARD(test_nobody_priced_it),
        WITH_BOARD(test_old_prices_do_not_count),
        WITH_BOARD(test_prices_from_the_future_do_not_count),
        WITH_BOARD(test_a_frozen_answer_grows_old),
        WITH_BOARD(test_one_moving_coin_keeps_an_answer_fresh),
        WITH_BOARD(test_stablecoins_and_currencies_may_stand_still),
        WITH_BOARD(test_a_source_that_tells_its_time_is_as_old_as_it_says),
        WITH_BOARD(test_a_currency_lives_a_day_and_its_list_five),
        WITH_BOARD(test_one_source_that_jumps_is_held),
        WITH_BOARD(test_one_source_may_move_ten_percent_a_minute),
        WITH_BOARD(test_sources_that_agree_may_move_further),
        WITH_BOARD(test_disagreement_holds_the_last_trusted),
        WITH_BOARD(test_a_stablecoin_has_its_market_price),
        WITH_BOARD(test_a_stablecoin_off_its_peg_has_no_price),
        WITH_BOARD(test_a_stablecoin_needs_a_source_as_all_do),
        WITH_BOARD(test_a_price_in_usdt_is_crossed),
        WITH_BOARD(test_a_depegged_quote_still_crosses_at_its_market_price),
        WITH_BOARD(test_one_price_for_a_coin_on_every_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
