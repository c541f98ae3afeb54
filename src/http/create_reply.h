/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_CREATE_REPLY_H
#define TILL_HTTP_CREATE_REPLY_H

/* Answers a call that makes an invoice, once it is committed. With an Idempotency-Key header the
 * answer is written before the commit and stored with the invoice: a repeat gets the same bytes,
 * another body under the same key gets 409. */

#include "base/result.h"
#include "http/reply.h"

struct idempotency_key_row;
struct invoice_create;
struct merchant_call;
struct request;

/* How an API says it. */
struct create_words {
    struct reply (*show)(struct request *request, const struct invoice_create *create);
    struct reply (*refuse)(struct request *request, struct result refusal);
};

/* Before anything else is done: was this call answered before, or can its key not be used? Then
 * `*ret_reply` is the answer. Without the header `ret_key->key` is empty. */
bool create_is_repeat(struct request *request, const struct merchant_call *call,
                      const struct create_words *words, struct idempotency_key_row *ret_key,
                      struct reply *ret_reply);

/* `create` lives in request->arena; `words` is static. */
struct reply reply_after_create(struct request *request, const struct merchant_call *call,
                                struct invoice_create *create,
                                const struct idempotency_key_row *key,
                                const struct create_words *words);

#endif
