/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_CHECKOUT_LOAD_H
#define TILL_HTTP_CHECKOUT_LOAD_H

/* Turns an invoice into what its page shows. */

#include "app/invoice_view.h"
#include "http/pages/checkout_view.h"

struct http_service;
struct language;

struct checkout {
    int64_t invoice_id;
    struct invoice_view invoice;
    struct checkout_view page;
};

/* What the payer asked to see. */
struct checkout_wanted {
    struct str public_id; /* in either form */
    const struct language *language;
    bool choose; /* the coins once more, if another may be chosen */
};

/* Everything lives in `arena`. ERR_NOT_FOUND if there is none. */
struct result checkout_load(const struct http_service *service, struct arena *arena,
                            const struct checkout_wanted *wanted, struct checkout *ret_checkout);
/* From an invoice in hand: no read, so no choices. */
struct result checkout_fill(const struct app *app, struct arena *arena,
                            const struct language *language, struct checkout *checkout);

/* Who may frame the page: the sites that the shop's own URLs are on, anyone if it has none. */
struct str checkout_framers(struct arena *arena, const struct shop_row *shop);

#endif
