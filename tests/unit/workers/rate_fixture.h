/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_WORKERS_RATE_FIXTURE_H
#define TILL_TESTS_UNIT_WORKERS_RATE_FIXTURE_H

/* Live rates and their worker over a whole Till whose clock we move, with feeds that say what a
 * test tells them to. Three sources: "one" and "two" price coins, "fiat" prices EUR, once an hour.
 */

#include "app/live_rates.h"
#include "ports/rate_feeds.h"
#include "support/app_fixture.h"
#include "workers/rate_worker.h"

enum { FEED_ONE, FEED_TWO, FEED_FIAT, FIXTURE_FEEDS };
enum { FIXTURE_PAUSE_MS = 30000, FIXTURE_MAX_AGE_MS = 300000, FIXTURE_FIAT_PAUSE_MS = 3600000 };

struct fake_feed {
    const char *btc; /* NULL: the source fails */
    const char *usdt;
    const char *eur;
    bool is_silent; /* does not end when it is asked */
    size_t asked;
};

struct rate_fixture {
    struct rate_feeds feeds; /* first */
    struct rate_feed list[FIXTURE_FEEDS];
    struct fake_feed fakes[FIXTURE_FEEDS];
    struct app_fixture *till;
    struct store_conn *reader;
    struct rates *fixed;
    struct live_rates *live;
    struct rate_worker *worker;
    int64_t waited_ms; /* what the worker was ready to wait in its last step */
    unsigned ticks;    /* makes each answer differ a little from the one before */
};

/* `has_fixed`: LTC in USD and GBP, and JPY, are fixed. */
struct rate_fixture *rate_fixture_new(bool has_fixed);
void rate_fixture_free(struct rate_fixture *fixture);

/* Another worker over the same store, as after a restart. */
void rate_fixture_restart(struct rate_fixture *fixture);

/* Moves the clock, step by step, as the worker's thread would. */
void rate_fixture_pass(struct rate_fixture *fixture, int64_t ms);

/* The rate's text, or "" and why. In `memory` of 256 bytes. */
const char *rate_fixture_rate(struct rate_fixture *fixture, const char *base, const char *quote,
                              char *memory);
/* The detail of a standing alarm, or NULL. */
const char *rate_fixture_alarm(struct rate_fixture *fixture, const char *code, const char *subject);

#endif
