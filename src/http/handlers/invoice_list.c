/* SPDX-License-Identifier: MIT */
#include "app/invoice_list.h"

#include "base/arena.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/handlers/invoice_list.h"
#include "http/merchant_call.h"
#include "http/merchant_days.h"
#include "http/merchant_item.h"
#include "http/request.h"
#include "http/wire_reply.h"

enum { LIST_LIMIT_DEFAULT = 10, LIST_LIMIT_MAX = 100, LIST_ROWS_BYTES_MAX = 4 << 20 };

struct list_input {
    struct days_input days;
    struct field_integer offset;
    struct field_integer limit;
};

#define INPUT(member) offsetof(struct list_input, member)

static const struct field list_fields[] = {
    {"start", FIELD_TEXT, FIELD_REQUIRED, 0, INPUT(days.start)},
    {"end", FIELD_TEXT, FIELD_REQUIRED, 0, INPUT(days.end)},
    {"offset", FIELD_INTEGER, 0, 0, INPUT(offset)},
    {"limit", FIELD_INTEGER, 0, 0, INPUT(limit)},
};

enum { LIST_FIELD_COUNT = sizeof list_fields / sizeof list_fields[0] };

/* The name of the field that is wrong, or NULL. */
static const char *read_wanted(const struct list_input *input,
                               struct invoice_list_wanted *ret_wanted) {
    int64_t limit = input->limit.present ? input->limit.value : LIST_LIMIT_DEFAULT;
    ret_wanted->offset = input->offset.present ? input->offset.value : 0;
    const char *wrong = days_input_read(&input->days, &ret_wanted->days);
    if (wrong != NULL) {
        return wrong;
    }
    if (ret_wanted->offset < 0) {
        return "offset";
    }
    if (limit < 1 || limit > LIST_LIMIT_MAX) {
        return "limit";
    }
    ret_wanted->limit = (uint32_t)limit;
    return NULL;
}

static struct reply write_list(struct request *request, const struct merchant_call *call,
                               const struct invoice_list *list) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(MERCHANT_ITEM_BYTES_MAX);
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_array_begin(&success.json);
    for (size_t i = 0; i < list->count; i++) {
        struct result written =
            merchant_item_write(call, arena, list->invoices[i].id, &success.json);
        if (!result_is_ok(written)) {
            return wire_refuse_result(request, written);
        }
        arena_reset(arena);
    }
    json_write_array_end(&success.json);
    json_write_key(&success.json, STR("all_count"));
    json_write_i64(&success.json, list->total);
    return wire_success_reply(request, &success);
}

struct reply invoice_list_reply(struct request *request, const struct merchant_call *call) {
    struct list_input input = {0};
    struct fields_report report = fields_read_body(request, list_fields, LIST_FIELD_COUNT, &input);
    if (report.outcome != FIELDS_OK) {
        return wire_refuse_fields(request, &report);
    }
    struct invoice_list_wanted wanted = {.shop_id = call->shop.id};
    const char *wrong = read_wanted(&input, &wanted);
    if (wrong != NULL) {
        return wire_refuse(request, wrong,
                           arena_printf(request->arena, "Invalid value %s.", wrong));
    }
    CLEANUP(arena_cleanup) struct arena *rows = arena_new(LIST_ROWS_BYTES_MAX);
    struct invoice_list list;
    struct result loaded = invoice_list_load(call->reader, rows, &wanted, &list);
    if (!result_is_ok(loaded)) {
        return wire_refuse_result(request, loaded);
    }
    return write_list(request, call, &list);
}

bool invoice_list_is_meant(struct request *request) {
    struct list_input input = {0};
    struct fields_report report = fields_read_body(request, list_fields, LIST_FIELD_COUNT, &input);
    bool missing[2] = {false, false};
    for (size_t i = 0; i < report.error_count; i++) {
        if (report.errors[i].problem == FIELD_MISSING) {
            missing[report.errors[i].path == list_fields[0].path ? 0 : 1] = true;
        }
    }
    return report.outcome != FIELDS_MALFORMED && !(missing[0] && missing[1]);
}

/* POST /v2/invoice/merchant/list */
struct reply handle_invoice_list(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    return invoice_list_reply(request, &call);
}
