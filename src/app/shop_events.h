/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SHOP_EVENTS_H
#define TILL_APP_SHOP_EVENTS_H

/* What happened to a shop's invoices, in its sequence, for a shop that would rather ask than be
 * told. It is the journal, so it is complete, and repeats for ever the same from any place on. The
 * place is told by a text that says nothing else: how much happens in other shops is nobody's
 * business. */

#include "app/journal_detail.h"
#include "base/result.h"
#include "ports/rows_event.h"

struct app;
struct arena;
struct store_conn;

enum { SHOP_EVENTS_MAX = 100 };

struct shop_event {
    struct str id; /* its place */
    const struct shop_event_row *row;
    struct str invoice_id; /* public, bare; empty: of no invoice */
    struct journal_detail detail;
};

struct shop_events {
    struct shop_event *events;
    size_t count;
    struct str next; /* ask from here on the next time */
    bool has_more;
};

/* Up to `limit` (at most SHOP_EVENTS_MAX) events behind the place `after`; an empty text is the
 * beginning. ERR_EVENT_UNKNOWN if `after` is no place. */
struct result shop_events_load(const struct app *app, struct store_conn *reader,
                               struct arena *arena, int64_t shop_id, struct str after,
                               uint32_t limit, struct shop_events *ret_events);

#endif
