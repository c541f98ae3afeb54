/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_RATE_BOARD_H
#define TILL_CORE_RATE_BOARD_H

/* Decides which market price may be trusted, from what the sources said and when. Pure: it is told
 * the time, and knows neither who the sources are nor how they are asked. Everything is priced in
 * USD, once for a coin whatever network carries it.
 *
 * Three sources and more: the median of the largest group that agrees. Two: their middle, if they
 * agree. One: itself, if it does not jump. What cannot be trusted is held at the last price that
 * could, until that is too old; then there is no price, and no default. */

#include "base/str.h"
#include "core/market_price.h"

struct arena;
struct asset;

enum { RATE_SOURCES_MAX = 8, RATE_BASES_MAX = 48, RATE_REPORT_MAX = 48 };

/* One line of a source's answer: a whole `base` costs `price` of `quote`. */
struct rate_said {
    const struct asset *base;
    const struct asset *quote; /* USD, or the stablecoin that the source trades in */
    struct market_price price;
    int64_t said_at_ms; /* by the source's own account; 0: it does not tell */
};

struct rate_report {
    struct rate_said said[RATE_REPORT_MAX];
    size_t count;
};

struct rate_entry {
    const struct asset *quote; /* NULL: the source never spoke of it */
    struct market_price price;
    int64_t at_ms;
};

struct rate_row {
    const struct asset *base;
    struct rate_entry entries[RATE_SOURCES_MAX];
    struct market_price good; /* the last price that was trusted */
    int64_t good_at_ms;       /* how old its inputs were */
    int64_t good_judged_ms;   /* when it was trusted */
};

/* A price that was trusted. */
struct rate_trusted {
    const struct asset *base;
    struct market_price price;
    int64_t at_ms;     /* how old its inputs were */
    int64_t judged_ms; /* when it was trusted */
};

struct rate_board {
    int64_t max_age_ms;
    bool all_asked; /* each source had its chance, so one alone may be believed */
    size_t row_count;
    struct rate_row rows[RATE_BASES_MAX];
};

enum rate_trouble {
    RATE_WELL,
    RATE_UNHEARD,   /* no source priced it yet */
    RATE_STALE,     /* all that was said is too old */
    RATE_DISAGREED, /* the sources contradict each other */
    RATE_JUMPED,    /* too far from the last trusted price, too fast */
    RATE_DEPEGGED,  /* a stablecoin that is none at the moment */
};

struct rate_finding {
    enum rate_trouble trouble;
    struct market_price price; /* none: there is nothing to trust. With a trouble: the held one */
    int64_t at_ms;             /* of the oldest input */
    struct market_price inputs[RATE_SOURCES_MAX]; /* fresh ones, in USD; none: silent */
    uint32_t used;                                /* bit for each source in `price` */
};

/* The row's key: an asset's first namesake in the table, or the fiat currency itself. */
const struct asset *rate_base_of(const struct asset *asset);

void rate_board_init(struct rate_board *board, int64_t max_age_ms);

/* What `source` said at `heard_at_ms`. An answer in which no coin has moved is as old as the first
 * that said so: markets do not stand still, caches do. */
void rate_board_put(struct rate_board *board, size_t source, const struct rate_report *report,
                    int64_t heard_at_ms);

/* `base` in USD, as things stand. */
struct rate_finding rate_board_judge(const struct rate_board *board, const struct asset *base,
                                     int64_t now_ms);

/* Remembers what is trusted now: what later jumps are measured against. */
void rate_board_remember(struct rate_board *board, int64_t now_ms);

/* What was trusted before a restart, unless it is too old by now, or from the future. */
void rate_board_restore(struct rate_board *board, const struct rate_trusted *trusted,
                        int64_t now_ms);
/* Those that were trusted after `after_ms`; at most RATE_BASES_MAX. */
size_t rate_board_trusted(const struct rate_board *board, int64_t after_ms,
                          struct rate_trusted *ret_trusted);

/* "the sources disagree" */
const char *rate_trouble_text(enum rate_trouble trouble);

#endif
