/* SPDX-License-Identifier: MIT */
/* The pace of questions, the alarms, and what use cases are answered meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/alarm_set.h"
#include "base/arena.h"
#include "base/log.h"
#include "rate_fixture.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

static char memory[256];

static int open_fixture(void **state) {
    log_set_level(LOG_ERROR);
    *state = rate_fixture_new(false);
    return 0;
}

static int open_with_fixed(void **state) {
    log_set_level(LOG_ERROR);
    *state = rate_fixture_new(true);
    return 0;
}

static int close_fixture(void **state) {
    rate_fixture_free(*state);
    return 0;
}

static void silence(struct fake_feed *fake) {
    *fake = (struct fake_feed){.asked = fake->asked};
}

#define assert_rate(fixture, base, quote, text)                                                    \
    assert_string_equal(rate_fixture_rate(fixture, base, quote, memory), text)
#define assert_no_rate(fixture, base, quote, why)                                                  \
    assert_non_null(strstr(rate_fixture_rate(fixture, base, quote, memory), why))

/* ---- pace */

static void test_all_are_asked_at_the_start_and_then_at_their_pace(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    for (size_t i = 0; i < FIXTURE_FEEDS; i++) {
        assert_int_equal(fixture->fakes[i].asked, 1);
    }
    rate_fixture_pass(fixture, 10 * MINUTE_MS);
    assert_in_range(fixture->fakes[FEED_ONE].asked, 1 + 18, 1 + 23);
    assert_in_range(fixture->fakes[FEED_TWO].asked, 1 + 18, 1 + 23);
    assert_int_equal(fixture->fakes[FEED_FIAT].asked, 1);
    rate_fixture_pass(fixture, 60 * MINUTE_MS);
    assert_int_equal(fixture->fakes[FEED_FIAT].asked, 2);
}

static void test_a_failing_source_is_asked_less_and_less(void **state) {
    struct rate_fixture *fixture = *state;
    silence(&fixture->fakes[FEED_TWO]);
    rate_fixture_pass(fixture, 10 * MINUTE_MS);
    /* at 0, 0.5, 1.5, 3.5, 7.5 minutes, and then each 8 */
    assert_in_range(fixture->fakes[FEED_TWO].asked, 4, 6);
    assert_in_range(fixture->fakes[FEED_ONE].asked, 1 + 18, 1 + 23);
    rate_fixture_pass(fixture, 90 * MINUTE_MS);
    assert_in_range(fixture->fakes[FEED_TWO].asked, 4 + 9, 6 + 13);
    size_t asked = fixture->fakes[FEED_TWO].asked;
    fixture->fakes[FEED_TWO].btc = "60000";
    rate_fixture_pass(fixture, 30 * MINUTE_MS); /* back at its pace */
    assert_true(fixture->fakes[FEED_TWO].asked > asked + 30);
}

static void test_a_list_of_currencies_is_tried_again_sooner(void **state) {
    struct rate_fixture *fixture = *state;
    silence(&fixture->fakes[FEED_FIAT]);
    rate_fixture_pass(fixture, 20 * MINUTE_MS);
    assert_in_range(fixture->fakes[FEED_FIAT].asked, 3, 4);
}

static void test_who_has_not_answered_is_not_asked_again(void **state) {
    struct rate_fixture *fixture = *state;
    fixture->fakes[FEED_TWO].is_silent = true;
    rate_fixture_pass(fixture, 10 * MINUTE_MS);
    assert_int_equal(fixture->fakes[FEED_TWO].asked, 1);
    assert_true(fixture->fakes[FEED_ONE].asked > 15);
}

/* ---- answers */

static void test_one_alone_is_believed_only_when_all_were_heard_of(void **state) {
    struct rate_fixture *fixture = *state;
    fixture->fakes[FEED_TWO].is_silent = true;
    rate_fixture_pass(fixture, MINUTE_MS);
    assert_no_rate(fixture, "BTC", "USD", "no source has priced it: one=60000");
    rate_fixture_restart(fixture);
    silence(&fixture->fakes[FEED_TWO]);
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "BTC", "USD", "60000");
}

static void test_coins_go_on_without_currencies(void **state) {
    struct rate_fixture *fixture = *state;
    silence(&fixture->fakes[FEED_FIAT]);
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "BTC", "USD", "60050");
    assert_no_rate(fixture, "BTC", "EUR", "no trustworthy rate for EUR");
    assert_no_rate(fixture, "EUR", "USD", "no trustworthy rate for EUR");
    assert_string_equal(rate_fixture_alarm(fixture, "rate_missing", "currencies"),
                        "no trustworthy rate for UZS, KGS, KZT, AMD, AZN, BYN, AUD, TRY, AED, CAD, "
                        "CNY, HKD, IDR, INR, JPY, PHP, SGD, THB, VND, MYR, RUB, UAH, EUR, GBP");
}

