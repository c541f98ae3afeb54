/* SPDX-License-Identifier: MIT */
#include "adapters/rates_http/answer.h"

#include "base/json_read.h"
#include "base/utc.h"
#include "core/asset.h"
#include "core/error.h"

static const char not_a_price[] = "a price is not a positive number";

/* What a source calls a coin of ours. */
struct coin_name {
    const char *name;
    const char *code; /* of one of its assets */
};

static const struct asset *coin_by_name(const struct coin_name *names, size_t count,
                                        struct str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_eq(str_from_c(names[i].name), name)) {
            return rate_base_of(asset_by_code(str_from_c(names[i].code)));
        }
    }
    return NULL;
}
#define COIN_BY_NAME(names, name) coin_by_name((names), sizeof(names) / sizeof *(names), (name))

static void add(struct json_reader *reader, struct rate_report *report, struct rate_said said) {
    if (report->count == RATE_REPORT_MAX) {
        json_fail(reader, "more prices than there are assets");
        return;
    }
    report->said[report->count++] = said;
}

static void add_price(struct json_reader *reader, struct rate_report *report,
                      const struct asset *base, struct str text) {
    struct rate_said said = {.base = base, .quote = fiat_usd()};
    if (json_failed(reader)) {
        return;
    }
    if (!market_price_from_text(text, &said.price)) {
        json_fail(reader, not_a_price);
        return;
    }
    add(reader, report, said);
}

/* The source says how much of it one dollar buys. */
static void add_inverse(struct json_reader *reader, struct rate_report *report,
                        const struct asset *base, struct str text) {
    struct rate_said said = {.base = base, .quote = fiat_usd()};
    struct market_price bought;
    if (json_failed(reader)) {
        return;
    }
    if (!market_price_from_text(text, &bought) || !market_price_inverse(bought, &said.price)) {
        json_fail(reader, not_a_price);
        return;
    }
    add(reader, report, said);
}

static void expect(struct json_reader *reader, struct str word, const char *reason) {
    if (!str_eq(json_read_str(reader), word)) {
        json_fail(reader, reason);
    }
}

static void require(struct json_reader *reader, bool is_there, const char *reason) {
    if (!is_there) {
        json_fail(reader, reason);
    }
}

static const char not_in_usd[] = "the answer is not in USD";

/* ---- coinbase */

static const struct coin_name coinbase_coins[] = {
    {"BTC", "BTC"},     {"LTC", "LTC"},     {"ETH", "ETH"},         {"TRX", "TRX"},
    {"BNB", "BNB"},     {"DAI", "DAI_BSC"}, {"PEPE", "PEPE_ERC20"}, {"SHIB", "SHIB_ERC20"},
    {"ARB", "ARB_ARB"}, {"OP", "OP_OPT"},   {"USDT", "USDT_TRC20"},
};

static const struct asset *coinbase_base(struct str name) {
    const struct asset *fiat = fiat_by_code(name);
    if (fiat != NULL) {
        return fiat == fiat_usd() ? NULL : fiat;
    }
    return COIN_BY_NAME(coinbase_coins, name);
}

static void read_coinbase_rates(struct json_reader *reader, struct rate_report *report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        const struct asset *base = coinbase_base(key);
        if (base != NULL) {
            add_inverse(reader, report, base, json_read_str(reader));
        }
    }
}

static void read_coinbase_data(struct json_reader *reader, struct rate_report *report) {
    struct str key;
    bool has_currency = false;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("currency"))) {
            has_currency = true;
            expect(reader, STR("USD"), not_in_usd);
        } else if (str_eq(key, STR("rates"))) {
            read_coinbase_rates(reader, report);
        }
    }
    require(reader, has_currency, not_in_usd);
}

void answer_coinbase(struct json_reader *reader, struct rate_report *ret_report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("data"))) {
            read_coinbase_data(reader, ret_report);
        }
    }
}

/* ---- kraken */

