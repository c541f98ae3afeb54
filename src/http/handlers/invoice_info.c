/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/handlers/invoice_list.h"
#include "http/merchant_call.h"
#include "http/merchant_item.h"
#include "http/request.h"
#include "http/wire_reply.h"

enum { INFO_UUIDS_MAX = 100 };

struct info_input {
    struct field_list uuids;
};

static const struct field info_fields[] = {
    {"uuids", FIELD_TEXT_LIST, FIELD_REQUIRED, 0, offsetof(struct info_input, uuids)},
};

/* Writes the item if it is the shop's; an unknown one and another's are simply absent. */
static struct result write_item(struct arena *arena, const struct merchant_call *call,
                                struct str uuid, struct json_writer *json) {
    int64_t invoice_id;
    struct result written = app_invoice_id_parse(call->app, uuid, &invoice_id);
    if (result_is_ok(written)) {
        written = merchant_item_write(call, arena, invoice_id, json);
    }
    return written.code == &ERR_NOT_FOUND ? RESULT_OK : written;
}

static struct reply write_items(struct request *request, const struct merchant_call *call,
                                const struct field_list *uuids) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(MERCHANT_ITEM_BYTES_MAX);
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_array_begin(&success.json);
    for (size_t i = 0; i < uuids->count; i++) {
        struct result written = write_item(arena, call, uuids->items[i], &success.json);
        if (!result_is_ok(written)) {
            return wire_refuse_result(request, written);
        }
        arena_reset(arena);
    }
    json_write_array_end(&success.json);
    return wire_success_reply(request, &success);
}

/* POST /v2/invoice/merchant/info */
struct reply handle_invoice_info(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct info_input input = {0};
    struct fields_report report = fields_read_body(request, info_fields, 1, &input);
    if (report.outcome == FIELDS_MALFORMED) {
        return wire_refuse_fields(request, &report);
    }
    if (input.uuids.count > INFO_UUIDS_MAX) {
        return wire_refuse(request, "validate_error", "Max 100 uuids");
    }
    if (input.uuids.count == 0 && invoice_list_is_meant(request)) {
        return invoice_list_reply(request, &call);
    }
    if (report.outcome != FIELDS_OK) {
        return wire_refuse(request, "validate_error",
                           input.uuids.present ? "Invalid value uuids" : "uuids is required");
    }
    return write_items(request, &call, &input.uuids);
}