static void test_currencies_outlive_a_day_without_their_source(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "BTC", "EUR", "55601.8518518519");
    silence(&fixture->fakes[FEED_FIAT]);
    rate_fixture_pass(fixture, 23 * HOUR_MS);
    assert_rate(fixture, "BTC", "EUR", "55601.8518518519");
    rate_fixture_pass(fixture, 2 * HOUR_MS);
    assert_no_rate(fixture, "BTC", "EUR", "EUR: all that the sources said is too old");
    assert_rate(fixture, "BTC", "USD", "60050");
}

static void test_what_is_fixed_wins_and_crosses_with_what_is_not(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "LTC", "USD", "80");
    assert_rate(fixture, "LTC", "GBP", "70");
    assert_rate(fixture, "LTC", "EUR", "74.0740740740741"); /* fixed by live */
    assert_rate(fixture, "BTC", "JPY", "9382812.5");        /* live by fixed */
    assert_rate(fixture, "BTC", "EUR", "55601.8518518519");
    assert_rate(fixture, "EUR", "EUR", "1");
}

static void test_a_source_names_its_inputs(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    struct arena *arena = fixture->till->arena;
    struct rates *rates = live_rates_port(fixture->live);
    struct rate_answer answer;
    assert_true(result_is_ok(rates->ops->find(rates, arena, asset_by_code(STR("BTC")),
                                              fiat_by_code(STR("EUR")), &answer)));
    assert_string_equal(str_to_c(arena, answer.source),
                        "BTC: median at 2027-03-04T09:15:00Z of one=60000 two=60100; "
                        "EUR: median at 2027-03-04T09:15:00Z of fiat=1.08");
    assert_true(str_is_empty(answer.problem));
    assert_int_equal(answer.at_ms, FIXTURE_NOW_MS);
}

static void test_what_is_held_says_so(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    fixture->fakes[FEED_TWO].btc = "65000";
    rate_fixture_pass(fixture, MINUTE_MS);
    struct arena *arena = fixture->till->arena;
    struct rates *rates = live_rates_port(fixture->live);
    struct rate_answer answer;
    assert_true(result_is_ok(
        rates->ops->find(rates, arena, asset_by_code(STR("BTC")), fiat_usd(), &answer)));
    assert_string_equal(str_to_c(arena, answer.rate), "60050");
    assert_string_equal(str_to_c(arena, answer.source), "the last trusted");
    assert_string_equal(str_to_c(arena, answer.problem),
                        "the sources disagree: one=60000 two=65000");
    rate_fixture_pass(fixture, FIXTURE_MAX_AGE_MS);
    assert_no_rate(fixture, "BTC", "USD", "the sources disagree: one=60000 two=65000");
}

/* ---- alarms */

static void test_an_alarm_when_no_rate_is_left_and_none_when_it_is_back(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "BTC"));
    silence(&fixture->fakes[FEED_ONE]);
    silence(&fixture->fakes[FEED_TWO]);
    rate_fixture_pass(fixture, 4 * MINUTE_MS);
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "BTC"));
    rate_fixture_pass(fixture, 2 * MINUTE_MS);
    assert_non_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "BTC"));
    assert_null(rate_fixture_alarm(fixture, "rate_source_silent", "one"));
    rate_fixture_pass(fixture, 20 * MINUTE_MS);
    assert_string_equal(rate_fixture_alarm(fixture, "rate_source_silent", "one"),
                        "HTTP status 500");
    fixture->fakes[FEED_ONE].btc = "60000";
    rate_fixture_pass(fixture, 20 * MINUTE_MS);
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "BTC"));
    assert_null(rate_fixture_alarm(fixture, "rate_source_silent", "one"));
    assert_non_null(rate_fixture_alarm(fixture, "rate_source_silent", "two"));
}

static void test_what_is_fixed_is_not_missed(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "LTC"));
    assert_non_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "ETH"));
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "currencies"), "JPY"));
}

static void test_a_lost_peg_is_told_once_and_ends(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "USDT_ERC20", "USD", "0.9995");
    fixture->fakes[FEED_ONE].usdt = "0.9";
    fixture->fakes[FEED_TWO].usdt = "0.91";
    rate_fixture_pass(fixture, MINUTE_MS);
    assert_no_rate(fixture, "USDT_ERC20", "USD", "off its peg: one=0.9 two=0.91");
    assert_non_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    assert_null(strstr(rate_fixture_alarm(fixture, "rate_missing", "coins"), "USDT"));
    fixture->fakes[FEED_ONE].usdt = "0.98";
    fixture->fakes[FEED_TWO].usdt = "0.98";
    rate_fixture_pass(fixture, MINUTE_MS);
    assert_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    assert_rate(fixture, "USDT_TRC20", "USD", "0.98");
}

