/* SPDX-License-Identifier: MIT */
#include "app/payout_again.h"

#include "app/payout_pick.h"
#include "app/sweep_look.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_payout.h"

static struct result refuse_again(const struct payout_pick *pick, const struct payout_row *payout,
                                  const struct error_code *code, const char *why) {
    return result_failf(pick->arena, code,
                        "%s was exported already, %s; what was not sent: till payout cancel, and "
                        "let the shop ask again",
                        payout_text(pick, payout), why);
}

/* All of the file is given again, so all of it must be to pay, and nothing else. */
static struct result check_together(const struct payout_pick *pick, int64_t export_id) {
    for (size_t i = 0; i < pick->count; i++) {
        if (pick->payouts[i].export_id != export_id) {
            return result_failf(pick->arena, &ERR_PAYOUT_MIXED,
                                "%s was not exported together with the others: name payouts of "
                                "one earlier export, or new ones only",
                                payout_text(pick, &pick->payouts[i]));
        }
    }
    const struct payout_row *together;
    size_t count;
    TRY(store_payout_of_export(pick->reader, pick->arena, export_id, &together, &count));
    for (size_t i = 0; i < count; i++) {
        if (together[i].status != PAYOUT_CREATED) {
            const char *why = arena_printf(pick->arena, "together with %s, which is finished",
                                           payout_text(pick, &together[i]));
            return refuse_again(pick, &pick->payouts[0], &ERR_PAYOUT_FINISHED, why);
        }
    }
    return RESULT_OK;
}

static struct result check_unsent(const struct payout_pick *pick, struct sweep_look *look,
                                  const struct script *from, const struct payout_row *payout) {
    struct payout_transfer_row transfer;
    struct address_row address;
    struct chain_holding holding;
    TRY(store_payout_transfer_by_payout(look->reader, payout->id, &transfer));
    TRY(store_address_by_id(look->reader, transfer.address_id, &address));
    if (from->len > 0 && !script_eq(from, &address.program)) {
        return refuse_again(pick, payout, &ERR_FIELD_INVALID, "and is sent from another address");
    }
    TRY(sweep_look_ask(look, &address, 1, &holding));
    if (look->plan.network->kind != CHAIN_TRON && holding.nonce > transfer.nonce) {
        return refuse_again(pick, payout, &ERR_PAYOUT_SENT,
                            "and a transaction with its nonce was sent since (if it was this one: "
                            "till payout done)");
    }
    return RESULT_OK;
}

struct result payout_again_file(const struct payout_pick *pick, struct sweep_look *look,
                                const struct script *from, struct str *ret_file) {
    int64_t export_id = pick->export_ids[0];
    struct str file;
    TRY(check_together(pick, export_id));
    for (size_t i = 0; i < pick->count; i++) {
        TRY(check_unsent(pick, look, from, &pick->payouts[i]));
    }
    TRY(store_payout_export_file(pick->reader, pick->arena, export_id, &file));
    ENSURE(file.len > 0, ERR_STORE_BROKEN);
    *ret_file = file;
    return RESULT_OK;
}
