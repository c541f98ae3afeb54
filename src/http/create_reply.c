/* SPDX-License-Identifier: MIT */
#include "http/create_reply.h"

#include "app/idempotency.h"
#include "base/buf.h"
#include "core/error.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"

enum { STATUS_OK = 200, STATUS_CONFLICT = 409 };

static struct str text_of(struct bytes bytes) {
    return (struct str){.ptr = (const char *)bytes.ptr, .len = bytes.len};
}

/* The path is part of it: the old API answers the same body in other words. */
static struct bytes request_text(struct request *request) {
    struct buf text = buf_in(request->arena);
    buf_put_str(&text, request->path);
    buf_put_char(&text, '\n');
    buf_put_str(&text, text_of(request->body));
    return bytes_from_str(buf_str(&text));
}

static struct reply refuse(struct request *request, const struct create_words *words,
                           struct result refusal) {
    if (refusal.code == &ERR_IDEMPOTENCY_MISMATCH) {
        return reply_error(request, STATUS_CONFLICT, refusal.code->sentence);
    }
    return words->refuse(request, refusal);
}

static struct reply repeat(struct request *request, struct str body) {
    return reply_json(request, body);
}

bool create_is_repeat(struct request *request, const struct merchant_call *call,
                      const struct create_words *words, struct idempotency_key_row *ret_key,
                      struct reply *ret_reply) {
    *ret_key = (struct idempotency_key_row){0};
    struct str key = request_header(request, STR("idempotency-key"));
    if (key.ptr == NULL) {
        return false;
    }
    struct str body;
    struct result answered = idempotency_key_of(call->shop.id, key, request_text(request), ret_key);
    if (result_is_ok(answered)) {
        answered = idempotency_reply(call->reader, request->arena, ret_key, &body);
    }
    if (answered.code == &ERR_NOT_FOUND) {
        return false;
    }
    *ret_reply = result_is_ok(answered) ? repeat(request, body) : refuse(request, words, answered);
    return true;
}

/* Another call with the key was faster: its answer is this one's, too. */
static struct reply reply_of_winner(struct request *request, const struct create_words *words,
                                    const struct idempotency_key_row *once) {
    const struct http_service *service = service_of(request->context);
    struct store_conn *reader;
    struct str body;
    struct result read = reader_take(service->readers, &reader);
    if (result_is_ok(read)) {
        read = idempotency_reply(reader, request->arena, once, &body);
        reader_give(service->readers, reader);
    }
    return result_is_ok(read) ? repeat(request, body) : refuse(request, words, read);
}

bool create_keep_reply(struct request *request, const struct create_words *words, const void *made,
                       const struct idempotency_key_row *key, struct idempotency_key_row *ret_once,
                       struct reply *ret_reply) {
    if (str_is_empty(key->key)) {
        return true;
    }
    *ret_reply = words->show(request, made);
    if (ret_reply->status != STATUS_OK) {
        return false;
    }
    *ret_once = *key;
    ret_once->reply = text_of(ret_reply->body);
    return true;
}

struct reply create_reply(struct request *request, struct result outcome,
                          const struct create_words *words, const void *made,
                          const struct idempotency_key_row *once) {
    if (outcome.code == &ERR_IDEMPOTENCY_TAKEN) {
        return reply_of_winner(request, words, once);
    }
    if (!result_is_ok(outcome)) {
        return words->refuse(request, outcome);
    }
    return str_is_empty(once->key) ? words->show(request, made) : repeat(request, once->reply);
}
