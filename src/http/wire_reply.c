/* SPDX-License-Identifier: MIT */
#include "http/wire_reply.h"

#include "base/arena.h"
#include "base/log.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/request.h"
#include "http/server.h"

enum { STATUS_REFUSED = 400 };

/* ---- bodies */

static void put_text(struct json_writer *json, struct str key, const char *text) {
    json_write_key(json, key);
    json_write_str(json, str_from_c(text));
}

static void errors_begin(struct json_writer *json, struct buf *text) {
    json_writer_init(json, text);
    json_write_object_begin(json);
    put_text(json, STR("status"), "error");
    json_write_key(json, STR("result"));
    json_write_object_begin(json);
}

static void errors_end(struct json_writer *json) {
    json_write_object_end(json);
    json_write_object_end(json);
}

static struct str detail_body(struct arena *arena, const char *detail, const char *key,
                              const char *sentence) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, STR("detail"), detail);
    put_text(&json, STR("status"), "error");
    json_write_key(&json, STR("result"));
    json_write_object_begin(&json);
    put_text(&json, str_from_c(key), sentence);
    errors_end(&json);
    return buf_str(&text);
}

/* ---- success */

void wire_success_begin(struct request *request, struct wire_success *success) {
    success->text = buf_in(request->arena);
    json_writer_init(&success->json, &success->text);
    json_write_object_begin(&success->json);
    put_text(&success->json, STR("status"), "success");
    json_write_key(&success->json, STR("result"));
}

struct reply wire_success_reply(struct request *request, struct wire_success *success) {
    json_write_object_end(&success->json);
    if (success->text.failed) {
        log_event(LOG_ERROR, "reply_too_large", LOG_STR("path", request->path));
        return reply_error(request, 500, NULL);
    }
    return reply_json(request, buf_str(&success->text));
}

/* ---- refusals */

struct reply wire_refuse(struct request *request, const char *key, const char *sentence) {
    struct buf text = buf_in(request->arena);
    struct json_writer json;
    errors_begin(&json, &text);
    put_text(&json, str_from_c(key), sentence);
    errors_end(&json);
    return reply_status(request, STATUS_REFUSED, CONTENT_JSON, buf_str(&text));
}

/* "add_fields.time_to_pay.hours" is about the option time_to_pay. */
static struct str option_of(const char *path) {
    struct str rest = str_from_c(path);
    struct str first;
    struct str second;
    if (!str_split_next(&rest, '.', &first) || !str_split_next(&rest, '.', &second)) {
        return str_from_c(path);
    }
    return second;
}

static const char *field_sentence(struct arena *arena, enum field_problem problem,
                                  struct str option) {
    switch (problem) {
    case FIELD_MISSING:
        return arena_printf(arena, "%.*s not passed.", STR_ARG(option));
    case FIELD_WRONG_TYPE:
    case FIELD_TOO_LONG:
    case FIELD_REPEATED:
        return arena_printf(arena, "Invalid value %.*s.", STR_ARG(option));
    }
    BUG_IF(true);
}

static bool body_is_json(const struct request *request) {
    struct str type = request_header(request, STR("content-type"));
    struct str body =
        str_trim((struct str){.ptr = (const char *)request->body.ptr, .len = request->body.len});
    return str_starts_with(type, STR("application/json")) || str_starts_with(body, STR("{")) ||
           str_starts_with(body, STR("["));
}

static struct reply refuse_malformed(struct request *request, const char *detail) {
    return reply_error(request, STATUS_REFUSED,
                       arena_printf(request->arena, "%s parse error - %s",
                                    body_is_json(request) ? "JSON" : "Form", detail));
}

