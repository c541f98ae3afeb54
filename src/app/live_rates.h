/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_LIVE_RATES_H
#define TILL_APP_LIVE_RATES_H

/* The rates of this moment: what the operator fixed, and for the rest what the board makes of the
 * sources' last answers. Questions are answered from memory, behind a lock that is never held for
 * longer than a judgement; the worker that asks the sources writes into it. */

#include "core/rate_board.h"
#include "ports/rates.h"

struct clock;
struct live_rates;
struct rate_feeds;

struct live_rates_options {
    struct rates *fixed; /* wins over every source */
    const struct clock *clock;
    const struct rate_feeds *feeds;
    int64_t max_age_ms;
};

struct live_rates *live_rates_new(const struct live_rates_options *options);
void live_rates_free(struct live_rates *live);

/* What use cases ask; lives as long as `live`. */
struct rates *live_rates_port(struct live_rates *live);

/* A feed answered, or did not. */
void live_rates_heard(struct live_rates *live, size_t feed, struct result heard,
                      const struct rate_report *report);
/* What is trusted now is what jumps are measured against. `all_asked`: every source had its chance
 * since the start, so that one alone may be believed. */
void live_rates_settle(struct live_rates *live, bool all_asked);

/* What was trusted before a restart, and what is to be kept for the next: see core/rate_board.h. */
void live_rates_restore(struct live_rates *live, const struct rate_trusted *trusted);
size_t live_rates_trusted(struct live_rates *live, int64_t after_ms,
                          struct rate_trusted ret_trusted[RATE_BASES_MAX]);

/* `base` in USD by the sources alone. */
struct rate_finding live_rates_judge(struct live_rates *live, const struct asset *base);
/* The operator fixed the rate of `base` in USD. */
bool live_rates_is_fixed(struct live_rates *live, struct arena *arena, const struct asset *base);

#endif
