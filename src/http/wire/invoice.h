/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_INVOICE_H
#define TILL_HTTP_WIRE_INVOICE_H

/* You are here: an invoice in CryptoCloud's words. One table in invoice.c names every member and
 * the answers it belongs to; the reply to a create, an item of info and list, and a postback's
 * `invoice_info` are three selections from it, so they never disagree. */

#include "base/str.h"

struct arena;
struct invoice_view;
struct json_writer;

enum wire_shape {
    WIRE_CREATED = 1u << 0,  /* result of create */
    WIRE_ITEM = 1u << 1,     /* item of info and list */
    WIRE_POSTBACK = 1u << 2, /* invoice_info */
};

/* Of an invoice with more transactions, the earliest. */
enum { WIRE_TX_LIST_MAX = 50 };

/* Writes the object. */
void wire_invoice(struct json_writer *json, struct arena *arena, const struct invoice_view *view,
                  enum wire_shape shape);

/* What was paid, in the shown option's asset. A JSON number. */
struct str wire_received(struct arena *arena, const struct invoice_view *view);

#endif
