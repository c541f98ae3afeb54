/* SPDX-License-Identifier: MIT */
/* What sources answer, and what none may answer. Their own shapes stand in tests/vectors/rates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/rates_http/answer.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum { ARENA_BYTES = 4 << 20, FILE_BYTES_MAX = 16384 };

static struct arena *arena;
static struct rate_report report;

static int make_arena(void **state) {
    (void)state;
    arena = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct bytes vector(const char *name) {
    char path[512];
    const char *folder = getenv("TILL_TEST_VECTORS");
    assert_non_null(folder);
    (void)snprintf(path, sizeof path, "%s/rates/%s.json", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *text = arena_alloc(arena, FILE_BYTES_MAX);
    size_t len = fread(text, 1, FILE_BYTES_MAX, file);
    assert_true(len > 0 && len < FILE_BYTES_MAX);
    (void)fclose(file);
    return (struct bytes){.ptr = text, .len = len};
}

static struct result decode(rate_decode_fn *how, const char *text) {
    return answer_decode(arena, how, (struct bytes){(const uint8_t *)text, strlen(text)}, &report);
}

static void decode_vector(rate_decode_fn *how, const char *name) {
    struct result decoded = answer_decode(arena, how, vector(name), &report);
    if (!result_is_ok(decoded)) {
        fail_msg("%s: %s", name, result_text(decoded));
    }
}

static const struct rate_said *said(const char *code) {
    const struct asset *base = fiat_by_code(str_from_c(code));
    if (base == NULL) {
        base = rate_base_of(asset_by_code(str_from_c(code)));
    }
    for (size_t i = 0; i < report.count; i++) {
        if (report.said[i].base == base) {
            return &report.said[i];
        }
    }
    return NULL;
}

static void check_price(const char *code, const char *price) {
    const struct rate_said *line = said(code);
    assert_non_null(line);
    assert_string_equal(str_to_c(arena, market_price_to_text(arena, line->price)), price);
}

/* ---- as they are */

static void test_coinbase(void **state) {
    (void)state;
    decode_vector(answer_coinbase, "coinbase");
    assert_int_equal(report.count, 24 + 5); /* every currency, BTC, LTC, ETH, SHIB, USDT */
    check_price("BTC", "66899.69889");
    check_price("USDT_TRC20", "1.000150023");
    check_price("EUR", "1.083306251");
    check_price("VND", "0.00004036245484");
    assert_null(said("USDC_TRC20")); /* one dollar by decree is no market price */
    assert_null(said("USD"));
    assert_ptr_equal(said("BTC")->quote, fiat_usd());
}

static void test_kraken(void **state) {
    (void)state;
    decode_vector(answer_kraken, "kraken");
    assert_int_equal(report.count, 6);
    check_price("BTC", "66905.3");
    check_price("LTC", "89.14");
    check_price("ETH", "3590.21");
    check_price("TRX", "0.1221");
    check_price("USDT_TRC20", "1.0002");
    check_price("USDC_TRC20", "0.9999");
    decode_vector(answer_kraken, "kraken_bnb");
    assert_int_equal(report.count, 1);
    check_price("BNB", "571.42");
}

static void test_binance(void **state) {
    (void)state;
    decode_vector(answer_binance, "binance");
    assert_int_equal(report.count, 6);
    check_price("BTC", "66894.01");
    check_price("USDC_TRC20", "0.9998");
    assert_ptr_equal(said("BTC")->quote, rate_base_of(asset_by_code(STR("USDT_ERC20"))));
    decode_vector(answer_binance, "binance_tusd");
    assert_int_equal(report.count, 1);
    check_price("TUSD_ERC20", "0.9974");
}

static void test_coingecko(void **state) {
    (void)state;
    decode_vector(answer_coingecko, "coingecko");
    assert_int_equal(report.count, 16);
    check_price("PEPE_ERC20", "0.0000078120443");
    check_price("BTC", "66899.50232");
    check_price("TUSD_TRC20", "0.9975521");
    assert_int_equal(said("BTC")->said_at_ms, INT64_C(1711356300000));
    assert_int_equal(said("TUSD_TRC20")->said_at_ms, INT64_C(1711356211000));
}

