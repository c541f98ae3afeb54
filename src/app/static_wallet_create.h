/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_STATIC_WALLET_CREATE_H
#define TILL_APP_STATIC_WALLET_CREATE_H

/* Gives a shop's customer an address of his own, to pay any sum into at any time. The same shop,
 * asset and customer always get the same one: asking is as good as making. */

#include "app/job.h"
#include "core/address.h"
#include "core/public_text.h"
#include "ports/rows.h"

struct app;
struct arena;
struct store_conn;

struct static_wallet_create {
    int64_t shop_id;
    const struct asset *asset;
    struct str identify; /* 1 to ORDER_ID_BYTES_MAX bytes */
    bool is_known;       /* it was there when we looked: there is nothing to write */
    struct address_row address;
    char public_id[STATIC_ID_CHARS + 1];
};

/* Fills `ret_create`. ERR_ASSET_UNAVAILABLE, ERR_NETWORK_NOT_READY. */
struct result static_wallet_prepare(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, const struct shop_row *shop,
                                    const struct asset *asset, struct str identify,
                                    struct static_wallet_create *ret_create);

/* Somebody may have been faster: then `address` and `public_id` are his. */
extern const struct use_case static_wallet_create_use_case;

#endif
