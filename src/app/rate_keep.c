/* SPDX-License-Identifier: MIT */
#include "app/rate_keep.h"

#include "app/ledger.h"
#include "app/live_rates.h"
#include "ports/store_rate.h"

static struct result rate_keep_apply(void *input, struct ledger *ledger) {
    const struct rate_keep *keep = input;
    for (size_t i = 0; i < keep->count; i++) {
        const struct rate_trusted *trusted = &keep->rates[i];
        struct trusted_rate_row row = {
            .base = trusted->base,
            .price = market_price_to_text(ledger_arena(ledger), trusted->price),
            .at_ms = trusted->at_ms,
            .judged_at_ms = trusted->judged_ms,
        };
        TRY(store_trusted_rate_put(ledger_conn(ledger), &row));
    }
    return RESULT_OK;
}

const struct use_case rate_keep_use_case = {
    .name = "rate_keep",
    .job_class = JOB_OPERATOR,
    .apply = rate_keep_apply,
};

struct result rate_keep_restore(struct live_rates *live, struct store_conn *reader,
                                struct arena *arena) {
    const struct trusted_rate_row *rows;
    size_t count;
    TRY(store_trusted_rate_list(reader, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct rate_trusted trusted = {
            .base = rows[i].base, .at_ms = rows[i].at_ms, .judged_ms = rows[i].judged_at_ms};
        if (market_price_from_text(rows[i].price, &trusted.price)) {
            live_rates_restore(live, &trusted);
        }
    }
    return RESULT_OK;
}