static void test_the_lists_of_currencies(void **state) {
    (void)state;
    decode_vector(answer_erapi, "erapi");
    assert_int_equal(report.count, 24);
    check_price("UZS", "0.00007945904284");
    assert_int_equal(said("UZS")->said_at_ms, INT64_C(1711324951000));
    decode_vector(answer_frankfurter, "frankfurter");
    assert_int_equal(report.count, 14);
    check_price("EUR", "1.083306251");
    assert_null(said("UZS"));
    assert_int_equal(said("EUR")->said_at_ms, INT64_C(1711324800000));
}

static void test_every_currency_has_two_sources(void **state) {
    (void)state;
    for (const struct asset *const *fiat = fiat_list(); *fiat != NULL; fiat++) {
        if (*fiat == fiat_usd()) {
            continue;
        }
        decode_vector(answer_coinbase, "coinbase");
        assert_non_null(said((*fiat)->code));
        decode_vector(answer_erapi, "erapi");
        assert_non_null(said((*fiat)->code));
    }
}

static void test_what_a_source_leaves_out_is_left_out(void **state) {
    (void)state;
    assert_true(result_is_ok(
        decode(answer_coingecko, "{\"true-usd\":{},\"tron\":{\"usd\":null,\"last_updated_at\":1},"
                                 "\"bitcoin\":{\"usd\":60000}}")));
    assert_int_equal(report.count, 1);
    assert_int_equal(report.said[0].said_at_ms, 0);
    assert_true(
        result_is_ok(decode(answer_binance, "[{\"price\":\"2\",\"symbol\":\"ETHUSDT\"},"
                                            "{\"symbol\":\"DOGEUSDT\",\"price\":\"0.1\"}]")));
    assert_int_equal(report.count, 1);
    check_price("ETH", "2");
}

/* ---- as none may be */

struct wrong {
    rate_decode_fn *how;
    const char *answer;
    const char *why;
};

#define NOT_A_PRICE "a price is not a positive number"

static const struct wrong wrongs[] = {
    {answer_coinbase, "", "end"},
    {answer_coinbase, "<!doctype html><html><body>Just a moment...</body></html>", "byte 0"},
    {answer_coinbase, "{\"data\":{\"currency\":\"EUR\",\"rates\":{\"BTC\":\"0.0001\"}}}", "USD"},
    {answer_coinbase, "{\"data\":{\"rates\":{\"BTC\":\"0.0001\"}}}", "USD"},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"BTC\":\"0\"}}}", NOT_A_PRICE},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"BTC\":\"-1\"}}}", NOT_A_PRICE},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"EUR\":\"NaN\"}}}", NOT_A_PRICE},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"EUR\":\"1e300\"}}}",
     NOT_A_PRICE},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"EUR\":0.9}}}", "string"},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"BTC\":\"1\",\"BTC\":\"2\"}}}",
     "twice"},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"BTC\":\"0.1\"}}", "end"},
    {answer_coinbase, "{\"data\":{\"currency\":\"USD\",\"rates\":{\"BTC\":\"0.1\"}}}{}", "follows"},
    {answer_coinbase, "{\"errors\":[{\"id\":\"rate_limit_exceeded\"}]}", "nothing of ours"},
    {answer_kraken, "{\"error\":[],\"result\":{\"XXBTZUSD\":{\"c\":[]}}}", NOT_A_PRICE},
    {answer_kraken, "{\"error\":[],\"result\":{\"XXBTZUSD\":{\"c\":[\"0.00000\",\"1\"]}}}",
     NOT_A_PRICE},
    {answer_kraken, "{\"error\":[],\"result\":{\"XXBTZUSD\":{\"c\":[\"-5\",\"1\"]}}}", NOT_A_PRICE},
    {answer_kraken, "{\"result\":{\"XXBTZUSD\":{\"c\":[\"5\",\"1\"]}},\"error\":[\"EService\"]}",
     "error"},
    {answer_binance, "[{\"symbol\":\"BTCUSDT\"}]", NOT_A_PRICE},
    {answer_binance, "[{\"symbol\":\"BTCUSDT\",\"price\":\"0.00000000\"}]", NOT_A_PRICE},
    {answer_binance, "[{\"symbol\":\"BTCUSDT\",\"price\":NaN}]", "byte"},
    {answer_binance, "[]", "nothing of ours"},
    {answer_coingecko, "{\"bitcoin\":{\"usd\":0}}", NOT_A_PRICE},
    {answer_coingecko, "{\"bitcoin\":{\"usd\":-60000.5}}", NOT_A_PRICE},
    {answer_coingecko, "{\"bitcoin\":{\"usd\":NaN}}", "byte"},
    {answer_coingecko, "{\"bitcoin\":{\"usd\":\"60000\"}}", "number"},
    {answer_coingecko, "{\"bitcoin\":{\"usd\":6,\"last_updated_at\":99999999999999}}", "far off"},
    {answer_coingecko, "{\"status\":{\"error_code\":429}}", "nothing of ours"},
    {answer_erapi, "{\"result\":\"success\",\"base_code\":\"USD\",\"rates\":{\"EUR\":0.9}}",
     "no date"},
    {answer_erapi, "{\"base_code\":\"USD\",\"time_last_update_unix\":1,\"rates\":{\"EUR\":0}}",
     NOT_A_PRICE},
    {answer_erapi, "{\"time_last_update_unix\":1,\"rates\":{\"EUR\":0.9}}", "USD"},
    {answer_frankfurter,
     "{\"amount\":100.0,\"base\":\"USD\",\"date\":\"2024-03-25\",\"rates\":{\"EUR\":92}}",
     "one dollar"},
    {answer_frankfurter,
     "{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"2024-03-25\",\"rates\":{\"GBP\":0.8}}", "USD"},
    {answer_frankfurter,
     "{\"amount\":1.0,\"base\":\"USD\",\"date\":\"2024-02-30\",\"rates\":{\"GBP\":0.8}}",
     "no date"},
    {answer_frankfurter,
     "{\"amount\":1.0,\"base\":\"USD\",\"date\":\"yesterday!\",\"rates\":{\"GBP\":0.8}}",
     "no date"},
};

