/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_OFFER_H
#define TILL_APP_OFFER_H

/* What a payer may choose from: the assets for which an address can be issued, narrowed by what the
 * shop accepts and by what the invoice says. */

#include "base/result.h"
#include "core/amount.h"
#include "core/asset.h"

struct app;
struct arena;
struct invoice_row;
struct shop_row;
struct store_conn;

struct offer {
    const struct asset *assets[ASSET_COUNT_MAX]; /* in display order */
    size_t count;
};

/* `codes` is the invoice's own list, space separated; empty: whatever the shop accepts. */
struct result offer_of(const struct app *app, struct store_conn *reader, struct arena *arena,
                       const struct shop_row *shop, struct str codes, struct offer *ret_offer);

/* The first asset in which the invoice can be paid now, and how much that is: what an invoice says
 * until its payer has chosen. Else why the last one cannot: ERR_RATE_MISSING, ERR_AMOUNT_TOO_SMALL.
 * The offer must have something. */
struct result offer_first_payable(const struct app *app, struct arena *arena,
                                  const struct offer *offer, const struct invoice_row *invoice,
                                  struct amount *ret_due);

/* Is the asset's code in the list? An empty list has every one. */
bool asset_codes_has(struct str codes, const struct asset *asset);

#endif
