/* SPDX-License-Identifier: MIT */
#include "http/admin/admin.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/utc.h"
#include "core/amount.h"
#include "core/error.h"
#include "http/route.h"
#include "http/service.h"

/* ---- replies */

static int status_of(enum error_kind kind) {
    switch (kind) {
    case ERROR_INPUT:
        return 400;
    case ERROR_AUTH:
        return 403;
    case ERROR_NOT_FOUND:
        return 404;
    case ERROR_CONFLICT:
        return 409;
    case ERROR_LIMITED:
        return 429;
    case ERROR_SOFT:
        return 503;
    case ERROR_HARD:
        return 500;
    }
    BUG_IF(true);
}

/* "there is no invoice "X"": what the path calls it, and what was written there. */
static const char *failure_text(struct request *request, struct result failure) {
    if (failure.code != &ERR_NOT_FOUND || failure.detail != NULL ||
        request->path_parameter.len == 0) {
        return result_text(failure);
    }
    struct str path = str_from_c(request->route->path);
    struct str noun = str_slice(path, str_find(path, '{') + 1, str_find(path, '}'));
    return arena_printf(request->arena, "there is no %.*s \"%.*s\"", STR_ARG(noun),
                        STR_ARG(request->path_parameter));
}

struct reply admin_failure(struct request *request, struct result failure) {
    if (failure.code->kind == ERROR_HARD) {
        log_event(LOG_ERROR, "operator_call_failed", LOG_STR("path", request->path),
                  LOG_RESULT(failure));
    }
    struct buf out = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    admin_c_text(&json, "error", failure.code->name);
    admin_c_text(&json, "detail", failure_text(request, failure));
    json_write_object_end(&json);
    return out.failed
               ? reply_error(request, 500, NULL)
               : reply_status(request, status_of(failure.code->kind), CONTENT_JSON, buf_str(&out));
}

static struct reply reply_document(struct request *request, struct result written,
                                   const struct buf *out) {
    if (!result_is_ok(written)) {
        return admin_failure(request, written);
    }
    return out->failed ? reply_error(request, 500, "The answer is too large.")
                       : reply_json(request, buf_str(out));
}

/* ---- calls */

static struct result call_begin(struct request *request, struct admin_call *ret_call) {
    const struct http_service *service = service_of(request->context);
    *ret_call =
        (struct admin_call){.request = request, .arena = request->arena, .app = service->app};
    return reader_take(service->readers, &ret_call->reader);
}

static void call_end(const struct admin_call *call) {
    reader_give(service_of(call->request->context)->readers, call->reader);
}

struct reply admin_read(struct request *request, admin_read_fn *read) {
    struct buf out = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    struct admin_call call;
    struct result done = call_begin(request, &call);
    if (result_is_ok(done)) {
        done = read(&call, &json);
        call_end(&call);
    }
    return reply_document(request, done, &out);
}

struct reply admin_write(struct request *request, admin_prepare_fn *prepare) {
    struct admin_write write;
    struct admin_call call;
    struct result done = call_begin(request, &call);
    if (result_is_ok(done)) {
        done = prepare(&call, &write);
        call_end(&call);
    }
    return result_is_ok(done)
               ? reply_after_job(request, call.app, write.use_case, write.input, write.render)
               : admin_failure(request, done);
}

struct reply admin_committed(struct request *request, struct result outcome, void *input,
                             admin_show_fn *show) {
    if (!result_is_ok(outcome)) {
        return admin_failure(request, outcome);
    }
    struct buf out = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    struct admin_call call;
    struct result done = call_begin(request, &call);
    if (result_is_ok(done)) {
        done = show(&call, input, &json);
        call_end(&call);
    }
    return reply_document(request, done, &out);
}

/* ---- input */

static const char *problem_text(enum field_problem problem) {
    switch (problem) {
    case FIELD_MISSING:
        return "is missing";
    case FIELD_WRONG_TYPE:
        return "is of the wrong kind";
    case FIELD_TOO_LONG:
        return "is too long";
    case FIELD_REPEATED:
        return "is given twice";
    }
    BUG_IF(true);
}

static struct result report_result(const struct admin_call *call,
                                   const struct fields_report *report) {
    switch (report->outcome) {
    case FIELDS_OK:
        return RESULT_OK;
    case FIELDS_REFUSED:
        return result_failf(call->arena, &ERR_FIELD_INVALID, "%s %s", report->errors[0].path,
                            problem_text(report->errors[0].problem));
    case FIELDS_MALFORMED:
        return result_failf(call->arena, &ERR_FIELD_INVALID, "the input cannot be read: %s",
                            report->detail);
    }
    BUG_IF(true);
}

struct result admin_body(const struct admin_call *call, const struct field *fields, size_t count,
                         void *into) {
    struct fields_report report = fields_read_body(call->request, fields, count, into);
    return report_result(call, &report);
}

struct result admin_query(const struct admin_call *call, const struct field *fields, size_t count,
                          void *into) {
    struct fields_report report = fields_read_query(call->request, fields, count, into);
    return report_result(call, &report);
}

struct result admin_path_id(const struct admin_call *call, int64_t *ret_id) {
    ENSURE(str_to_i64(call->request->path_parameter, ret_id) && *ret_id > 0, ERR_NOT_FOUND);
    return RESULT_OK;
}

struct result admin_number(const struct admin_call *call, const char *name,
                           struct field_integer given, int64_t otherwise, int64_t most,
                           int64_t *ret_value) {
    *ret_value = given.present ? given.value : otherwise;
    if (*ret_value < 0 || *ret_value > most) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "%s must be from 0 to %lld", name,
                            (long long)most);
    }
    return RESULT_OK;
}

/* ---- output */

void admin_text(struct json_writer *json, const char *key, struct str text) {
    json_write_key(json, str_from_c(key));
    json_write_str(json, text);
}

void admin_c_text(struct json_writer *json, const char *key, const char *text) {
    admin_text(json, key, str_from_c(text));
}

void admin_i64(struct json_writer *json, const char *key, int64_t value) {
    json_write_key(json, str_from_c(key));
    json_write_i64(json, value);
}

void admin_bool(struct json_writer *json, const char *key, bool value) {
    json_write_key(json, str_from_c(key));
    json_write_bool(json, value);
}

void admin_time(struct json_writer *json, const char *key, int64_t at_ms) {
    char memory[UTC_TEXT_BYTES];
    json_write_key(json, str_from_c(key));
    if (at_ms == 0) {
        json_write_null(json);
    } else {
        json_write_str(json, utc_text(at_ms, memory));
    }
}

void admin_amount(struct json_writer *json, struct arena *arena, const char *key,
                  struct amount amount) {
    admin_text(json, key, amount_to_text(arena, amount));
}

void admin_words(struct json_writer *json, const char *key, struct str words) {
    struct str word;
    json_write_key(json, str_from_c(key));
    json_write_array_begin(json);
    while (str_split_next(&words, ' ', &word)) {
        if (word.len > 0) {
            json_write_str(json, word);
        }
    }
    json_write_array_end(json);
}

void admin_invoice_id(struct json_writer *json, const struct admin_call *call, const char *key,
                      int64_t invoice_id) {
    json_write_key(json, str_from_c(key));
    if (invoice_id == 0) {
        json_write_null(json);
        return;
    }
    struct str bare = app_invoice_public_id(call->arena, call->app, invoice_id);
    json_write_str(json, str_from_c(arena_printf(call->arena, "INV-%.*s", STR_ARG(bare))));
}
