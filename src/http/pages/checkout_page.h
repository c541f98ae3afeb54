/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_CHECKOUT_PAGE_H
#define TILL_HTTP_PAGES_CHECKOUT_PAGE_H

/* The payer's page as HTML: one document with everything in it, complete without script. */

#include "base/buf.h"

struct arena;
struct checkout_view;
struct language;

void checkout_page(struct buf *out, const struct checkout_view *view);
/* What the script puts in the place of what it shows: title and <main>. */
void checkout_fragment(struct buf *out, const struct checkout_view *view);
/* For an id that no invoice has. */
void checkout_not_found_page(struct buf *out, const struct language *language);

/* Changes whenever the fragment would look different for another reason than time. */
uint64_t checkout_version(const struct checkout_view *view);

/* Content-Security-Policy of these pages: nothing from outside, no inline code but ours.
 * `frame_ancestors` is the list of who may frame them. */
struct str checkout_policy(struct arena *arena, struct str frame_ancestors);

#endif
