/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_INVOICE_JSON_H
#define TILL_HTTP_ADMIN_INVOICE_JSON_H

/* An invoice in the operator API's words, which are the code's own. */

#include "app/invoice_view.h"
#include "http/admin/admin.h"

/* The members of a row, into the object that is open. */
void admin_invoice_row(const struct admin_call *call, struct json_writer *json,
                       const struct invoice_row *invoice, struct str shop_id);
/* The whole object with options and payments. */
void admin_write_invoice(const struct admin_call *call, struct json_writer *json,
                         const struct invoice_view *view);

#endif
