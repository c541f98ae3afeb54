/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_RETURN_URL_H
#define TILL_HTTP_WIRE_RETURN_URL_H

/* Where a payer goes back to: the shop's URL with `order_id` and `invoice_uuid` added, which return
 * pages of shops ask for. */

#include "base/str.h"

struct arena;
struct buf;

/* "https://shop.example/ok?order_id=55&invoice_uuid=INV-K7Q2M9XD"; "" if the shop has none. `uuid`
 * is with "INV-". A fragment stays at the end. */
struct str return_url(struct arena *arena, struct str url, struct str order_id, struct str uuid);

/* Letters, digits, "-", ".", "_" stay; the rest becomes %XX: right in a query and in a form. */
void percent_encode(struct buf *to, struct str text);

#endif
