/* SPDX-License-Identifier: MIT */
#include "app/rate_list.h"

#include "app/app.h"
#include "base/arena.h"
#include "ports/rates.h"

static void add_rates(const struct app *app, struct arena *arena, const struct asset *const *bases,
                      struct rate_listing *listing) {
    for (; *bases != NULL && listing->rate_count < RATE_LIST_MAX; bases++) {
        if (*bases == fiat_usd()) {
            continue;
        }
        struct rate_answer answer = {.rate = STR("")};
        struct result found = app->rates->ops->find(app->rates, arena, *bases, fiat_usd(), &answer);
        if (!result_is_ok(found)) {
            if (found.detail == NULL) {
                continue;
            }
            answer = (struct rate_answer){.problem = str_from_c(found.detail)};
            listing->missing_count++;
        }
        listing->rates[listing->rate_count++] = (struct listed_rate){
            .base = *bases,
            .quote = fiat_usd(),
            .rate = answer.rate,
            .source = answer.source,
            .at_ms = answer.at_ms,
            .problem = answer.problem,
        };
    }
}

static void add_sources(const struct app *app, struct arena *arena, struct rate_listing *listing) {
    if (app->rates->ops->sources == NULL) {
        return;
    }
    const struct rate_source_state *states;
    size_t count = app->rates->ops->sources(app->rates, arena, &states);
    listing->sources = ARENA_ARRAY(arena, struct listed_source, count + 1);
    for (size_t i = 0; i < count; i++) {
        listing->sources[listing->source_count++] =
            (struct listed_source){states[i].name, states[i].heard_at_ms, states[i].problem};
    }
}

struct rate_listing rate_list(const struct app *app, struct arena *arena) {
    struct rate_listing listing = {
        .rates = ARENA_ARRAY(arena, struct listed_rate, RATE_LIST_MAX),
    };
    add_rates(app, arena, asset_list(), &listing);
    add_rates(app, arena, fiat_list(), &listing);
    add_sources(app, arena, &listing);
    return listing;
}
