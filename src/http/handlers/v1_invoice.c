/* SPDX-License-Identifier: MIT */
/* The old API, and the older one that shared its reply. */
#include "app/app.h"
#include "app/invoice_create.h"
#include "base/arena.h"
#include "http/create_reply.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"
#include "http/wire_v1.h"

enum { STATUS_REFUSED = 400, STATUS_THROTTLED = 429, STATUS_UNAVAILABLE = 503 };

struct create_input {
    struct str shop_id;
    struct str amount;
    struct str currency;
    struct str order_id;
    struct str email;
};

static const struct field create_fields[] = {
    {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 0, offsetof(struct create_input, amount)},
    {"shop_id", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct create_input, shop_id)},
    {"currency", FIELD_ID, 0, 0, offsetof(struct create_input, currency)},
    {"order_id", FIELD_ID, 0, ORDER_ID_BYTES_MAX, offsetof(struct create_input, order_id)},
    {"email", FIELD_ID, 0, EMAIL_BYTES_MAX, offsetof(struct create_input, email)},
};

struct status_input {
    struct str uuid;
};

static const struct field status_fields[] = {
    {"uuid", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct status_input, uuid)},
};

/* What v2 refuses in its own words. */
static struct reply refuse_call(struct request *request, const struct reply *refusal) {
    if (refusal->status == STATUS_THROTTLED) {
        return *refusal;
    }
    if (refusal->status >= STATUS_UNAVAILABLE) {
        return wire_v1_refuse(request, 406, "service unavailable");
    }
    return wire_v1_refuse_key(request);
}

static struct reply refuse_fields(struct request *request, const struct fields_report *report) {
    const char *sentence =
        report->outcome == FIELDS_MALFORMED
            ? report->detail
            : arena_printf(request->arena, "%s %s", report->errors[0].path,
                           report->errors[0].problem == FIELD_MISSING ? "not passed."
                                                                      : "is not valid.");
    return wire_v1_refuse(request, STATUS_REFUSED, sentence);
}

static struct reply show_created(struct request *request, const struct invoice_create *create) {
    struct invoice_view view;
    struct result viewed =
        invoice_view_of_new(service_of(request->context)->app, request->arena, create, &view);
    return result_is_ok(viewed) ? wire_v1_created(request, &view)
                                : wire_v1_refuse_result(request, viewed);
}

static const struct create_words words = {show_created, wire_v1_refuse_result};

static struct reply create(struct request *request, const struct merchant_call *call,
                           const struct create_input *input,
                           const struct idempotency_key_row *key) {
    struct invoice_wanted wanted = {.amount = input->amount,
                                    .fiat = fiat_usd(),
                                    .order_id = input->order_id,
                                    .email = input->email};
    if (input->currency.ptr != NULL) {
        wanted.fiat = wire_fiat_by_text(request->arena, input->currency);
    }
    if (wanted.fiat == NULL) {
        return wire_v1_refuse(request, STATUS_REFUSED, wire_fiat_refusal(request->arena));
    }
    struct invoice_create *made = ARENA_NEW(request->arena, struct invoice_create);
    struct result prepared =
        invoice_prepare(call->app, call->reader, request->arena, &call->shop, &wanted, made);
    if (!result_is_ok(prepared)) {
        return wire_v1_refuse_result(request, prepared);
    }
    return reply_after_create(request, call, made, key, &words);
}

/* POST /v1/invoice/create, POST /api/v2/invoice/create */
struct reply handle_v1_invoice_create(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refuse_call(request, &refusal);
    }
    struct idempotency_key_row key;
    struct reply answered;
    if (create_is_repeat(request, &call, &words, &key, &answered)) {
        return answered;
    }
    struct create_input input = {0};
    struct fields_report report = fields_read_body(
        request, create_fields, sizeof create_fields / sizeof create_fields[0], &input);
    if (report.outcome != FIELDS_OK) {
        return refuse_fields(request, &report);
    }
    if (!str_eq(input.shop_id, call.shop.public_id)) {
        return wire_v1_refuse(request, STATUS_REFUSED, "Shop not found.");
    }
    return create(request, &call, &input, &key);
}

/* GET /v1/invoice/info?uuid=INV-K7Q2M9XD */
struct reply handle_v1_invoice_info(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refuse_call(request, &refusal);
    }
    struct status_input input = {0};
    struct fields_report report = fields_read_query(request, status_fields, 1, &input);
    /* The documentation speaks of the body; every client sends the query. */
    if (report.outcome != FIELDS_OK && request->body.len > 0) {
        report = fields_read_body(request, status_fields, 1, &input);
    }
    if (report.outcome != FIELDS_OK) {
        return refuse_fields(request, &report);
    }
    int64_t invoice_id;
    struct invoice_view view;
    struct result found = app_invoice_id_parse(call.app, input.uuid, &invoice_id);
    if (result_is_ok(found)) {
        found = invoice_view_load(call.app, call.reader, request->arena, call.shop.id, invoice_id,
                                  &view);
    }
    return result_is_ok(found) ? wire_v1_status(request, &view)
                               : wire_v1_refuse_result(request, found);
}
