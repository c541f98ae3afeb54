/* SPDX-License-Identifier: MIT */
#include "app/offer.h"

#include "app/app.h"
#include "app/option_issue.h"
#include "core/error.h"
#include "ports/store_shop.h"

bool asset_codes_has(struct str codes, const struct asset *asset) {
    struct str code;
    if (str_is_empty(codes)) {
        return true;
    }
    while (str_split_next(&codes, ' ', &code)) {
        if (str_eq(code, str_from_c(asset->code))) {
            return true;
        }
    }
    return false;
}

/* The networks on which the shop has a wallet. A test shop has the sandbox's own, one for each
 * asset. */
struct reach {
    struct store_conn *reader;
    struct arena *arena;
    const struct wallet_row *wallets;
    size_t wallet_count;
};

static struct result sandbox_reaches(const struct app *app, const struct reach *reach,
                                     const struct asset *asset, bool *ret_reaches) {
    *ret_reaches = false;
    if (networks_find(&app->networks, network_sandbox()) == NULL) {
        return RESULT_OK;
    }
    struct wallet_row wallet;
    struct result found =
        store_wallet_in_use(reach->reader, reach->arena, 0, network_sandbox(), asset, &wallet);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    *ret_reaches = result_is_ok(found);
    return found;
}

static bool network_reaches(const struct app *app, const struct reach *reach,
                            const struct asset *asset) {
    for (size_t i = 0; i < reach->wallet_count; i++) {
        if (reach->wallets[i].network == asset->network) {
            struct followed_network *followed = networks_find(&app->networks, asset->network);
            return followed != NULL && result_is_ok(network_takes(followed, asset));
        }
    }
    return false;
}

struct result offer_of(const struct app *app, struct store_conn *reader, struct arena *arena,
                       const struct shop_row *shop, struct str codes, struct offer *ret_offer) {
    struct reach reach = {.reader = reader, .arena = arena};
    if (!shop->test) {
        TRY(store_wallet_list(reader, arena, shop->id, &reach.wallets, &reach.wallet_count));
    }
    *ret_offer = (struct offer){0};
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        if (!asset_codes_has(shop->assets, *asset) || !asset_codes_has(codes, *asset)) {
            continue;
        }
        bool reaches = !shop->test && network_reaches(app, &reach, *asset);
        if (shop->test) {
            TRY(sandbox_reaches(app, &reach, *asset, &reaches));
        }
        if (reaches) {
            ret_offer->assets[ret_offer->count++] = *asset;
        }
    }
    return RESULT_OK;
}

struct result offer_first_payable(const struct app *app, struct arena *arena,
                                  const struct offer *offer, const struct invoice_row *invoice,
                                  struct amount *ret_due) {
    BUG_IF(offer->count == 0);
    struct result quoted = RESULT_OK;
    for (size_t i = 0; i < offer->count; i++) {
        struct due_quote due;
        quoted = due_now(app, arena, invoice, offer->assets[i], &due);
        if (result_is_ok(quoted)) {
            *ret_due = due.due;
            return RESULT_OK;
        }
    }
    return quoted;
}
