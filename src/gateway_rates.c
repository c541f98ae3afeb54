/* SPDX-License-Identifier: MIT */
#include "gateway_rates.h"

#include "adapters/rates_fixed/rates_fixed.h"
#include "adapters/rates_http/rates_http.h"
#include "app/app.h"
#include "app/live_rates.h"
#include "base/arena.h"
#include "config.h"
#include "ports/store.h"
#include "workers/rate_worker.h"

static struct result open_fixed(struct gateway_rates *rates, struct arena *arena,
                                const struct config *config, const struct app *app) {
    struct fixed_rate *list = ARENA_ARRAY(arena, struct fixed_rate, config->rate_count + 1);
    for (size_t i = 0; i < config->rate_count; i++) {
        list[i] = (struct fixed_rate){config->rates[i].base, config->rates[i].quote,
                                      config->rates[i].rate};
    }
    return rates_fixed_new(arena, app->clock, list, config->rate_count, &rates->fixed);
}

static struct result open_feeds(struct gateway_rates *rates, struct arena *arena,
                                const struct config *config) {
    struct rate_source_url *urls =
        ARENA_ARRAY(arena, struct rate_source_url, config->rate_url_count + 1);
    for (size_t i = 0; i < config->rate_url_count; i++) {
        urls[i] = (struct rate_source_url){config->rate_urls[i].source, config->rate_urls[i].url};
    }
    struct rates_http_options options = {.sources = config->rate_sources,
                                         .urls = urls,
                                         .url_count = config->rate_url_count,
                                         .max_age_ms = config->rate_max_age_s * 1000,
                                         .user_agent = "till/" TILL_VERSION};
    return rates_http_new(arena, &options, &rates->feeds);
}

struct result gateway_rates_open(struct gateway_rates *rates, struct arena *arena,
                                 const struct config *config, struct app *app) {
    TRY(open_fixed(rates, arena, config, app));
    TRY(open_feeds(rates, arena, config));
    struct live_rates_options options = {.fixed = rates->fixed,
                                         .clock = app->clock,
                                         .feeds = rates->feeds,
                                         .max_age_ms = config->rate_max_age_s * 1000};
    rates->live = live_rates_new(&options);
    app->rates = live_rates_port(rates->live);
    return RESULT_OK;
}

struct result gateway_rates_start(struct gateway_rates *rates, const struct app *app) {
    TRY(store_reader_open(app->store, &rates->reader));
    struct rate_worker_options options = {
        .app = app, .live = rates->live, .feeds = rates->feeds, .reader = rates->reader};
    rates->worker = rate_worker_new(&options);
    rate_worker_start(rates->worker);
    return RESULT_OK;
}

void gateway_rates_stop(struct gateway_rates *rates) {
    rate_worker_stop(rates->worker);
}

void gateway_rates_close(struct gateway_rates *rates) {
    rate_worker_free(rates->worker);
    store_reader_close(rates->reader);
    live_rates_free(rates->live);
    rates_http_free(rates->feeds);
    rates_fixed_free(rates->fixed);
}
