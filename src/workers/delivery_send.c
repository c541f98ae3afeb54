/* SPDX-License-Identifier: MIT */
#include "workers/delivery_send.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/delivery_record.h"
#include "app/invoice_view.h"
#include "app/postback_body.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/log.h"
#include "core/delivery_plan.h"
#include "core/error.h"
#include "core/jwt.h"
#include "core/postback_signature.h"
#include "ports/clock.h"
#include "ports/http_client.h"
#include "ports/store_delivery.h"
#include "ports/vault.h"

enum {
    SEND_ARENA_BYTES = 64 << 20, /* an invoice with all its payments; taken as needed */
    SEND_HEADERS = 3,
    NOT_RECORDED_WAIT_MS = 1000,
    UNTRUE_WAIT_MS = 10000,
};

struct delivery_send {
    LIST_ENTRY(delivery_send) link;
    struct delivery_send_options options;
    int64_t delivery_id;
    struct arena *arena;
    struct delivery_row row;
    struct http_post post;
    struct http_header headers[SEND_HEADERS];
    int64_t started_at_ms;
    struct delivery_record record;
    struct job job;
    struct delivery_sent sent;
};

int64_t delivery_send_id(const struct delivery_send *send) {
    return send->delivery_id;
}

struct delivery_sent delivery_send_result(const struct delivery_send *send) {
    return send->sent;
}

void delivery_send_free(struct delivery_send *send) {
    if (send != NULL) {
        LIST_REMOVE(send, link);
        arena_free(send->arena);
        free(send);
    }
}

static void end(struct delivery_send *send) {
    send->options.ended(send, send->options.context);
}

/* ---- recording */

static void recorded(struct job *job) {
    struct delivery_send *send = job->context;
    if (!result_is_ok(job->outcome)) {
        log_event(LOG_ERROR, "attempt_not_recorded", LOG_I64("delivery", send->delivery_id),
                  LOG_RESULT(job->outcome));
        send->sent =
            (struct delivery_sent){.endpoint_answered = true, .wait_ms = NOT_RECORDED_WAIT_MS};
    }
    end(send);
}

static void record(struct delivery_send *send) {
    send->job = (struct job){.use_case = &delivery_record_use_case,
                             .input = &send->record,
                             .done = recorded,
                             .context = send};
    struct job_queue *queue = send->options.app->queue;
    struct result submitted = queue->submit(queue, &send->job);
    if (!result_is_ok(submitted)) {
        send->sent =
            (struct delivery_sent){.endpoint_answered = true, .wait_ms = NOT_RECORDED_WAIT_MS};
        end(send);
    }
}

static void fill_record(struct delivery_send *send, const struct http_answer *answer,
                        struct str outcome) {
    send->record.attempt = (struct attempt_row){
        .delivery_id = send->delivery_id,
        .at_ms = send->started_at_ms,
        .duration_ms = answer->duration_ms,
        .http_status = answer->is_complete ? answer->status : 0,
        .url = send->post.url.url.ptr == NULL ? STR("") : send->post.url.url,
        .outcome = outcome,
    };
}

static void plan_next(struct delivery_send *send, enum delivery_outcome outcome,
                      int64_t retry_after_s) {
    uint32_t random;
    vault_random(send->options.app->vault, &random, sizeof random);
    int64_t now_ms = clock_wall_ms(send->options.app->clock);
    struct delivery_attempt attempt = {
        .outcome = outcome,
        .attempts = send->row.attempts - send->row.attempts_before + 1,
        .first_at_ms = send->row.first_attempt_at_ms == 0 ? send->started_at_ms
                                                          : send->row.first_attempt_at_ms,
        .now_ms = now_ms,
        .retry_after_s = retry_after_s,
        .random = random,
    };
    struct delivery_next next = delivery_next(&attempt);
    send->sent.finished = next.follow != DELIVERY_FOLLOW_RETRY;
    send->sent.delivered = next.follow == DELIVERY_FOLLOW_DONE;
    send->sent.wait_ms = next.wait_ms;
    send->record.next_attempt_at_ms = now_ms + next.wait_ms;
    send->record.state = next.follow == DELIVERY_FOLLOW_DONE   ? DELIVERY_DELIVERED
                         : next.follow == DELIVERY_FOLLOW_PARK ? DELIVERY_PARKED
                                                               : DELIVERY_DEFERRED;
}

static struct str outcome_text(struct delivery_send *send, const struct http_answer *answer) {
    if (send->sent.delivered) {
        return STR("delivered");
    }
    if (answer->is_complete) {
        return str_from_c(arena_printf(send->arena, "answered %d", answer->status));
    }
    return str_copy(send->arena, str_from_c(answer->error));
}

