/* SPDX-License-Identifier: MIT */
#include "app/shop_balance.h"

#include "app/offer.h"
#include "ports/store_rollup.h"

static bool offer_has(const struct offer *offer, const struct asset *asset) {
    for (size_t i = 0; i < offer->count; i++) {
        if (offer->assets[i] == asset) {
            return true;
        }
    }
    return false;
}

static struct shop_balance_line line_of(const struct shop_row *shop, const struct asset *asset,
                                        const struct shop_asset_row *rows, size_t count) {
    struct shop_balance_line line = {
        .asset = asset, .received = amount_zero(asset), .received_usd = amount_zero(fiat_usd())};
    for (size_t i = 0; i < count; i++) {
        bool simulated = rows[i].network == network_sandbox();
        if (rows[i].asset == asset && simulated == shop->test) {
            line.received = amount_add_to_max(line.received, rows[i].received);
            line.received_usd = amount_add_to_max(line.received_usd, rows[i].received_usd);
        }
    }
    return line;
}

struct result shop_balance_load(const struct app *app, struct store_conn *reader,
                                struct arena *arena, const struct shop_row *shop,
                                struct shop_balance *ret_balance) {
    struct offer offer;
    TRY(offer_of(app, reader, arena, shop, STR(""), &offer));
    const struct shop_asset_row *rows;
    size_t count;
    TRY(store_shop_asset_list(reader, arena, shop->id, &rows, &count));
    ret_balance->count = 0;
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        struct shop_balance_line line = line_of(shop, *asset, rows, count);
        line.enabled = offer_has(&offer, *asset);
        ret_balance->lines[ret_balance->count++] = line;
    }
    return RESULT_OK;
}
