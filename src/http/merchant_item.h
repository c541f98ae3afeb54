/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_MERCHANT_ITEM_H
#define TILL_HTTP_MERCHANT_ITEM_H

/* Invoices as items of info and list. */

#include "base/json_write.h"
#include "base/result.h"

struct arena;
struct merchant_call;

enum { MERCHANT_ITEM_BYTES_MAX = 64 << 20 }; /* one invoice with all its payments */

/* Writes the shop's invoice; `arena` is the item's own. ERR_NOT_FOUND for an unknown one and for
 * another shop's. */
struct result merchant_item_write(const struct merchant_call *call, struct arena *arena,
                                  int64_t invoice_id, struct json_writer *json);

#endif