/* On the client's thread. */
static void answered(void *context, const struct http_answer *answer) {
    struct delivery_send *send = context;
    if (answer->fault == HTTP_FAULT_BUSY) {
        /* Nothing was sent: not an attempt. */
        send->sent = (struct delivery_sent){.endpoint_answered = true, .wait_ms = 100};
        end(send);
        return;
    }
    enum delivery_outcome outcome = delivery_outcome_of(answer->status, answer->is_complete);
    send->sent.endpoint_answered =
        outcome == DELIVERY_OUTCOME_REFUSED || outcome == DELIVERY_OUTCOME_GONE;
    plan_next(send, outcome, answer->retry_after_s);
    fill_record(send, answer, outcome_text(send, answer));
    log_event(LOG_INFO, "postback", LOG_I64("delivery", send->delivery_id),
              LOG_STR("outcome", send->record.attempt.outcome), LOG_I64("status", answer->status),
              LOG_I64("duration_ms", answer->duration_ms));
    record(send);
}

/* An attempt that ends before it begins: no endpoint, or one that is not permitted. */
static void refuse(struct delivery_send *send, struct str why) {
    struct http_answer nothing = {.error = ""};
    fill_record(send, &nothing, why);
    send->record.state = DELIVERY_PARKED;
    send->sent = (struct delivery_sent){.finished = true, .endpoint_answered = true};
    record(send);
}

/* ---- wording */

static struct result sign(struct delivery_send *send, const struct invoice_view *view,
                          const struct secret *secret) {
    int64_t now_s = send->started_at_ms / 1000;
    struct str token;
    TRY(jwt_sign_postback(send->arena, secret_bytes(secret), view->public_id, now_s, &token));
    struct postback_message message = send->options.body->render(send->arena, view, token);
    struct str key = hex_encode(send->arena, BYTES_OF(send->row.key));
    struct postback_signed parts = {
        .id = str_from_c(arena_printf(send->arena, "msg_%.*s", STR_ARG(key))),
        .timestamp_s = now_s,
        .body = message.body,
    };
    const char *timestamp = arena_printf(send->arena, "%lld", (long long)now_s);
    send->headers[0] = (struct http_header){"webhook-id", parts.id};
    send->headers[1] = (struct http_header){"webhook-timestamp", str_from_c(timestamp)};
    send->headers[2] = (struct http_header){
        "webhook-signature", postback_signature_make(send->arena, secret_bytes(secret), &parts)};
    send->post.content_type = message.content_type;
    send->post.body = message.body;
    send->post.headers = send->headers;
    send->post.header_count = SEND_HEADERS;
    return RESULT_OK;
}

static struct result word(struct delivery_send *send, const struct invoice_view *view) {
    struct secret secret;
    TRY(vault_unseal(send->options.app->vault, view->shop.secret_sealed, &secret));
    struct result signed_message = sign(send, view, &secret);
    secret_wipe(&secret);
    return signed_message;
}

static struct result prepare(struct delivery_send *send, struct invoice_view *ret_view) {
    const struct delivery_send_options *options = &send->options;
    TRY(store_delivery_by_id(options->reader, send->delivery_id, &send->row));
    return invoice_view_load(options->app, options->reader, send->arena, 0, send->row.invoice_id,
                             ret_view);
}

static void post(struct delivery_send *send, const struct invoice_view *view) {
    if (str_is_empty(view->shop.notify_url)) {
        refuse(send, STR("the shop has no notification URL"));
        return;
    }
    struct result parsed = endpoint_url_parse(send->arena, view->shop.notify_url,
                                              send->options.app->postback_schemes, &send->post.url);
    if (!result_is_ok(parsed)) {
        /* Named in the attempt: what is parked for it is alarmed. */
        send->post.url.url = view->shop.notify_url;
        refuse(send, str_from_c(result_text(parsed)));
        return;
    }
    struct result worded = word(send, view);
    if (!result_is_ok(worded)) {
        refuse(send, str_from_c(result_text(worded)));
        return;
    }
    send->options.client->post(send->options.client, &send->post, answered, send);
}

void delivery_send_start_new(const struct delivery_send_options *options, int64_t delivery_id) {
    struct delivery_send *send = calloc(1, sizeof *send);
    BUG_IF(send == NULL);
    send->options = *options;
    LIST_INSERT_HEAD(options->under_way, send, link);
    send->delivery_id = delivery_id;
    send->arena = arena_new(SEND_ARENA_BYTES);
    send->started_at_ms = clock_wall_ms(options->app->clock);
    struct invoice_view view;
    struct result prepared = prepare(send, &view);
    if (!result_is_ok(prepared)) {
        log_event(LOG_ERROR, "delivery_not_prepared", LOG_I64("delivery", delivery_id),
                  LOG_RESULT(prepared));
        send->sent =
            (struct delivery_sent){.endpoint_answered = true, .wait_ms = NOT_RECORDED_WAIT_MS};
        end(send);
        return;
    }
    if (send->row.state != DELIVERY_QUEUED && send->row.state != DELIVERY_DEFERRED) {
        send->sent = (struct delivery_sent){.finished = true, .endpoint_answered = true};
        end(send);
        return;
    }
    /* A reorg took the success back: nothing untrue is sent. If it returns, this delivery goes on.
     */
    if (!invoice_status_is_success(view.invoice.status)) {
        send->sent = (struct delivery_sent){.endpoint_answered = true, .wait_ms = UNTRUE_WAIT_MS};
        end(send);
        return;
    }
    post(send, &view);
}