/* As an operator does, who hoped that it is over. */
static void test_an_alarm_that_was_cleared_too_early_comes_back(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    fixture->fakes[FEED_ONE].usdt = fixture->fakes[FEED_TWO].usdt = "0.9";
    rate_fixture_pass(fixture, 2 * MINUTE_MS);
    assert_non_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    struct alarm_set clear = {
        .code = STR("stablecoin_depeg"), .subject = STR("USDT"), .clear = true};
    fixture_run(fixture->till, &alarm_set_use_case, &clear);
    assert_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    rate_fixture_pass(fixture, 2 * MINUTE_MS);
    assert_non_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    fixture->fakes[FEED_ONE].usdt = fixture->fakes[FEED_TWO].usdt = "1";
    rate_fixture_pass(fixture, 2 * MINUTE_MS);
    assert_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
}

static void test_alarms_of_an_earlier_run_are_taken_over(void **state) {
    struct rate_fixture *fixture = *state;
    fixture->fakes[FEED_ONE].usdt = "0.9";
    fixture->fakes[FEED_TWO].usdt = "0.9";
    rate_worker_step(fixture->worker);
    assert_non_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
    fixture->fakes[FEED_ONE].usdt = "1";
    fixture->fakes[FEED_TWO].usdt = "1";
    rate_fixture_restart(fixture);
    rate_worker_step(fixture->worker);
    assert_null(rate_fixture_alarm(fixture, "stablecoin_depeg", "USDT"));
}

static void test_without_sources_old_alarms_end_and_fixed_rates_remain(void **state) {
    struct rate_fixture *fixture = *state;
    silence(&fixture->fakes[FEED_ONE]);
    silence(&fixture->fakes[FEED_TWO]);
    rate_worker_step(fixture->worker);
    assert_non_null(rate_fixture_alarm(fixture, "rate_missing", "coins"));
    fixture->feeds.count = 0;
    rate_fixture_restart(fixture);
    rate_worker_step(fixture->worker);
    assert_null(rate_fixture_alarm(fixture, "rate_missing", "coins"));
    assert_rate(fixture, "LTC", "USD", "80");
}

static void test_what_was_trusted_outlives_a_restart_while_it_is_young(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "BTC", "USD", "60050");
    for (size_t i = 0; i < FIXTURE_FEEDS; i++) {
        silence(&fixture->fakes[i]);
    }
    atomic_fetch_add(&fixture->till->now_ms, FIXTURE_MAX_AGE_MS - 1000);
    rate_fixture_restart(fixture);
    assert_rate(fixture, "BTC", "USD", "60050"); /* before any source was asked */
    rate_worker_step(fixture->worker);
    assert_rate(fixture, "BTC", "USD", "60050");
    assert_rate(fixture, "EUR", "USD", "1.08");
    atomic_fetch_add(&fixture->till->now_ms, 2000);
    assert_no_rate(fixture, "BTC", "USD", "no trustworthy rate");
    rate_fixture_restart(fixture);
    assert_no_rate(fixture, "BTC", "USD", "no trustworthy rate");
    assert_rate(fixture, "EUR", "USD", "1.08"); /* currencies live a day */
}

static void test_after_a_restart_one_source_may_not_jump_either(void **state) {
    struct rate_fixture *fixture = *state;
    rate_worker_step(fixture->worker);
    silence(&fixture->fakes[FEED_TWO]);
    fixture->fakes[FEED_ONE].btc = "90000";
    rate_fixture_restart(fixture);
    rate_fixture_pass(fixture, 1000);
    assert_rate(fixture, "BTC", "USD", "60050");
    fixture->fakes[FEED_TWO].btc = "90000";
    fixture->fakes[FEED_TWO].usdt = "1";
    rate_fixture_pass(fixture, 2 * MINUTE_MS);
    assert_rate(fixture, "BTC", "USD", "90000");
}

#define BARE(test)       cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)
#define WITH_FIXED(test) cmocka_unit_test_setup_teardown(test, open_with_fixed, close_fixture)

int main(void) {
    const struct CMUnitTest tests[] = {
        BARE(test_all_are_asked_at_the_start_and_then_at_their_pace),
        BARE(test_a_failing_source_is_asked_less_and_less),
        BARE(test_a_list_of_currencies_is_tried_again_sooner),
        BARE(test_who_has_not_answered_is_not_asked_again),
        BARE(test_one_alone_is_believed_only_when_all_were_heard_of),
        BARE(test_coins_go_on_without_currencies),
        BARE(test_currencies_outlive_a_day_without_their_source),
        WITH_FIXED(test_what_is_fixed_wins_and_crosses_with_what_is_not),
        BARE(test_a_source_names_its_inputs),
        BARE(test_what_is_held_says_so),
        BARE(test_an_alarm_when_no_rate_is_left_and_none_when_it_is_back),
        BARE(test_what_was_trusted_outlives_a_restart_while_it_is_young),
        BARE(test_after_a_restart_one_source_may_not_jump_either),
        WITH_FIXED(test_what_is_fixed_is_not_missed),
        BARE(test_a_lost_peg_is_told_once_and_ends),
        BARE(test_an_alarm_that_was_cleared_too_early_comes_back),
        BARE(test_alarms_of_an_earlier_run_are_taken_over),
        WITH_FIXED(test_without_sources_old_alarms_end_and_fixed_rates_remain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
