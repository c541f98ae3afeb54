/* SPDX-License-Identifier: MIT */
#include "adapters/rates_http/rates_http.h"

#include <stdlib.h>

#include "adapters/rates_http/answer.h"
#include "adapters/rates_http/fetch.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    ARENA_BYTES_MAX = 1 << 20,
    TIMEOUT_MS = 10000,
    COIN_PAUSE_MS = 30000,
    GECKO_PAUSE_MS = 60000,  /* without a key, some ten questions a minute are free */
    FIAT_PAUSE_MS = 3600000, /* published once a day */
    PAUSES_IN_AGE = 3,       /* a price may miss two answers before it is too old */
};

struct source {
    const char *name;
    const char *url;
};

enum { COINBASE, KRAKEN, BINANCE, COINGECKO, ERAPI, FRANKFURTER, SOURCE_COUNT };
static_assert((int)SOURCE_COUNT <= (int)RATE_SOURCES_MAX, "the board has a column for each");

/* In the sequence in which quotes name them. */
static const struct source sources[SOURCE_COUNT] = {
    [COINBASE] = {"coinbase", "https://api.coinbase.com"},
    [KRAKEN] = {"kraken", "https://api.kraken.com"},
    [BINANCE] = {"binance", "https://data-api.binance.vision"},
    [COINGECKO] = {"coingecko", "https://api.coingecko.com"},
    [ERAPI] = {"erapi", "https://open.er-api.com"},
    [FRANKFURTER] = {"frankfurter", "https://api.frankfurter.dev"},
};

struct question {
    size_t source;
    const char *name;
    const char *path;
    rate_decode_fn *decode;
    int64_t pause_ms;
    bool for_fiat_only;
};

/* Kraken and Binance refuse a list in which one pair is unknown, so a coin that they might drop has
 * a question of its own. */
static const struct question questions[] = {
    {COINBASE, "coinbase", "/v2/exchange-rates?currency=USD", answer_coinbase, COIN_PAUSE_MS,
     false},
    {KRAKEN, "kraken", "/0/public/Ticker?pair=XBTUSD,LTCUSD,ETHUSD,TRXUSD,USDTUSD,USDCUSD",
     answer_kraken, COIN_PAUSE_MS, false},
    {KRAKEN, "kraken BNB", "/0/public/Ticker?pair=BNBUSD", answer_kraken, COIN_PAUSE_MS, false},
    {BINANCE, "binance",
     "/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22,%22LTCUSDT%22,%22ETHUSDT%22,%22TRXUSDT%22,"
     "%22BNBUSDT%22,%22USDCUSDT%22%5D",
     answer_binance, COIN_PAUSE_MS, false},
    {BINANCE, "binance TUSD", "/api/v3/ticker/price?symbols=%5B%22TUSDUSDT%22%5D", answer_binance,
     COIN_PAUSE_MS, false},
    {COINGECKO, "coingecko",
     "/api/v3/simple/price?ids=bitcoin,litecoin,ethereum,tron,binancecoin,tether,usd-coin,true-usd"
     ",dai,paypal-usd,usdd,tether-gold,pepe,shiba-inu,arbitrum,optimism&vs_currencies=usd&include_"
     "last_updated_at=true&precision=full",
     answer_coingecko, GECKO_PAUSE_MS, false},
    {ERAPI, "erapi", "/v6/latest/USD", answer_erapi, FIAT_PAUSE_MS, true},
    {FRANKFURTER, "frankfurter", "/v1/latest?base=USD", answer_frankfurter, FIAT_PAUSE_MS, true},
};
static_assert(sizeof questions / sizeof *questions <= RATE_FEEDS_MAX, "a bit for each");

struct rates_http {
    struct rate_feeds port; /* first */
    struct arena *arena;
    struct fetch *fetch;
    struct rate_feed list[RATE_FEEDS_MAX];
    rate_decode_fn *decode[RATE_FEEDS_MAX];
    const char *urls[SOURCE_COUNT]; /* NULL: the source is not asked */
};

static struct rates_http *of_port(struct rate_feeds *feeds) {
    return (struct rates_http *)feeds;
}

/* ---- asking */

struct asked {
    struct rates_http *rates;
    rate_heard_fn *heard;
    void *context;
};

static void take_answer(void *context, size_t number, struct result fetched, struct bytes answer,
                        struct arena *scratch) {
    const struct asked *asked = context;
    struct rate_report report = {.count = 0};
    struct result heard = fetched;
    if (result_is_ok(heard)) {
        heard = answer_decode(scratch, asked->rates->decode[number], answer, &report);
    }
    asked->heard(asked->context, number, heard, &report);
}

static void ask(struct rate_feeds *feeds, uint32_t wanted, int64_t wait_ms, rate_heard_fn *heard,
                void *context) {
    struct rates_http *rates = of_port(feeds);
    struct asked asked = {rates, heard, context};
    fetch_run(rates->fetch, wanted, wait_ms, take_answer, &asked);
}