/* Old coins have names of four letters here. */
static const struct coin_name kraken_pairs[] = {
    {"XXBTZUSD", "BTC"},        {"XLTCZUSD", "LTC"},       {"XETHZUSD", "ETH"}, {"TRXUSD", "TRX"},
    {"USDTZUSD", "USDT_TRC20"}, {"USDCUSD", "USDC_TRC20"}, {"BNBUSD", "BNB"},
};

static void read_kraken_errors(struct json_reader *reader) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        json_fail(reader, "kraken answers with an error");
    }
}

/* [price, volume] of the last trade */
static void read_kraken_trade(struct json_reader *reader, struct rate_report *report,
                              const struct asset *base) {
    bool has_price = false;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        if (has_price) {
            json_skip_value(reader);
        } else {
            add_price(reader, report, base, json_read_str(reader));
            has_price = true;
        }
    }
    require(reader, has_price, not_a_price);
}

static void read_kraken_pair(struct json_reader *reader, struct rate_report *report,
                             const struct asset *base) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("c"))) {
            read_kraken_trade(reader, report, base);
        }
    }
}

static void read_kraken_result(struct json_reader *reader, struct rate_report *report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        const struct asset *base = COIN_BY_NAME(kraken_pairs, key);
        if (base != NULL) {
            read_kraken_pair(reader, report, base);
        }
    }
}

void answer_kraken(struct json_reader *reader, struct rate_report *ret_report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("error"))) {
            read_kraken_errors(reader);
        } else if (str_eq(key, STR("result"))) {
            read_kraken_result(reader, ret_report);
        }
    }
}

/* ---- binance */

static const struct coin_name binance_symbols[] = {
    {"BTCUSDT", "BTC"}, {"LTCUSDT", "LTC"},         {"ETHUSDT", "ETH"},         {"TRXUSDT", "TRX"},
    {"BNBUSDT", "BNB"}, {"USDCUSDT", "USDC_TRC20"}, {"TUSDUSDT", "TUSD_TRC20"},
};

static void read_binance_ticker(struct json_reader *reader, struct rate_report *report) {
    struct rate_said said = {.quote = rate_base_of(asset_by_code(STR("USDT_TRC20")))};
    bool has_price = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("symbol"))) {
            said.base = COIN_BY_NAME(binance_symbols, json_read_str(reader));
        } else if (str_eq(key, STR("price"))) {
            has_price = market_price_from_text(json_read_str(reader), &said.price);
            require(reader, has_price, not_a_price);
        }
    }
    if (said.base != NULL && !json_failed(reader)) {
        require(reader, has_price, not_a_price);
        add(reader, report, said);
    }
}

void answer_binance(struct json_reader *reader, struct rate_report *ret_report) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_binance_ticker(reader, ret_report);
    }
}

/* ---- coingecko */

static const struct coin_name coingecko_ids[] = {
    {"bitcoin", "BTC"},
    {"litecoin", "LTC"},
    {"ethereum", "ETH"},
    {"tron", "TRX"},
    {"binancecoin", "BNB"},
    {"tether", "USDT_TRC20"},
    {"usd-coin", "USDC_TRC20"},
    {"true-usd", "TUSD_TRC20"},
    {"tether-gold", "XAUT_ERC20"},
    {"pepe", "PEPE_ERC20"},
    {"shiba-inu", "SHIB_ERC20"},
    {"arbitrum", "ARB_ARB"},
    {"optimism", "OP_OPT"},
    {"dai", "DAI_BSC"},
    {"paypal-usd", "PYUSD_ERC20"},
    {"usdd", "USDD_TRC20"},
};

static int64_t read_unix_s(struct json_reader *reader) {
    uint64_t unix_s = json_read_u64(reader);
    if (unix_s > (uint64_t)INT32_MAX * 4) {
        json_fail(reader, "a time is far off");
        return 0;
    }
    return (int64_t)unix_s * 1000;
}

static void read_coingecko_coin(struct json_reader *reader, struct rate_report *report,
                                const struct asset *base) {
    int64_t said_at_ms = 0;
    size_t first = report->count;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (json_take_null(reader)) {
            continue; /* a coin that is no longer quoted */
        }
        if (str_eq(key, STR("usd"))) {
            add_price(reader, report, base, json_read_number(reader));
        } else if (str_eq(key, STR("last_updated_at"))) {
            said_at_ms = read_unix_s(reader);
        }
    }
    if (report->count > first) {
        report->said[first].said_at_ms = said_at_ms;
    }
}

