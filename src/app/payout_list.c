/* SPDX-License-Identifier: MIT */
#include "app/payout_list.h"

#include "ports/store_payout.h"

static const char *const status_names[] = {
    [PAYOUT_CREATED] = "created",
    [PAYOUT_DONE] = "done",
    [PAYOUT_CANCELED] = "canceled",
};

enum { STATUS_COUNT = sizeof status_names / sizeof status_names[0] };

const char *payout_status_name(enum payout_status status) {
    BUG_IF((unsigned)status >= STATUS_COUNT);
    return status_names[status];
}

bool payout_status_from_name(struct str name, enum payout_status *ret_status) {
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (str_eq(str_from_c(status_names[i]), name)) {
            *ret_status = (enum payout_status)i;
            return true;
        }
    }
    return false;
}

struct result payout_list_load(struct store_conn *reader, struct arena *arena,
                               const struct payout_list_wanted *wanted,
                               const struct payout_row **ret_payouts, size_t *ret_count) {
    BUG_IF(wanted->limit > PAYOUT_LIST_MAX);
    const struct store_payout_filter filter = {
        .shop_id = wanted->shop_id,
        .by_status = wanted->by_status,
        .status = wanted->status,
        .before_id = wanted->before_id,
        .limit = wanted->limit,
    };
    return store_payout_list(reader, arena, &filter, ret_payouts, ret_count);
}

struct result payout_load(struct store_conn *reader, struct arena *arena, int64_t payout_id,
                          struct payout_row *ret_payout) {
    return store_payout_by_id(reader, arena, payout_id, ret_payout);
}
