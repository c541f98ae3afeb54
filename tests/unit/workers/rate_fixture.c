/* SPDX-License-Identifier: MIT */
#include "rate_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/rates_fixed/rates_fixed.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_journal.h"

static void must(struct result result) {
    BUG_IF(!result_is_ok(result));
}

/* ---- the feeds */

static void add(struct rate_fixture *fixture, struct rate_report *report, const char *code,
                const char *text) {
    if (text == NULL) {
        return;
    }
    const struct asset *base = fiat_by_code(str_from_c(code));
    if (base == NULL) {
        base = rate_base_of(asset_by_code(str_from_c(code)));
    }
    struct rate_said said = {.base = base, .quote = fiat_usd()};
    BUG_IF(!market_price_from_text(str_from_c(text), &said.price));
    said.price.e18 += fixture->ticks; /* far behind the digits that are shown */
    report->said[report->count++] = said;
}

static void ask(struct rate_feeds *feeds, uint32_t wanted, int64_t wait_ms, rate_heard_fn *heard,
                void *context) {
    struct rate_fixture *fixture = (struct rate_fixture *)feeds;
    fixture->waited_ms = wait_ms;
    fixture->ticks++;
    for (size_t i = 0; i < FIXTURE_FEEDS; i++) {
        struct fake_feed *fake = &fixture->fakes[i];
        if ((wanted & (1u << i)) == 0) {
            continue;
        }
        fake->asked++;
        if (fake->is_silent) {
            continue;
        }
        struct rate_report report = {.count = 0};
        add(fixture, &report, "BTC", fake->btc);
        add(fixture, &report, "USDT_TRC20", fake->usdt);
        add(fixture, &report, "EUR", fake->eur);
        struct result answered =
            report.count > 0 ? RESULT_OK : (struct result){&ERR_RATE_ANSWER, "HTTP status 500"};
        heard(context, i, answered, &report);
    }
}

static void stop(struct rate_feeds *feeds) {
    (void)feeds;
}

static const struct rate_feeds_ops fake_ops = {ask, stop};

/* ---- life cycle */

static void open_rates(struct rate_fixture *fixture) {
    const struct app *app = &fixture->till->app;
    struct live_rates_options live = {.fixed = fixture->fixed,
                                      .clock = app->clock,
                                      .feeds = &fixture->feeds,
                                      .max_age_ms = FIXTURE_MAX_AGE_MS};
    fixture->live = live_rates_new(&live);
    must(store_reader_open(app->store, &fixture->reader));
    struct rate_worker_options worker = {
        .app = app, .live = fixture->live, .feeds = &fixture->feeds, .reader = fixture->reader};
    fixture->worker = rate_worker_new(&worker);
}

static void close_rates(struct rate_fixture *fixture) {
    rate_worker_free(fixture->worker);
    live_rates_free(fixture->live);
    store_reader_close(fixture->reader);
}

struct rate_fixture *rate_fixture_new(bool has_fixed) {
    struct rate_fixture *fixture = calloc(1, sizeof *fixture);
    BUG_IF(fixture == NULL);
    fixture->till = app_fixture_new();
    static const struct rate_feed feeds[FIXTURE_FEEDS] = {
        {"one", 0, FIXTURE_PAUSE_MS, false},
        {"two", 1, FIXTURE_PAUSE_MS, false},
        {"fiat", 2, FIXTURE_FIAT_PAUSE_MS, true},
    };
    static const struct fake_feed good[FIXTURE_FEEDS] = {
        {.btc = "60000", .usdt = "1"}, {.btc = "60100", .usdt = "0.999"}, {.eur = "1.08"}};
    for (size_t i = 0; i < FIXTURE_FEEDS; i++) {
        fixture->list[i] = feeds[i];
        fixture->fakes[i] = good[i];
        fixture->feeds.source_names[i] = feeds[i].name;
    }
    fixture->feeds.ops = &fake_ops;
    fixture->feeds.list = fixture->list;
    fixture->feeds.count = FIXTURE_FEEDS;
    fixture->feeds.source_count = FIXTURE_FEEDS;
    static const struct fixed_rate fixed[] = {
        {"LTC", "USD", "80"}, {"LTC", "GBP", "70"}, {"JPY", "USD", "0.0064"}};
    must(rates_fixed_new(fixture->till->arena, fixture->till->app.clock, fixed, has_fixed ? 3 : 0,
                         &fixture->fixed));
    open_rates(fixture);
    return fixture;
}

void rate_fixture_free(struct rate_fixture *fixture) {
    close_rates(fixture);
    rates_fixed_free(fixture->fixed);
    app_fixture_free(fixture->till);
    free(fixture);
}

void rate_fixture_restart(struct rate_fixture *fixture) {
    close_rates(fixture);
    open_rates(fixture);
}

/* ---- what a test does */

void rate_fixture_pass(struct rate_fixture *fixture, int64_t ms) {
    int64_t until_ms = atomic_load(&fixture->till->now_ms) + ms;
    for (;;) {
        rate_worker_step(fixture->worker);
        int64_t left_ms = until_ms - atomic_load(&fixture->till->now_ms);
        if (left_ms <= 0) {
            return;
        }
        int64_t pass_ms = fixture->waited_ms < left_ms ? fixture->waited_ms : left_ms;
        BUG_IF(pass_ms <= 0);
        atomic_fetch_add(&fixture->till->now_ms, pass_ms);
    }
}

const char *rate_fixture_rate(struct rate_fixture *fixture, const char *base, const char *quote,
                              char *memory) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)1 << 20);
    struct rates *rates = live_rates_port(fixture->live);
    const struct asset *asset = asset_by_code(str_from_c(base));
    if (asset == NULL) {
        asset = fiat_by_code(str_from_c(base));
    }
    struct rate_answer answer;
    struct result found =
        rates->ops->find(rates, arena, asset, fiat_by_code(str_from_c(quote)), &answer);
    if (result_is_ok(found)) {
        (void)snprintf(memory, 256, "%.*s", STR_ARG(answer.rate));
    } else {
        BUG_IF(found.code != &ERR_RATE_MISSING || found.detail == NULL);
        (void)snprintf(memory, 256, "none: %s", found.detail);
    }
    return memory;
}

const char *rate_fixture_alarm(struct rate_fixture *fixture, const char *code,
                               const char *subject) {
    const struct alarm_row *rows;
    size_t count;
    must(store_alarm_list(fixture->reader, fixture->till->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].code, str_from_c(code)) &&
            str_eq(rows[i].subject, str_from_c(subject))) {
            return str_to_c(fixture->till->arena, rows[i].detail);
        }
    }
    return NULL;
}