void answer_coingecko(struct json_reader *reader, struct rate_report *ret_report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        const struct asset *base = COIN_BY_NAME(coingecko_ids, key);
        if (base != NULL) {
            read_coingecko_coin(reader, ret_report, base);
        }
    }
}

/* ---- currencies, once a day */

static void read_fiat_rates(struct json_reader *reader, struct rate_report *report) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        const struct asset *fiat = fiat_by_code(key);
        if (fiat != NULL && fiat != fiat_usd()) {
            add_inverse(reader, report, fiat, json_read_number(reader));
        }
    }
}

static void set_date(struct rate_report *report, int64_t said_at_ms) {
    for (size_t i = 0; i < report->count; i++) {
        report->said[i].said_at_ms = said_at_ms;
    }
}

static const char no_date[] = "the answer has no date";

void answer_erapi(struct json_reader *reader, struct rate_report *ret_report) {
    bool has_base = false;
    int64_t said_at_ms = 0;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("result"))) {
            expect(reader, STR("success"), "the source answers with an error");
        } else if (str_eq(key, STR("base_code"))) {
            has_base = true;
            expect(reader, STR("USD"), not_in_usd);
        } else if (str_eq(key, STR("time_last_update_unix"))) {
            said_at_ms = read_unix_s(reader);
        } else if (str_eq(key, STR("rates"))) {
            read_fiat_rates(reader, ret_report);
        }
    }
    require(reader, has_base, not_in_usd);
    require(reader, said_at_ms > 0, no_date);
    set_date(ret_report, said_at_ms);
}

/* "2024-03-25" */
static int64_t read_date(struct json_reader *reader) {
    struct str text = json_read_str(reader);
    uint64_t year;
    uint64_t month;
    uint64_t day;
    int64_t at_ms;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        !str_to_u64(str_slice(text, 0, 4), &year) || !str_to_u64(str_slice(text, 5, 7), &month) ||
        !str_to_u64(str_slice(text, 8, 10), &day)) {
        json_fail(reader, no_date);
        return 0;
    }
    struct utc utc = {.year = (int)year, .month = (int)month, .day = (int)day};
    if (!utc_to_ms(&utc, &at_ms)) {
        json_fail(reader, no_date);
        return 0;
    }
    return at_ms;
}

void answer_frankfurter(struct json_reader *reader, struct rate_report *ret_report) {
    bool has_base = false;
    int64_t said_at_ms = 0;
    struct market_price amount = {0};
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("amount"))) {
            require(reader, market_price_from_text(json_read_number(reader), &amount), not_a_price);
        } else if (str_eq(key, STR("base"))) {
            has_base = true;
            expect(reader, STR("USD"), not_in_usd);
        } else if (str_eq(key, STR("date"))) {
            said_at_ms = read_date(reader);
        } else if (str_eq(key, STR("rates"))) {
            read_fiat_rates(reader, ret_report);
        }
    }
    struct market_price one;
    require(reader, market_price_from_text(STR("1"), &one) && amount.e18 == one.e18,
            "the answer is not for one dollar");
    require(reader, has_base, not_in_usd);
    require(reader, said_at_ms > 0, no_date);
    set_date(ret_report, said_at_ms);
}

/* ---- all of them */

struct result answer_decode(struct arena *arena, rate_decode_fn *decode, struct bytes answer,
                            struct rate_report *ret_report) {
    struct json_reader reader;
    json_reader_init(&reader, arena, answer);
    struct rate_report report = {.count = 0};
    decode(&reader, &report);
    if (!json_reader_finish(&reader)) {
        return result_failf(arena, &ERR_RATE_ANSWER, "the answer cannot be used: %s",
                            json_reader_error(&reader));
    }
    if (report.count == 0) {
        return result_failf(arena, &ERR_RATE_ANSWER, "the answer prices nothing of ours");
    }
    *ret_report = report;
    return RESULT_OK;
}
