/* SPDX-License-Identifier: MIT */
#include "app/live_rates.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utc.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/rate.h"
#include "ports/clock.h"
#include "ports/rate_feeds.h"

enum { PROBLEM_BYTES = 160 };

struct feed_state {
    int64_t heard_at_ms;
    char problem[PROBLEM_BYTES];
};

struct live_rates {
    struct rates port; /* first */
    struct live_rates_options options;
    pthread_mutex_t lock; /* guards the rest */
    struct rate_board board;
    struct feed_state feeds[RATE_FEEDS_MAX];
};

static struct live_rates *of_port(struct rates *rates) {
    return (struct live_rates *)rates;
}

struct rate_finding live_rates_judge(struct live_rates *live, const struct asset *base) {
    int64_t now_ms = clock_wall_ms(live->options.clock);
    (void)pthread_mutex_lock(&live->lock);
    struct rate_finding finding = rate_board_judge(&live->board, base, now_ms);
    (void)pthread_mutex_unlock(&live->lock);
    return finding;
}

/* ---- one leg: something in USD */

static void put_inputs(const struct live_rates *live, struct arena *arena, struct buf *text,
                       const struct rate_finding *finding, uint32_t which) {
    for (size_t i = 0; i < live->options.feeds->source_count; i++) {
        if (!market_price_is_none(finding->inputs[i]) && (which & (1u << i)) != 0) {
            buf_putf(text, " %s=", live->options.feeds->source_names[i]);
            buf_put_str(text, market_price_to_text(arena, finding->inputs[i]));
        }
    }
}

static struct str source_text(const struct live_rates *live, struct arena *arena,
                              const struct rate_finding *finding) {
    struct buf text = buf_in(arena);
    if (finding->trouble != RATE_WELL) {
        buf_puts(&text, "the last trusted");
        return buf_str(&text);
    }
    /* With its time, so that an invoice's quote says how old its inputs were. */
    char memory[UTC_TEXT_BYTES];
    struct str at =
        str_slice(utc_text(finding->at_ms, memory), 0, sizeof "2025-01-31T23:59:59" - 1);
    buf_putf(&text, "median at %.*sZ of", STR_ARG(at));
    put_inputs(live, arena, &text, finding, finding->used);
    struct buf left_out = buf_in(arena);
    put_inputs(live, arena, &left_out, finding, ~finding->used);
    if (left_out.len > 0) {
        buf_puts(&text, " without");
        buf_put_str(&text, buf_str(&left_out));
    }
    return buf_str(&text);
}

/* "the sources disagree: coinbase=80 kraken=90" */
static struct str problem_text(const struct live_rates *live, struct arena *arena,
                               const struct rate_finding *finding) {
    struct buf text = buf_in(arena);
    buf_puts(&text, rate_trouble_text(finding->trouble));
    struct buf inputs = buf_in(arena);
    put_inputs(live, arena, &inputs, finding, UINT32_MAX);
    if (inputs.len > 0) {
        buf_put_char(&text, ':');
        buf_put_str(&text, buf_str(&inputs));
    }
    return buf_str(&text);
}

static struct result find_by_sources(struct live_rates *live, struct arena *arena,
                                     const struct asset *base, struct rate_answer *ret_answer) {
    struct rate_finding finding = live_rates_judge(live, base);
    struct str problem = STR("");
    if (finding.trouble != RATE_WELL) {
        problem = problem_text(live, arena, &finding);
    }
    if (market_price_is_none(finding.price)) {
        return result_failf(arena, &ERR_RATE_MISSING, "no trustworthy rate for %s: %.*s",
                            base->short_code, STR_ARG(problem));
    }
    *ret_answer = (struct rate_answer){
        .rate = market_price_to_text(arena, finding.price),
        .source = source_text(live, arena, &finding),
        .at_ms = finding.at_ms,
        .problem = problem,
    };
    return RESULT_OK;
}

static struct result find_leg(struct live_rates *live, struct arena *arena,
                              const struct asset *base, struct rate_answer *ret_answer) {
    if (base == fiat_usd()) {
        *ret_answer = (struct rate_answer){
            .rate = STR("1"), .source = STR("one"), .at_ms = clock_wall_ms(live->options.clock)};
        return RESULT_OK;
    }
    struct rates *fixed = live->options.fixed;
    if (result_is_ok(fixed->ops->find(fixed, arena, base, fiat_usd(), ret_answer))) {
        return RESULT_OK;
    }
    return find_by_sources(live, arena, base, ret_answer);
}

/* ---- a pair */

static struct result cross(struct arena *arena, const struct asset *base, const struct asset *quote,
                           const struct rate_answer legs[2], struct rate_answer *ret_answer) {
    struct rate coin_usd;
    struct rate fiat_usd_rate;
    struct rate crossed;
    TRY(rate_from_text(base, fiat_usd(), legs[0].rate, legs[0].at_ms, &coin_usd));
    TRY(rate_from_text(quote, fiat_usd(), legs[1].rate, legs[1].at_ms, &fiat_usd_rate));
    TRY(rate_cross(&coin_usd, &fiat_usd_rate, &crossed));
    struct buf source = buf_in(arena);
    buf_putf(&source, "%s: %.*s; %s: %.*s", base->short_code, STR_ARG(legs[0].source), quote->code,
             STR_ARG(legs[1].source));
    *ret_answer = (struct rate_answer){
        .rate = rate_to_text(arena, &crossed),
        .source = buf_str(&source),
        .at_ms = crossed.at_ms,
        .problem = str_is_empty(legs[0].problem) ? legs[1].problem : legs[0].problem,
    };
    return RESULT_OK;
}

