/* SPDX-License-Identifier: MIT */
#include "http/wire_v1.h"

#include "app/invoice_view.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/log.h"
#include "core/error.h"
#include "core/invoice_status.h"
#include "http/request.h"
#include "http/server.h"

enum { STATUS_REFUSED = 400, STATUS_UNAUTHENTICATED = 401, STATUS_UNAVAILABLE = 406 };

static void put_text(struct json_writer *json, const char *key, struct str text) {
    json_write_key(json, str_from_c(key));
    json_write_str(json, text);
}

static void put_number(struct json_writer *json, const char *key, struct str number) {
    json_write_key(json, str_from_c(key));
    json_write_number_text(json, number);
}

static struct str error_text(struct arena *arena, const char *sentence) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, "status", STR("error"));
    put_text(&json, "error", str_from_c(sentence));
    put_text(&json, "message", str_from_c(sentence));
    json_write_object_end(&json);
    return buf_str(&text);
}

struct reply wire_v1_refuse(struct request *request, int status, const char *sentence) {
    return reply_status(request, status, CONTENT_JSON, error_text(request->arena, sentence));
}

struct reply wire_v1_refuse_key(struct request *request) {
    return wire_v1_refuse(request, STATUS_UNAUTHENTICATED, "Unauthenticated.");
}

struct reply wire_v1_refuse_result(struct request *request, struct result result) {
    BUG_IF(result_is_ok(result));
    bool names_smallest = result.code == &ERR_AMOUNT_TOO_SMALL && result.detail != NULL;
    switch (result.code->kind) {
    case ERROR_INPUT:
    case ERROR_NOT_FOUND:
    case ERROR_CONFLICT:
        return wire_v1_refuse(request, STATUS_REFUSED,
                              names_smallest ? result.detail : result.code->sentence);
    case ERROR_AUTH:
        return wire_v1_refuse_key(request);
    case ERROR_LIMITED:
    case ERROR_SOFT:
    case ERROR_HARD:
        log_event(LOG_WARN, "request_refused", LOG_STR("path", request->path), LOG_RESULT(result));
        return wire_v1_refuse(request, STATUS_UNAVAILABLE, "service unavailable");
    }
    BUG_IF(true);
}

struct reply wire_v1_created(struct request *request, const struct invoice_view *view) {
    struct arena *arena = request->arena;
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, "status", STR("success"));
    put_text(&json, "pay_url", view->link);
    put_text(&json, "currency", str_from_c(view->asset->short_code));
    put_text(&json, "invoice_id", view->public_id);
    put_number(&json, "amount", amount_to_json(arena, view->sums.amount));
    put_number(&json, "amount_usd", amount_to_json(arena, view->sums_usd.amount));
    json_write_object_end(&json);
    return reply_json(request, buf_str(&text));
}

struct reply wire_v1_status(struct request *request, const struct invoice_view *view) {
    struct buf text = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, "status", STR("success"));
    put_text(&json, "status_invoice", str_from_c(invoice_status_name(view->invoice.status)));
    json_write_object_end(&json);
    return reply_json(request, buf_str(&text));
}

struct http_error_body wire_v1_error_body(struct arena *arena, const struct http_error *error) {
    return (struct http_error_body){CONTENT_JSON, error_text(arena, error->sentence)};
}
