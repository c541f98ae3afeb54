/* SPDX-License-Identifier: MIT */
#include "workers/rate_worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/job.h"
#include "app/live_rates.h"
#include "app/rate_keep.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "core/asset.h"
#include "ports/clock.h"
#include "ports/rate_feeds.h"
#include "ports/vault.h"
#include "workers/rate_alarms.h"

enum {
    ARENA_BYTES_MAX = 1 << 20,
    DOUBLINGS_MAX = 4,           /* after failures: 1, 2, 4, 8, 16 pauses */
    BACKOFF_MS_MAX = 15 * 60000, /* and never longer, unless the feed's own pause is */
    FIAT_RETRY_MS = 5 * 60000,   /* a daily list that failed */
    SILENT_MS = 10 * 60000,      /* then an operator should look */
    KEEP_PAUSE_MS = 30000,       /* between two writes of what is trusted */
    WAIT_MS_MAX = 5000,          /* prices age while nobody is asked, and alarms tell it */
};

struct feed_plan {
    int64_t due_at_ms;     /* monotonic */
    int64_t failing_at_ms; /* since when, monotonic; 0: not */
    unsigned failures;     /* in a row */
    char problem[RATE_ALARM_BYTES];
};

struct rate_worker {
    struct rate_worker_options options;
    struct arena *arena; /* of a step */
    struct feed_plan plans[RATE_FEEDS_MAX];
    struct rate_alarms alarms;
    bool alarms_are_loaded;

    int64_t kept_at_ms;        /* monotonic */
    int64_t kept_until_judged; /* what was trusted after is not in the store yet */

    uint32_t under_way; /* bit for each feed that is being asked */
    uint32_t heard_of;  /* and that has answered or failed since the start */

    pthread_t thread;
    bool has_thread;
    atomic_bool stopping;
};

static int64_t now_ms(const struct rate_worker *worker) {
    return clock_monotonic_ms(worker->options.app->clock);
}

/* ---- asking */

/* Nine to eleven tenths, so that many instances do not ask as one. */
static int64_t with_jitter(const struct rate_worker *worker, int64_t pause_ms) {
    uint32_t random;
    vault_random(worker->options.app->vault, &random, sizeof random);
    return pause_ms - pause_ms / 10 + (int64_t)(random % 1000) * pause_ms / 5000;
}

static int64_t pause_after_failure(const struct rate_feed *feed, unsigned failures) {
    int64_t first_ms = feed->for_fiat_only ? FIAT_RETRY_MS : feed->pause_ms;
    unsigned doublings = failures - 1 < DOUBLINGS_MAX ? failures - 1 : DOUBLINGS_MAX;
    int64_t pause_ms = first_ms << doublings;
    int64_t most_ms = feed->pause_ms > BACKOFF_MS_MAX ? feed->pause_ms : BACKOFF_MS_MAX;
    return pause_ms < most_ms ? pause_ms : most_ms;
}

static void plan_next(struct rate_worker *worker, size_t number, struct result heard) {
    const struct rate_feed *feed = &worker->options.feeds->list[number];
    struct feed_plan *plan = &worker->plans[number];
    int64_t at_ms = now_ms(worker);
    if (result_is_ok(heard)) {
        if (plan->failures > 0) {
            log_event(LOG_INFO, "rate_source_well", LOG_CSTR("source", feed->name));
        }
        plan->failures = 0;
        plan->failing_at_ms = 0;
        plan->due_at_ms = at_ms + with_jitter(worker, feed->pause_ms);
        return;
    }
    if (plan->failures == 0) {
        plan->failing_at_ms = at_ms;
        log_event(LOG_WARN, "rate_source_failed", LOG_CSTR("source", feed->name),
                  LOG_RESULT(heard));
    }
    plan->failures++;
    struct buf problem = buf_over(plan->problem, sizeof plan->problem - 1);
    buf_puts(&problem, result_text(heard));
    plan->problem[problem.len] = '\0';
    plan->due_at_ms = at_ms + with_jitter(worker, pause_after_failure(feed, plan->failures));
}

static void take(void *context, size_t number, struct result heard,
                 const struct rate_report *report) {
    struct rate_worker *worker = context;
    worker->under_way &= ~(1u << number);
    worker->heard_of |= 1u << number;
    live_rates_heard(worker->options.live, number, heard, report);
    plan_next(worker, number, heard);
}

/* Those to be asked now, and how long it is until others are due. */
static uint32_t due_feeds(const struct rate_worker *worker, int64_t *ret_wait_ms) {
    int64_t at_ms = now_ms(worker);
    int64_t wait_ms = WAIT_MS_MAX;
    uint32_t due = 0;
    for (size_t i = 0; i < worker->options.feeds->count; i++) {
        int64_t left_ms = worker->plans[i].due_at_ms - at_ms;
        if ((worker->under_way & (1u << i)) != 0) {
            continue;
        }
        if (left_ms <= 0) {
            due |= 1u << i;
        } else if (left_ms < wait_ms) {
            wait_ms = left_ms;
        }
    }
    *ret_wait_ms = wait_ms;
    return due;
}

/* ---- alarms */

/* Adds `base` to `missing` if nothing prices it, and tells of a lost peg. */
static void look_at(struct rate_worker *worker, const struct asset *base, struct buf *missing) {
    if (base == fiat_usd() || rate_base_of(base) != base ||
        live_rates_is_fixed(worker->options.live, worker->arena, base)) {
        return;
    }
    struct rate_finding finding = live_rates_judge(worker->options.live, base);
    if (finding.trouble == RATE_DEPEGGED) {
        rate_alarms_want(&worker->alarms, "stablecoin_depeg", base->short_code,
                         STR("its market price is more than 5% off one dollar; invoices in it are "
                             "refused"));
        return;
    }
    if (market_price_is_none(finding.price)) {
        buf_putf(missing, "%s%s", missing->len == 0 ? "" : ", ", base->short_code);
    }
}

