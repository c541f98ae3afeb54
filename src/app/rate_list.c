/* SPDX-License-Identifier: MIT */
#include "app/rate_list.h"

#include "app/app.h"
#include "ports/rates.h"

static void add_rates(const struct app *app, struct arena *arena, const struct asset *const *bases,
                      struct listed_rate *rates, size_t *count) {
    for (; *bases != NULL && *count < RATE_LIST_MAX; bases++) {
        struct rate_answer answer;
        if (*bases == fiat_usd() ||
            !result_is_ok(app->rates->ops->find(app->rates, arena, *bases, fiat_usd(), &answer))) {
            continue;
        }
        rates[(*count)++] = (struct listed_rate){
            .base = *bases,
            .quote = fiat_usd(),
            .rate = answer.rate,
            .source = answer.source,
            .at_ms = answer.at_ms,
        };
    }
}

size_t rate_list(const struct app *app, struct arena *arena, struct listed_rate *ret_rates) {
    size_t count = 0;
    add_rates(app, arena, asset_list(), ret_rates, &count);
    add_rates(app, arena, fiat_list(), ret_rates, &count);
    return count;
}
