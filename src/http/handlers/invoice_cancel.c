/* SPDX-License-Identifier: MIT */
#include "app/invoice_cancel.h"

#include "app/app.h"
#include "base/arena.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/job_reply.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire_reply.h"

struct cancel_input {
    struct str uuid;
};

static const struct field cancel_fields[] = {
    {"uuid", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct cancel_input, uuid)},
};

static struct reply render_canceled(struct request *request, struct result outcome, void *input) {
    (void)input;
    if (!result_is_ok(outcome)) {
        return wire_refuse_result(request, outcome);
    }
    atomic_fetch_add(&service_of(request->context)->counters->invoices_canceled, 1);
    return reply_json(request, STR("{\"status\":\"success\",\"result\":[\"ok\"]}"));
}

/* POST /v2/invoice/merchant/canceled */
struct reply handle_invoice_cancel(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct cancel_input input = {0};
    struct fields_report report = fields_read_body(request, cancel_fields, 1, &input);
    if (report.outcome == FIELDS_MALFORMED) {
        return wire_refuse_fields(request, &report);
    }
    if (report.outcome != FIELDS_OK) {
        return wire_refuse(request, "validate_error", "uuid is required");
    }
    struct invoice_cancel *cancel = ARENA_NEW(request->arena, struct invoice_cancel);
    cancel->shop_id = call.shop.id;
    struct result parsed = app_invoice_id_parse(call.app, input.uuid, &cancel->invoice_id);
    if (!result_is_ok(parsed)) {
        return wire_refuse_result(request, parsed);
    }
    return reply_after_job(request, call.app, &invoice_cancel_use_case, cancel, render_canceled);
}
