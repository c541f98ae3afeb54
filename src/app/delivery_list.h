/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_DELIVERY_LIST_H
#define TILL_APP_DELIVERY_LIST_H

/* Deliveries and their attempts as the operator looks at them. */

#include "base/result.h"
#include "ports/rows_event.h"

struct arena;
struct store_conn;

enum { DELIVERY_LIST_MAX = 1000 };

struct delivery_list_wanted {
    int64_t shop_id; /* 0: all shops */
    bool by_state;
    enum delivery_state state;
    int64_t before_id; /* 0: from the newest */
    uint32_t limit;    /* at most DELIVERY_LIST_MAX */
};

struct result delivery_list_load(struct store_conn *reader, struct arena *arena,
                                 const struct delivery_list_wanted *wanted,
                                 const struct delivery_row **ret_deliveries, size_t *ret_count);

struct delivery_view {
    struct delivery_row delivery;
    const struct attempt_row *attempts;
    size_t attempt_count;
};

/* ERR_NOT_FOUND. */
struct result delivery_view_load(struct store_conn *reader, struct arena *arena,
                                 int64_t delivery_id, struct delivery_view *ret_view);

/* "queued", "deferred", ...; false if there is no such state. */
const char *delivery_state_name(enum delivery_state state);
bool delivery_state_from_name(struct str name, enum delivery_state *ret_state);

#endif
