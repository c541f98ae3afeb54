/* SPDX-License-Identifier: MIT */
/* The old API, and the older one that shared its reply. */
#include "app/app.h"
#include "base/arena.h"
#include "http/create_reply.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/invoice_input.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"
#include "http/wire_v1.h"

enum { STATUS_REFUSED = 400, STATUS_THROTTLED = 429, STATUS_UNAVAILABLE = 503 };

struct create_input {
    struct invoice_input common;
};

static const struct field create_fields[] = {
    INVOICE_FIELDS(struct create_input, common),
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

static struct reply show_created(struct request *request, const void *made) {
    struct invoice_view view;
    struct result viewed =
        invoice_view_of_new(service_of(request->context)->app, request->arena, made, &view);
    return result_is_ok(viewed) ? wire_v1_created(request, &view)
                                : wire_v1_refuse_result(request, viewed);
}

static const struct create_words words = {show_created, wire_v1_refuse_result};

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
    if (!str_eq(input.common.shop_id, call.shop.public_id)) {
        return wire_v1_refuse(request, STATUS_REFUSED, "Shop not found.");
    }
    struct invoice_wanted wanted;
    if (!invoice_input_read(request->arena, &input.common, &wanted)) {
        return wire_v1_refuse(request, STATUS_REFUSED, wire_fiat_refusal(request->arena));
    }
    return invoice_input_create(request, &call, &wanted, &key, &words);
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
