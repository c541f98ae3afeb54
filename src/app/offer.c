/* SPDX-License-Identifier: MIT */
#include "app/offer.h"

#include "app/app.h"
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

/* The networks on which the shop has a wallet; a test shop has the sandbox's own. */
struct reach {
    bool everywhere;
    const struct wallet_row *wallets;
    size_t wallet_count;
};

static bool reaches(const struct app *app, const struct reach *reach, const struct asset *asset) {
    if (reach->everywhere) {
        return true;
    }
    for (size_t i = 0; i < reach->wallet_count; i++) {
        if (reach->wallets[i].network == asset->network) {
            return networks_find(&app->networks, asset->network) != NULL;
        }
    }
    return false;
}

static struct result reach_of(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct shop_row *shop, struct reach *ret_reach) {
    *ret_reach = (struct reach){0};
    if (shop->test) {
        ret_reach->everywhere = networks_find(&app->networks, network_sandbox()) != NULL;
        return RESULT_OK;
    }
    return store_wallet_list(reader, arena, shop->id, &ret_reach->wallets,
                             &ret_reach->wallet_count);
}

struct result offer_of(const struct app *app, struct store_conn *reader, struct arena *arena,
                       const struct shop_row *shop, struct str codes, struct offer *ret_offer) {
    struct reach reach;
    TRY(reach_of(app, reader, arena, shop, &reach));
    *ret_offer = (struct offer){0};
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        if (asset_codes_has(shop->assets, *asset) && asset_codes_has(codes, *asset) &&
            reaches(app, &reach, *asset)) {
            ret_offer->assets[ret_offer->count++] = *asset;
        }
    }
    return RESULT_OK;
}
