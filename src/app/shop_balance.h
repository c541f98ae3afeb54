/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SHOP_BALANCE_H
#define TILL_APP_SHOP_BALANCE_H

/* What a shop has received. Till holds no money, so its balance is what the confirmed receipts of
 * the shop's invoices sum to, asset by asset: all of it went to the shop's own wallet, credited to
 * an invoice or late, and what was spent from there is not known here. The worth in USD is that of
 * the invoices' frozen quotes, so it is the sum of their `amount_paid_usd` and needs no rate today;
 * fees are the shop's own bookkeeping and take nothing away. A test shop sees its simulated
 * receipts, any other shop only money. */

#include "core/amount.h"
#include "core/asset.h"

struct app;
struct arena;
struct shop_row;
struct store_conn;

struct shop_balance_line {
    const struct asset *asset;
    bool enabled; /* the shop takes it today */
    struct amount received;
    struct amount received_usd;
};

struct shop_balance {
    struct shop_balance_line lines[ASSET_COUNT_MAX]; /* every asset, in display order */
    size_t count;
};

struct result shop_balance_load(const struct app *app, struct store_conn *reader,
                                struct arena *arena, const struct shop_row *shop,
                                struct shop_balance *ret_balance);

#endif
