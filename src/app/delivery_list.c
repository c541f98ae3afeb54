/* SPDX-License-Identifier: MIT */
#include "app/delivery_list.h"

#include "ports/store_delivery.h"

static const char *const state_names[] = {
    [DELIVERY_QUEUED] = "queued",       [DELIVERY_DEFERRED] = "deferred",
    [DELIVERY_DELIVERED] = "delivered", [DELIVERY_WITHDRAWN] = "withdrawn",
    [DELIVERY_PARKED] = "parked",
};

enum { STATE_COUNT = sizeof state_names / sizeof state_names[0] };

const char *delivery_state_name(enum delivery_state state) {
    BUG_IF((unsigned)state >= STATE_COUNT);
    return state_names[state];
}

bool delivery_state_from_name(struct str name, enum delivery_state *ret_state) {
    for (unsigned i = 0; i < STATE_COUNT; i++) {
        if (str_eq(str_from_c(state_names[i]), name)) {
            *ret_state = (enum delivery_state)i;
            return true;
        }
    }
    return false;
}

struct result delivery_list_load(struct store_conn *reader, struct arena *arena,
                                 const struct delivery_list_wanted *wanted,
                                 const struct delivery_row **ret_deliveries, size_t *ret_count) {
    BUG_IF(wanted->limit > DELIVERY_LIST_MAX);
    const struct store_delivery_filter filter = {
        .shop_id = wanted->shop_id,
        .by_state = wanted->by_state,
        .state = wanted->state,
        .before_id = wanted->before_id,
        .limit = wanted->limit,
    };
    return store_delivery_list(reader, arena, &filter, ret_deliveries, ret_count);
}

struct result delivery_view_load(struct store_conn *reader, struct arena *arena,
                                 int64_t delivery_id, struct delivery_view *ret_view) {
    struct delivery_view view;
    TRY(store_delivery_by_id(reader, delivery_id, &view.delivery));
    TRY(store_attempt_list(reader, arena, delivery_id, &view.attempts, &view.attempt_count));
    *ret_view = view;
    return RESULT_OK;
}
