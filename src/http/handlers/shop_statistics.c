/* SPDX-License-Identifier: MIT */
#include "app/shop_statistics.h"

#include "base/arena.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/merchant_days.h"
#include "http/request.h"
#include "http/wire_reply.h"

static const struct field statistics_fields[] = {
    {"start", FIELD_TEXT, FIELD_REQUIRED, 0, offsetof(struct days_input, start)},
    {"end", FIELD_TEXT, FIELD_REQUIRED, 0, offsetof(struct days_input, end)},
};

/* As clients know them. */
static const enum invoice_status wire_statuses[] = {
    INVOICE_CREATED, INVOICE_PAID, INVOICE_OVERPAID, INVOICE_PARTIAL, INVOICE_CANCELED,
};

static_assert(sizeof wire_statuses / sizeof wire_statuses[0] == INVOICE_STATUS_COUNT);

static void put_counts(struct json_writer *json, const struct shop_statistics *statistics) {
    json_write_object_begin(json);
    json_write_key(json, STR("all"));
    json_write_i64(json, statistics->all_count);
    for (size_t i = 0; i < INVOICE_STATUS_COUNT; i++) {
        json_write_key(json, str_from_c(invoice_status_name(wire_statuses[i])));
        json_write_i64(json, statistics->counts[wire_statuses[i]]);
    }
    json_write_object_end(json);
}

static void put_amounts(struct json_writer *json, struct arena *arena,
                        const struct shop_statistics *statistics) {
    json_write_object_begin(json);
    json_write_key(json, STR("all"));
    json_write_number_text(json, amount_to_json(arena, statistics->all_usd));
    for (size_t i = 0; i < INVOICE_STATUS_COUNT; i++) {
        json_write_key(json, str_from_c(invoice_status_name(wire_statuses[i])));
        json_write_number_text(json, amount_to_json(arena, statistics->usd[wire_statuses[i]]));
    }
    json_write_object_end(json);
}

static struct reply write_statistics(struct request *request,
                                     const struct shop_statistics *statistics) {
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_object_begin(&success.json);
    json_write_key(&success.json, STR("count"));
    put_counts(&success.json, statistics);
    json_write_key(&success.json, STR("amount"));
    put_amounts(&success.json, request->arena, statistics);
    json_write_object_end(&success.json);
    return wire_success_reply(request, &success);
}

static struct reply refuse_fields(struct request *request, const struct fields_report *report) {
    if (report->outcome == FIELDS_MALFORMED) {
        return wire_refuse_fields(request, report);
    }
    const struct field_error *error = &report->errors[0];
    bool missing = error->problem == FIELD_MISSING;
    return wire_refuse(request, "validate_error",
                       arena_printf(request->arena, "%s%s%s", missing ? "" : "Invalid value ",
                                    error->path, missing ? " is required" : ""));
}

/* POST /v2/invoice/merchant/statistics, /v2/merchant/statistics */
struct reply handle_shop_statistics(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct days_input input = {0};
    struct fields_report report = fields_read_body(request, statistics_fields, 2, &input);
    if (report.outcome != FIELDS_OK) {
        return refuse_fields(request, &report);
    }
    struct day_range days;
    const char *wrong = days_input_read(&input, &days);
    if (wrong != NULL) {
        return wire_refuse(request, "validate_error",
                           arena_printf(request->arena, "Invalid value %s", wrong));
    }
    struct shop_statistics statistics;
    struct result loaded = shop_statistics_load(call.reader, call.shop.id, days, &statistics);
    if (!result_is_ok(loaded)) {
        return wire_refuse_result(request, loaded);
    }
    return write_statistics(request, &statistics);
}
