/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGE_REPLY_H
#define TILL_HTTP_PAGE_REPLY_H

/* How the payer's pages are sent: never stored, telling no one where the payer came from, and with
 * a policy that lets them do what they need and nothing else. */

#include "base/result.h"
#include "http/reply.h"

struct buf;
struct language;
struct request;

/* `framers` is the list of who may frame the page. */
struct reply page_reply(struct request *request, int status, const struct buf *page,
                        struct str framers);
/* The plain 404 page, or what fits the kind of failure; what an operator must know is logged. */
struct reply page_refuse_result(struct request *request, const struct language *language,
                                struct result result);
/* The language that the request asks for. */
const struct language *page_language(struct request *request);
/* Browsers say where a form was. A page elsewhere need not be able to press our buttons. */
bool page_form_is_from_elsewhere(const struct request *request);
/* Back to the invoice's page, after a button was pressed. */
struct reply page_redirect(struct request *request, struct str public_id,
                           const struct language *language);

#endif