struct reply wire_refuse_fields(struct request *request, const struct fields_report *report) {
    if (report->outcome == FIELDS_MALFORMED) {
        return refuse_malformed(request, report->detail);
    }
    struct buf text = buf_in(request->arena);
    struct json_writer json;
    errors_begin(&json, &text);
    struct str last = STR("");
    for (size_t i = 0; i < report->error_count; i++) {
        struct str option = option_of(report->errors[i].path);
        if (str_eq(option, last)) {
            continue; /* hours and minutes are one time_to_pay */
        }
        json_write_key(&json, option);
        json_write_str(
            &json, str_from_c(field_sentence(request->arena, report->errors[i].problem, option)));
        last = option;
    }
    errors_end(&json);
    return reply_status(request, STATUS_REFUSED, CONTENT_JSON, buf_str(&text));
}

/* The refusals for which clients know a key and a sentence. */
static const struct {
    const struct error_code *code;
    const char *key;
    const char *sentence;
} known_refusals[] = {
    {&ERR_AMOUNT_INVALID, "amount", "Invalid value amount."},
    {&ERR_AMOUNT_OVERFLOW, "amount", "Invalid value amount."},
    {&ERR_AMOUNT_TOO_SMALL, "amount", "The amount is too small for this cryptocurrency."},
    {&ERR_ASSET_UNAVAILABLE, "cryptocurrency", "This cryptocurrency is not available."},
    {&ERR_EVENT_UNKNOWN, "after", "Invalid value after."},
    {&ERR_IDEMPOTENCY_KEY_INVALID, "idempotency_key",
     "An Idempotency-Key has 1 to 255 printable ASCII characters."},
    {&ERR_INVOICE_NOT_CREATED, "validate_error", "Invoice is not created"},
    {&ERR_NOT_FOUND, "validate_error", "Invoice not found"},
    {&ERR_OFFER_EMPTY, "available_currencies", "No cryptocurrency is available."},
    {&ERR_TTL_INVALID, "time_to_pay", "Invalid value time_to_pay."},
};

static struct reply refuse_for_now(struct request *request, struct result result, int status) {
    log_event(LOG_WARN, "request_refused", LOG_STR("path", request->path), LOG_RESULT(result));
    return reply_with_header(request, reply_error(request, status, result.code->sentence),
                             STR("Retry-After"), STR("1"));
}

static struct reply refuse_by_kind(struct request *request, struct result result) {
    switch (result.code->kind) {
    case ERROR_INPUT:
    case ERROR_NOT_FOUND:
    case ERROR_CONFLICT:
        return wire_refuse(request, "validate_error", result.code->sentence);
    case ERROR_AUTH:
        return wire_refuse_key(request);
    case ERROR_LIMITED:
        return refuse_for_now(request, result, 429);
    case ERROR_SOFT:
        return refuse_for_now(request, result, 503);
    case ERROR_HARD:
        log_event(LOG_ERROR, "request_failed", LOG_STR("path", request->path), LOG_RESULT(result));
        return reply_error(request, 500, NULL);
    }
    BUG_IF(true);
}

struct reply wire_refuse_result(struct request *request, struct result result) {
    BUG_IF(result_is_ok(result));
    for (size_t i = 0; i < sizeof known_refusals / sizeof known_refusals[0]; i++) {
        if (known_refusals[i].code == result.code) {
            bool detailed = result.code == &ERR_AMOUNT_TOO_SMALL && result.detail != NULL;
            return wire_refuse(request, known_refusals[i].key,
                               detailed ? result.detail : known_refusals[i].sentence);
        }
    }
    return refuse_by_kind(request, result);
}

struct reply wire_refuse_key(struct request *request) {
    return reply_status(request, 403, CONTENT_JSON,
                        detail_body(request->arena, "Signature verification failed",
                                    "authorization", "Unauthorized request."));
}

struct http_error_body wire_error_body(struct arena *arena, const struct http_error *error) {
    return (struct http_error_body){
        CONTENT_JSON, detail_body(arena, error->sentence, "validate_error", error->sentence)};
}

struct http_error_body wire_plain_error_body(struct arena *arena, const struct http_error *error) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, STR("detail"), error->sentence);
    json_write_object_end(&json);
    return (struct http_error_body){CONTENT_JSON, buf_str(&text)};
}
