/* SPDX-License-Identifier: MIT */
#include "app/top_up.h"

#include "core/error.h"
#include "ports/store_sweep.h"

struct result top_up_is_asked_for(struct store_conn *conn, const struct payment_row *payment,
                                  bool *ret_is_asked_for) {
    struct sweep_hold_row hold;
    *ret_is_asked_for = false;
    if (payment->amount.asset->kind != ASSET_COIN) {
        return RESULT_OK;
    }
    struct result found = store_sweep_hold_by_address(conn, payment->address_id, &hold);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    if (hold.top_up.asset != payment->amount.asset) {
        return RESULT_OK;
    }
    struct amount most = hold.top_up;
    for (int i = 1; i < TOP_UP_TIMES_MAX; i++) {
        most = amount_add_to_max(most, hold.top_up);
    }
    *ret_is_asked_for = !amount_less(most, payment->amount);
    return RESULT_OK;
}
