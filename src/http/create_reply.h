/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_CREATE_REPLY_H
#define TILL_HTTP_CREATE_REPLY_H

/* Answers a call that makes something, once it is committed. With an Idempotency-Key header the
 * answer is written before the commit and stored with what was made: a repeat gets the same bytes,
 * another body under the same key gets 409. */

#include "base/result.h"
#include "http/reply.h"

struct idempotency_key_row;
struct merchant_call;
struct request;

/* How an API says it. `made` is the use case's input. */
struct create_words {
    struct reply (*show)(struct request *request, const void *made);
    struct reply (*refuse)(struct request *request, struct result refusal);
};

/* Before anything else is done: was this call answered before, or can its key not be used? Then
 * `*ret_reply` is the answer. Without the header `ret_key->key` is empty. */
bool create_is_repeat(struct request *request, const struct merchant_call *call,
                      const struct create_words *words, struct idempotency_key_row *ret_key,
                      struct reply *ret_reply);

/* Before the job: with a key, its answer goes into `ret_once`, a member of what is made. False if
 * there is nothing to commit: then `*ret_reply` is the answer. */
bool create_keep_reply(struct request *request, const struct create_words *words, const void *made,
                       const struct idempotency_key_row *key, struct idempotency_key_row *ret_once,
                       struct reply *ret_reply);

/* After it. */
struct reply create_reply(struct request *request, struct result outcome,
                          const struct create_words *words, const void *made,
                          const struct idempotency_key_row *once);

#endif
