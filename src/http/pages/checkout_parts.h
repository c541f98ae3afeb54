/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_CHECKOUT_PARTS_H
#define TILL_HTTP_PAGES_CHECKOUT_PARTS_H

/* The payer's page in parts, one file each, and what they share. Nobody but checkout_page.c puts
 * them together. */

#include "base/buf.h"
#include "http/pages/checkout_view.h"
#include "http/pages/words.h"

/* What is the same for every invoice in a state. */
struct checkout_state_row {
    const char *name; /* class of <main>: colours */
    const char *icon; /* path data of a 24 x 24 drawing */
    enum word head;
    bool counts_down;
    bool polls;    /* blocks come without an event of their own */
    bool succeeds; /* the way back is the shop's success URL */
};
const struct checkout_state_row *checkout_state_row(enum checkout_state state);

struct str checkout_word(const struct checkout_view *view, enum word word);
/* "0.5 LTC", in the arena of `out`. */
struct str checkout_amount(const struct buf *out, struct str amount, struct str unit);
/* "INV-K7Q2M9XD" */
struct str checkout_number(const struct buf *out, const struct checkout_view *view);
/* "2025-01-31 23:59 UTC", which the script puts into the payer's own time. */
void checkout_time(struct buf *out, int64_t at_ms);

/* Headline, what it means, time left. */
void checkout_status(struct buf *out, const struct checkout_view *view);
/* What to send and where: QR codes, amount, address. */
void checkout_pay(struct buf *out, const struct checkout_view *view);
/* A button for each coin that the payer may choose. */
void checkout_choices(struct buf *out, const struct checkout_view *view);
/* The way back to those buttons. */
void checkout_change(struct buf *out, const struct checkout_view *view);
/* Price, rate, sums, payments: folded away. */
void checkout_details(struct buf *out, const struct checkout_view *view);
/* A test invoice's buttons. */
void checkout_sandbox(struct buf *out, const struct checkout_view *view);

#endif
