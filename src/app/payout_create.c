/* SPDX-License-Identifier: MIT */
#include "app/payout_create.h"

#include "app/app.h"
#include "app/idempotency.h"
#include "app/ledger.h"
#include "app/offer.h"
#include "app/reserve.h"
#include "base/arena.h"
#include "core/address.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "ports/store_journal.h"
#include "ports/store_payout.h"

/* Where the shop receives the asset, it can send it from. */
static struct result check_asset(const struct app *app, struct store_conn *reader,
                                 struct arena *arena, const struct shop_row *shop,
                                 const struct asset *asset) {
    struct offer offer;
    TRY(offer_of(app, reader, arena, shop, str_from_c(asset->code), &offer));
    ENSURE(offer.count == 1, ERR_ASSET_UNAVAILABLE);
    return RESULT_OK;
}

/* The one text that the script has on this network, whatever way it was written. */
static struct result read_address(const struct app *app, struct arena *arena,
                                  const struct asset *asset, struct str text,
                                  struct payout_row *payout) {
    const struct followed_network *followed = networks_find(&app->networks, payout->network);
    ENSURE(followed != NULL, ERR_ASSET_UNAVAILABLE);
    const struct chain_params *params =
        chain_params_by_name(str_from_c(asset->network->key), str_from_c(followed->chain_name));
    ENSURE(params != NULL, ERR_ASSET_UNAVAILABLE);
    struct script script;
    struct address_text canonical;
    TRY(address_decode(params, str_trim(text), &script));
    TRY(address_encode(params, &script, &canonical));
    struct str known = address_str(&canonical);
    payout->to_address =
        (struct str){.ptr = arena_copy(arena, known.ptr, known.len), .len = known.len};
    return RESULT_OK;
}

/* What lies behind the asset's decimals is a float's noise. */
static struct result read_amount(const struct asset *asset, struct str text,
                                 struct amount *ret_amount) {
    struct amount least;
    TRY(amount_from_text_rounded(asset, text, ROUND_HALF_UP, ret_amount));
    ENSURE(!amount_is_zero(*ret_amount), ERR_AMOUNT_INVALID);
    TRY(amount_from_text(asset, str_from_c(asset->smallest), &least));
    ENSURE(!amount_less(*ret_amount, least), ERR_AMOUNT_TOO_SMALL);
    return RESULT_OK;
}

struct result payout_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                             const struct shop_row *shop, int64_t api_key_id,
                             const struct payout_wanted *wanted, struct payout_create *ret_create) {
    struct payout_row payout = {
        .shop_id = shop->id,
        .api_key_id = api_key_id,
        .status = PAYOUT_CREATED,
        .network = shop->test ? network_sandbox() : wanted->asset->network,
    };
    TRY(check_asset(app, reader, arena, shop, wanted->asset));
    TRY(read_address(app, arena, wanted->asset, wanted->to_address, &payout));
    TRY(read_amount(wanted->asset, wanted->amount, &payout.amount));
    TRY(reserve_invoice_id(app->reserve, &payout.id));
    *ret_create = (struct payout_create){.payout = payout};
    return RESULT_OK;
}

static struct result journal(struct ledger *ledger, const struct payout_row *payout) {
    struct arena *arena = ledger_arena(ledger);
    struct str id = app_invoice_public_id(arena, ledger_app(ledger), payout->id);
    struct str amount = amount_to_text(arena, payout->amount);
    const char *detail = arena_printf(
        arena, "{\"payout\":\"INV-%.*s\",\"asset\":\"%s\",\"amount\":\"%.*s\",\"to\":\"%.*s\"}",
        STR_ARG(id), payout->amount.asset->code, STR_ARG(amount), STR_ARG(payout->to_address));
    /* For the operator: a key that reads the shop's events need not know where its money goes. */
    struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .event = STR("payout_created"),
        .detail = str_from_c(detail),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

static struct result payout_create_apply(void *input, struct ledger *ledger) {
    struct payout_create *create = input;
    struct store_conn *conn = ledger_conn(ledger);
    int64_t latest_ms;
    TRY(idempotency_begin(ledger, &create->once));
    TRY(store_payout_latest(conn, create->payout.api_key_id, &latest_ms));
    int64_t now_ms = ledger_now_ms(ledger);
    ENSURE(latest_ms == 0 || now_ms - latest_ms >= PAYOUT_PAUSE_MS, ERR_PAYOUT_TOO_SOON);
    create->payout.created_at_ms = now_ms;
    TRY(store_payout_insert(conn, &create->payout));
    TRY(idempotency_keep(ledger, &create->once, create->payout.id, now_ms));
    return journal(ledger, &create->payout);
}

const struct use_case payout_create_use_case = {
    .name = "payout_create",
    .job_class = JOB_REQUEST,
    .apply = payout_create_apply,
};
