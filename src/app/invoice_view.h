/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_VIEW_H
#define TILL_APP_INVOICE_VIEW_H

/* An invoice as anyone may look at it: its rows, the option shown, and the sums that follow from
 * them, computed in one place so that API, page, postback and command line never disagree. */

#include "core/address.h"
#include "ports/rows.h"

struct app;
struct arena;
struct store_conn;

struct option_view {
    struct address_row row;
    struct address_text address; /* verified against its MAC and the wallet */
    bool has_address; /* false: the check failed; show nothing (ERR_ADDRESS_TAMPERED was raised) */
    struct amount paid; /* credited in blocks or on its way there */
    struct amount confirmed;
    struct amount surcharge; /* due less confirmed; none once the invoice is paid */
    struct amount still_due; /* due less paid: what a payer should send now; likewise */
    struct str rate;
    struct str rate_source; /* with its inputs */
    int64_t rate_at_ms;
};

struct invoice_view {
    struct shop_row shop;
    struct invoice_row invoice;
    struct str public_id; /* bare */
    struct str link;
    struct str base_url; /* of all pages, without a trailing slash */
    struct option_view *options;
    size_t option_count;
    const struct option_view *shown; /* NULL: no asset chosen yet */
    const struct asset *asset;    /* the shown option's, else the first that the payer may choose */
    struct amount first_offered;  /* without an option: what is due in `asset` at the present rate;
                                     its  asset is NULL if there is no rate */
    bool may_choose;              /* the payer picks the asset, and nothing forbids it now */
    struct payment_row *payments; /* without those that are gone */
    size_t payment_count;
    /* Of the shown option, and what they are worth at its frozen quote. Without an option the sums
     * in USD stand for both. What is on its way is not counted as paid. */
    struct commission_sums sums;
    struct commission_sums sums_usd;
};

/* ERR_NOT_FOUND also for another shop's (shop_id 0: any shop); ERR_STORE_ANSWER_LARGE if `arena`
 * has no room for all payments and what is made of them. */
struct result invoice_view_load(const struct app *app, struct store_conn *reader,
                                struct arena *arena, int64_t shop_id, int64_t invoice_id,
                                struct invoice_view *ret_view);
/* Is it money of another asset than its address was given out for? */
bool invoice_view_is_foreign(const struct invoice_view *view, const struct payment_row *payment);
/* The same from an invoice that was just made: no read. */
struct invoice_create;
struct result invoice_view_of_new(const struct app *app, struct arena *arena,
                                  const struct invoice_create *create,
                                  struct invoice_view *ret_view);

#endif
