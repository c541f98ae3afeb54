/* SPDX-License-Identifier: MIT */
#include "app/shop_events.h"

#include "base/arena.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/wire/event.h"
#include "http/wire_reply.h"

struct events_input {
    struct str after;
    struct field_integer limit;
};

static const struct field events_fields[] = {
    {"after", FIELD_ID, 0, 0, offsetof(struct events_input, after)},
    {"limit", FIELD_INTEGER, 0, 0, offsetof(struct events_input, limit)},
};

static struct reply write_events(struct request *request, const struct shop_events *events) {
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_object_begin(&success.json);
    json_write_key(&success.json, STR("events"));
    json_write_array_begin(&success.json);
    for (size_t i = 0; i < events->count; i++) {
        wire_event(&success.json, request->arena, &events->events[i]);
    }
    json_write_array_end(&success.json);
    json_write_key(&success.json, STR("next"));
    json_write_str(&success.json, events->next);
    json_write_key(&success.json, STR("more"));
    json_write_bool(&success.json, events->has_more);
    json_write_object_end(&success.json);
    return wire_success_reply(request, &success);
}

/* GET /v2/invoice/merchant/events?after=8F3K2M1Z */
struct reply handle_shop_events(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct events_input input = {0};
    struct fields_report report = fields_read_query(request, events_fields, 2, &input);
    if (report.outcome != FIELDS_OK) {
        return wire_refuse_fields(request, &report);
    }
    int64_t limit = input.limit.present ? input.limit.value : SHOP_EVENTS_MAX;
    if (limit < 1 || limit > SHOP_EVENTS_MAX) {
        return wire_refuse(request, "limit", "Invalid value limit.");
    }
    struct shop_events events;
    struct result loaded = shop_events_load(call.app, call.reader, request->arena, call.shop.id,
                                            input.after, (uint32_t)limit, &events);
    return result_is_ok(loaded) ? write_events(request, &events)
                                : wire_refuse_result(request, loaded);
}