static void stop(struct rate_feeds *feeds) {
    fetch_stop(of_port(feeds)->fetch);
}

static const struct rate_feeds_ops http_ops = {.ask = ask, .stop = stop};

/* ---- the configuration */

static bool source_by_name(struct str name, size_t *ret_source) {
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (str_eq(str_from_c(sources[i].name), name)) {
            *ret_source = i;
            return true;
        }
    }
    return false;
}

static struct result unknown(struct arena *arena, struct str name) {
    return result_failf(arena, &ERR_CONFIG,
                        "there is no source \"%.*s\", but coinbase, kraken, binance, coingecko, "
                        "erapi, frankfurter",
                        STR_ARG(name));
}

static struct result take_sources(struct rates_http *rates, struct arena *arena, const char *list) {
    struct str rest = str_from_c(list);
    struct str name;
    while (str_split_next(&rest, ',', &name)) {
        name = str_trim(name);
        size_t source;
        if (str_is_empty(name)) {
            continue;
        }
        if (!source_by_name(name, &source)) {
            return unknown(arena, name);
        }
        rates->urls[source] = sources[source].url;
    }
    if (rates->urls[BINANCE] != NULL && rates->urls[COINBASE] == NULL &&
        rates->urls[KRAKEN] == NULL && rates->urls[COINGECKO] == NULL) {
        return result_failf(arena, &ERR_CONFIG,
                            "binance prices coins in USDT: name another source beside it "
                            "that knows what USDT is worth");
    }
    return RESULT_OK;
}

static struct result take_url(struct rates_http *rates, struct arena *arena,
                              const struct rate_source_url *given) {
    size_t source;
    struct str url = str_from_c(given->url);
    if (!source_by_name(str_from_c(given->source), &source)) {
        return unknown(arena, str_from_c(given->source));
    }
    if (!str_starts_with(url, STR("https://")) && !str_starts_with(url, STR("http://"))) {
        return result_failf(arena, &ERR_CONFIG, "must be like https://mirror.example");
    }
    if (str_ends_with(url, STR("/"))) {
        url.len--;
    }
    if (rates->urls[source] != NULL) {
        rates->urls[source] = str_to_c(rates->arena, url);
    }
    return RESULT_OK;
}

static void add_questions(struct rates_http *rates, int64_t max_age_ms) {
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const struct question *question = &questions[i];
        const char *base = rates->urls[question->source];
        if (base == NULL) {
            continue;
        }
        int64_t pause_ms = question->pause_ms;
        if (!question->for_fiat_only && pause_ms > max_age_ms / PAUSES_IN_AGE) {
            pause_ms = max_age_ms / PAUSES_IN_AGE;
        }
        size_t number =
            fetch_add_url(rates->fetch, arena_printf(rates->arena, "%s%s", base, question->path));
        rates->decode[number] = question->decode;
        rates->list[number] = (struct rate_feed){.name = question->name,
                                                 .source = question->source,
                                                 .pause_ms = pause_ms,
                                                 .for_fiat_only = question->for_fiat_only};
        rates->port.count = number + 1;
    }
}

static struct result take_options(struct rates_http *rates, struct arena *arena,
                                  const struct rates_http_options *options) {
    TRY(take_sources(rates, arena, options->sources));
    for (size_t i = 0; i < options->url_count; i++) {
        TRY(take_url(rates, arena, &options->urls[i]));
    }
    add_questions(rates, options->max_age_ms);
    return RESULT_OK;
}

struct result rates_http_new(struct arena *arena, const struct rates_http_options *options,
                             struct rate_feeds **ret_feeds) {
    struct rates_http *rates = calloc(1, sizeof *rates);
    BUG_IF(rates == NULL);
    rates->arena = arena_new(ARENA_BYTES_MAX);
    struct fetch_options fetch = {
        .user_agent = arena_printf(rates->arena, "%s", options->user_agent),
        .ca_file = options->ca_file,
        .timeout_ms = options->timeout_ms == 0 ? TIMEOUT_MS : options->timeout_ms,
    };
    rates->fetch = fetch_new(&fetch);
    rates->port.ops = &http_ops;
    rates->port.list = rates->list;
    rates->port.source_count = SOURCE_COUNT;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        rates->port.source_names[i] = sources[i].name;
    }
    struct result taken = take_options(rates, arena, options);
    if (!result_is_ok(taken)) {
        rates_http_free(&rates->port);
        return taken;
    }
    *ret_feeds = &rates->port;
    return RESULT_OK;
}

void rates_http_free(struct rate_feeds *feeds) {
    if (feeds != NULL) {
        struct rates_http *rates = of_port(feeds);
        fetch_free(rates->fetch);
        arena_free(rates->arena);
        free(rates);
    }
}
