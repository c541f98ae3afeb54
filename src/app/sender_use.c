/* SPDX-License-Identifier: MIT */
#include "app/sender_use.h"

#include "app/app.h"
#include "app/payout_coins.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_payout.h"
#include "ports/store_sweep.h"

/* What the plan moves is moved once the node has counted its nonces; on Tron only time or the
 * operator can tell. */
static struct result find_plan(const struct sweep_look *look, const struct address_row *row,
                               const struct chain_holding *holding, struct sender_use *use) {
    struct sweep_hold_row hold;
    struct sweep_plan_row plan;
    struct result found = store_sweep_hold_by_address(look->reader, row->id, &hold);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    TRY(store_sweep_plan_by_id(look->reader, hold.plan_id, &plan));
    bool has_nonces = look->plan.network->kind != CHAIN_TRON;
    bool is_over = plan.ended_at_ms != 0 || plan.holds_until_ms <= app_now_ms(look->app);
    if (!is_over && (!has_nonces || holding->nonce < hold.nonce_end)) {
        *use = (struct sender_use){.verdict = SENDER_PLANNED, .plan_id = plan.id};
    }
    return RESULT_OK;
}

struct result sender_use_find(const struct sweep_look *look, const struct address_row *row,
                              const struct chain_holding *holding, struct sender_use *ret_use) {
    struct store_sender_use payouts;
    TRY(store_payout_sender_use(look->reader, row->id, payout_done_since_ms(app_now_ms(look->app)),
                                &payouts));
    bool has_nonces = look->plan.network->kind != CHAIN_TRON;
    struct sender_use use = {.verdict = SENDER_FREE};
    if (payouts.is_held) {
        use = (struct sender_use){.verdict = SENDER_EXPORTED, .payout_id = payouts.payout_id};
    } else if (has_nonces && holding->nonce < payouts.nonce_end) {
        use = (struct sender_use){.verdict = SENDER_PAID, .payout_id = payouts.payout_id};
    } else if (holding->waits) {
        use.verdict = SENDER_WAITS;
    } else {
        TRY(find_plan(look, row, holding, &use));
    }
    *ret_use = use;
    return RESULT_OK;
}

const char *sender_use_text(const struct sweep_look *look, const struct sender_use *use) {
    if (use->verdict == SENDER_WAITS) {
        return "a transaction from it waits to be mined";
    }
    struct str id = app_invoice_public_id(look->arena, look->app, use->payout_id);
    if (use->verdict == SENDER_EXPORTED) {
        return arena_printf(look->arena,
                            "INV-%.*s is sent from it: till payout done, or till payout cancel",
                            STR_ARG(id));
    }
    BUG_IF(use->verdict != SENDER_PAID);
    return arena_printf(look->arena, "INV-%.*s is done, and the node has not seen it sent",
                        STR_ARG(id));
}