static void look_for_missing(struct rate_worker *worker, const struct asset *const *list,
                             const char *subject) {
    struct buf missing = buf_in(worker->arena);
    for (; *list != NULL; list++) {
        look_at(worker, *list, &missing);
    }
    if (missing.len > 0) {
        struct str codes = buf_str(&missing);
        rate_alarms_want(&worker->alarms, "rate_missing", subject,
                         str_from_c(arena_printf(worker->arena, "no trustworthy rate for %.*s",
                                                 STR_ARG(codes))));
    }
}

static void look_for_silence(struct rate_worker *worker) {
    int64_t at_ms = now_ms(worker);
    for (size_t i = 0; i < worker->options.feeds->count; i++) {
        const struct feed_plan *plan = &worker->plans[i];
        if (plan->failures > 1 && at_ms - plan->failing_at_ms >= SILENT_MS) {
            rate_alarms_want(&worker->alarms, "rate_source_silent",
                             worker->options.feeds->list[i].name, str_from_c(plan->problem));
        }
    }
}

static struct result tell_alarms(struct rate_worker *worker) {
    if (!worker->alarms_are_loaded) {
        TRY(rate_alarms_load(&worker->alarms, worker->options.reader, worker->arena));
        worker->alarms_are_loaded = true;
    }
    rate_alarms_begin(&worker->alarms);
    if (worker->options.feeds->count > 0) {
        look_for_missing(worker, asset_list(), "coins");
        look_for_missing(worker, fiat_list(), "currencies");
        look_for_silence(worker);
    }
    return rate_alarms_tell(&worker->alarms, worker->arena);
}

/* ---- over a restart */

/* A rate that was trusted half a minute before the end is one after it, too. */
static void keep_trusted(struct rate_worker *worker) {
    int64_t at_ms = now_ms(worker);
    if (worker->kept_at_ms != 0 && at_ms - worker->kept_at_ms < KEEP_PAUSE_MS) {
        return;
    }
    struct rate_trusted *trusted = ARENA_ARRAY(worker->arena, struct rate_trusted, RATE_BASES_MAX);
    struct rate_keep keep = {.rates = trusted};
    keep.count = live_rates_trusted(worker->options.live, worker->kept_until_judged, trusted);
    if (keep.count == 0) {
        return;
    }
    struct result kept =
        job_run(worker->options.app->queue, &rate_keep_use_case, &keep, worker->arena);
    worker->kept_at_ms = at_ms;
    if (!result_is_ok(kept)) {
        log_event(LOG_WARN, "rates_not_kept", LOG_RESULT(kept));
        return;
    }
    for (size_t i = 0; i < keep.count; i++) {
        if (trusted[i].judged_ms > worker->kept_until_judged) {
            worker->kept_until_judged = trusted[i].judged_ms;
        }
    }
}

static void restore_trusted(struct rate_worker *worker) {
    struct result restored =
        rate_keep_restore(worker->options.live, worker->options.reader, worker->arena);
    if (!result_is_ok(restored)) {
        log_event(LOG_WARN, "rates_not_restored", LOG_RESULT(restored));
    }
}

/* ---- the loop */

void rate_worker_step(struct rate_worker *worker) {
    arena_reset(worker->arena);
    struct rate_feeds *feeds = worker->options.feeds;
    int64_t wait_ms;
    uint32_t due = due_feeds(worker, &wait_ms);
    worker->under_way |= due;
    if (feeds->count > 0) {
        feeds->ops->ask(feeds, due, wait_ms, take, worker);
    }
    bool all_asked = worker->heard_of == (1u << feeds->count) - 1;
    live_rates_settle(worker->options.live, all_asked);
    if (feeds->count > 0 && !atomic_load(&worker->stopping)) {
        keep_trusted(worker);
    }
    if (!all_asked || atomic_load(&worker->stopping)) {
        return; /* too early, or too late, to complain of anything */
    }
    struct result told = tell_alarms(worker);
    if (!result_is_ok(told)) {
        log_event(LOG_WARN, "alarm_not_stored", LOG_RESULT(told));
    }
}

static void *run(void *context) {
    struct rate_worker *worker = context;
    do {
        rate_worker_step(worker);
    } while (worker->options.feeds->count > 0 && !atomic_load(&worker->stopping));
    return NULL;
}

/* ---- life cycle */

struct rate_worker *rate_worker_new(const struct rate_worker_options *options) {
    struct rate_worker *worker = calloc(1, sizeof *worker);
    BUG_IF(worker == NULL || options->feeds->count > RATE_FEEDS_MAX);
    worker->options = *options;
    worker->arena = arena_new(ARENA_BYTES_MAX);
    worker->alarms.app = options->app;
    restore_trusted(worker);
    return worker;
}

void rate_worker_free(struct rate_worker *worker) {
    if (worker != NULL) {
        rate_worker_stop(worker);
        arena_free(worker->arena);
        free(worker);
    }
}

void rate_worker_start(struct rate_worker *worker) {
    BUG_IF(pthread_create(&worker->thread, NULL, run, worker) != 0);
    worker->has_thread = true;
}

void rate_worker_stop(struct rate_worker *worker) {
    if (!worker->has_thread) {
        return;
    }
    atomic_store(&worker->stopping, true);
    worker->options.feeds->ops->stop(worker->options.feeds);
    (void)pthread_join(worker->thread, NULL);
    worker->has_thread = false;
}