static struct result find(struct rates *rates, struct arena *arena, const struct asset *base,
                          const struct asset *quote, struct rate_answer *ret_answer) {
    struct live_rates *live = of_port(rates);
    struct rates *fixed = live->options.fixed;
    struct result direct = fixed->ops->find(fixed, arena, base, quote, ret_answer);
    if (result_is_ok(direct) || live->options.feeds->count == 0) {
        return direct;
    }
    struct rate_answer legs[2];
    TRY(find_leg(live, arena, base, &legs[0]));
    if (quote == fiat_usd()) {
        *ret_answer = legs[0];
        return RESULT_OK;
    }
    TRY(find_leg(live, arena, quote, &legs[1]));
    return cross(arena, base, quote, legs, ret_answer);
}

static size_t sources(struct rates *rates, struct arena *arena,
                      const struct rate_source_state **ret_states) {
    struct live_rates *live = of_port(rates);
    const struct rate_feeds *feeds = live->options.feeds;
    struct rate_source_state *states =
        ARENA_ARRAY(arena, struct rate_source_state, feeds->count + 1);
    (void)pthread_mutex_lock(&live->lock);
    for (size_t i = 0; i < feeds->count; i++) {
        states[i] = (struct rate_source_state){
            .name = str_from_c(feeds->list[i].name),
            .heard_at_ms = live->feeds[i].heard_at_ms,
            .problem = str_copy(arena, str_from_c(live->feeds[i].problem)),
        };
    }
    (void)pthread_mutex_unlock(&live->lock);
    *ret_states = states;
    return feeds->count;
}

static const struct rates_ops live_ops = {.find = find, .sources = sources};

/* ---- what the worker tells */

void live_rates_heard(struct live_rates *live, size_t feed, struct result heard,
                      const struct rate_report *report) {
    BUG_IF(feed >= live->options.feeds->count);
    int64_t now_ms = clock_wall_ms(live->options.clock);
    struct feed_state *state = &live->feeds[feed];
    (void)pthread_mutex_lock(&live->lock);
    state->problem[0] = '\0';
    if (result_is_ok(heard)) {
        state->heard_at_ms = now_ms;
        rate_board_put(&live->board, live->options.feeds->list[feed].source, report, now_ms);
    } else {
        (void)snprintf(state->problem, sizeof state->problem, "%s", result_text(heard));
    }
    (void)pthread_mutex_unlock(&live->lock);
}

void live_rates_settle(struct live_rates *live, bool all_asked) {
    int64_t now_ms = clock_wall_ms(live->options.clock);
    (void)pthread_mutex_lock(&live->lock);
    live->board.all_asked = all_asked;
    rate_board_remember(&live->board, now_ms);
    (void)pthread_mutex_unlock(&live->lock);
}

void live_rates_restore(struct live_rates *live, const struct rate_trusted *trusted) {
    int64_t now_ms = clock_wall_ms(live->options.clock);
    (void)pthread_mutex_lock(&live->lock);
    rate_board_restore(&live->board, trusted, now_ms);
    (void)pthread_mutex_unlock(&live->lock);
}

size_t live_rates_trusted(struct live_rates *live, int64_t after_ms,
                          struct rate_trusted ret_trusted[RATE_BASES_MAX]) {
    (void)pthread_mutex_lock(&live->lock);
    size_t count = rate_board_trusted(&live->board, after_ms, ret_trusted);
    (void)pthread_mutex_unlock(&live->lock);
    return count;
}

bool live_rates_is_fixed(struct live_rates *live, struct arena *arena, const struct asset *base) {
    struct rate_answer answer;
    struct rates *fixed = live->options.fixed;
    return result_is_ok(fixed->ops->find(fixed, arena, base, fiat_usd(), &answer));
}

/* ---- life cycle */

struct live_rates *live_rates_new(const struct live_rates_options *options) {
    struct live_rates *live = calloc(1, sizeof *live);
    BUG_IF(live == NULL);
    BUG_IF(options->feeds->count > RATE_FEEDS_MAX ||
           options->feeds->source_count > RATE_SOURCES_MAX);
    live->port.ops = &live_ops;
    live->options = *options;
    rate_board_init(&live->board, options->max_age_ms);
    BUG_IF(pthread_mutex_init(&live->lock, NULL) != 0);
    return live;
}

void live_rates_free(struct live_rates *live) {
    if (live != NULL) {
        (void)pthread_mutex_destroy(&live->lock);
        free(live);
    }
}

struct rates *live_rates_port(struct live_rates *live) {
    return &live->port;
}
