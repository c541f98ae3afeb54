/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_RATE_FEEDS_H
#define TILL_PORTS_RATE_FEEDS_H

/* The public price lists we may ask. A source has one feed or several; each is asked, and fails, by
 * itself. What an answer is worth is decided by core/rate_board. */

#include "base/result.h"
#include "core/rate_board.h"

enum { RATE_FEEDS_MAX = 16 };

struct rate_feed {
    const char *name;   /* "kraken", "kraken BNB": for the operator */
    size_t source;      /* which of the sources: 0 to RATE_SOURCES_MAX - 1 */
    int64_t pause_ms;   /* between two questions */
    bool for_fiat_only; /* published once a day */
};

struct rate_feeds {
    const struct rate_feeds_ops *ops;
    const struct rate_feed *list;
    size_t count;
    const char *source_names[RATE_SOURCES_MAX];
    size_t source_count;
};

/* `report` is valid during the call, and empty unless `heard` is well; details are our own words.
 */
typedef void rate_heard_fn(void *context, size_t feed, struct result heard,
                           const struct rate_report *report);

struct rate_feeds_ops {
    /* Begins to ask the feeds whose bits are set, none of which is being asked already, then waits
     * until questions end, for `wait_ms` at most, and tells of each that did, on the calling
     * thread. Others go on, and are told of by a later call; all have a deadline. */
    void (*ask)(struct rate_feeds *feeds, uint32_t wanted, int64_t wait_ms, rate_heard_fn *heard,
                void *context);
    /* From any thread: an `ask` that waits returns at once, and so does every later one. */
    void (*stop)(struct rate_feeds *feeds);
};

#endif
