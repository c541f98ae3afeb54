/* SPDX-License-Identifier: MIT */
#include "app/payout_pick.h"

#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_payout.h"
#include "ports/store_shop.h"

const char *payout_text(const struct payout_pick *pick, const struct payout_row *payout) {
    struct str id = app_invoice_public_id(pick->arena, pick->app, payout->id);
    return arena_printf(pick->arena, "INV-%.*s", STR_ARG(id));
}

static bool is_wanted(const struct payout_pick *pick, int64_t payout_id) {
    for (size_t i = 0; i < pick->count; i++) {
        if (pick->payout_ids[i] == payout_id) {
            return true;
        }
    }
    return false;
}

/* What was exported together must be exported together again: its coins move to the new export. */
static struct result note_export(struct payout_pick *pick, const struct payout_row *payout) {
    for (size_t i = 0; i < pick->export_count; i++) {
        if (pick->export_ids[i] == payout->export_id) {
            return RESULT_OK;
        }
    }
    const struct payout_row *together;
    size_t count;
    TRY(store_payout_of_export(pick->reader, pick->arena, payout->export_id, &together, &count));
    for (size_t i = 0; i < count; i++) {
        if (together[i].status == PAYOUT_CREATED && !is_wanted(pick, together[i].id)) {
            return result_failf(pick->arena, &ERR_PAYOUT_MIXED,
                                "%s was exported together with %s, which is open too: name both",
                                payout_text(pick, payout), payout_text(pick, &together[i]));
        }
    }
    pick->export_ids[pick->export_count++] = payout->export_id;
    return RESULT_OK;
}

static struct result load_payout(struct payout_pick *pick, int64_t id, size_t position,
                                 struct payout_row *payouts) {
    struct payout_row *payout = &payouts[position];
    struct result found = store_payout_by_id(pick->reader, pick->arena, id, payout);
    if (found.code == &ERR_NOT_FOUND) {
        *payout = (struct payout_row){.id = id};
        return result_failf(pick->arena, &ERR_NOT_FOUND, "there is no payout \"%s\"",
                            payout_text(pick, payout));
    }
    TRY(found);
    if (payout->status != PAYOUT_CREATED) {
        return result_failf(pick->arena, &ERR_PAYOUT_FINISHED, "%s is done or canceled already",
                            payout_text(pick, payout));
    }
    for (size_t i = 0; i < position; i++) {
        if (payouts[i].id == id) {
            return result_failf(pick->arena, &ERR_FIELD_INVALID, "%s is named twice",
                                payout_text(pick, payout));
        }
    }
    ENSURE(payout->shop_id == payouts[0].shop_id && payout->network == payouts[0].network,
           ERR_PAYOUT_MIXED);
    return payout->export_id == 0 ? RESULT_OK : note_export(pick, payout);
}

struct result payout_pick_load(struct payout_pick *pick) {
    ENSURE(pick->count > 0 && pick->count <= PAYOUT_EXPORT_MAX, ERR_FIELD_INVALID);
    pick->payouts = ARENA_ARRAY(pick->arena, struct payout_row, pick->count);
    pick->export_ids = ARENA_ARRAY(pick->arena, int64_t, pick->count);
    for (size_t i = 0; i < pick->count; i++) {
        TRY(load_payout(pick, pick->payout_ids[i], i, pick->payouts));
    }
    return RESULT_OK;
}

struct result payout_pick_wallet(const struct payout_pick *pick, int64_t wallet_id,
                                 struct wallet_row *ret_wallet) {
    const struct payout_row *payout = &pick->payouts[0];
    if (wallet_id == 0) {
        struct result found = store_wallet_in_use(pick->reader, pick->arena, payout->shop_id,
                                                  payout->network, NULL, ret_wallet);
        ENSURE(found.code != &ERR_NOT_FOUND, ERR_ASSET_UNAVAILABLE);
        return found;
    }
    struct result found = store_wallet_by_id(pick->reader, pick->arena, wallet_id, ret_wallet);
    bool is_the_shops = result_is_ok(found) && ret_wallet->shop_id == payout->shop_id &&
                        ret_wallet->network == payout->network;
    if (!is_the_shops) {
        return result_failf(pick->arena, &ERR_FIELD_INVALID, "wallet %lld is not this shop's on %s",
                            (long long)wallet_id, payout->network->key);
    }
    return RESULT_OK;
}