static void test_answers_that_are_none_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        report.count = 99;
        struct result decoded = decode(wrongs[i].how, wrongs[i].answer);
        if (decoded.code != &ERR_RATE_ANSWER || strstr(decoded.detail, wrongs[i].why) == NULL) {
            fail_msg("%s: \"%s\" should tell of \"%s\"", wrongs[i].answer, result_text(decoded),
                     wrongs[i].why);
        }
        assert_int_equal(report.count, 99);
    }
}

static void test_errors_of_sources_are_refused(void **state) {
    (void)state;
    static const struct {
        rate_decode_fn *how;
        const char *name;
    } errors[] = {{answer_kraken, "kraken_error"},
                  {answer_binance, "binance_error"},
                  {answer_erapi, "erapi_error"}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct result decoded =
            answer_decode(arena, errors[i].how, vector(errors[i].name), &report);
        assert_ptr_equal(decoded.code, &ERR_RATE_ANSWER);
        assert_null(strstr(decoded.detail, "EQuery")); /* their words are not ours to repeat */
        assert_null(strstr(decoded.detail, "Invalid symbol"));
        assert_null(strstr(decoded.detail, "quota"));
    }
}

/* An answer that was cut anywhere is no answer. */
static void test_a_truncated_answer_is_refused(void **state) {
    (void)state;
    struct bytes whole = vector("coingecko");
    for (size_t len = 0; len + 2 < whole.len; len += 7) {
        arena_reset(arena);
        whole = vector("coingecko");
        struct bytes cut = {.ptr = whole.ptr, .len = len};
        assert_ptr_equal(answer_decode(arena, answer_coingecko, cut, &report).code,
                         &ERR_RATE_ANSWER);
    }
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_coinbase),
        WITH_ARENA(test_kraken),
        WITH_ARENA(test_binance),
        WITH_ARENA(test_coingecko),
        WITH_ARENA(test_the_lists_of_currencies),
        WITH_ARENA(test_every_currency_has_two_sources),
        WITH_ARENA(test_what_a_source_leaves_out_is_left_out),
        WITH_ARENA(test_answers_that_are_none_are_refused),
        WITH_ARENA(test_errors_of_sources_are_refused),
        WITH_ARENA(test_a_truncated_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
