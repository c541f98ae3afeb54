/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_HANDLERS_INVOICE_LIST_H
#define TILL_HTTP_HANDLERS_INVOICE_LIST_H

/* The list under its older name: CryptoCloud's documentation once gave it the path of info, and
 * clients still post `start` and `end` there. */

#include "http/reply.h"

struct merchant_call;
struct request;

/* Does the body have a `start` or an `end`, right or wrong? */
bool invoice_list_is_meant(struct request *request);
struct reply invoice_list_reply(struct request *request, const struct merchant_call *call);

#endif
