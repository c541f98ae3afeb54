/* SPDX-License-Identifier: MIT */
#include "app/static_wallet_create.h"

#include "app/address_show.h"
#include "app/app.h"
#include "app/invoice_create.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/job_reply.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"
#include "http/wire_reply.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct static_input {
    struct str shop_id;
    struct str currency;
    struct str identify;
    struct str identity;
};

/* One client says identity. */
static const struct field static_fields[] = {
    {"shop_id", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct static_input, shop_id)},
    {"currency", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct static_input, currency)},
    {"identify", FIELD_ID, 0, ORDER_ID_BYTES_MAX, offsetof(struct static_input, identify)},
    {"identity", FIELD_ID, 0, ORDER_ID_BYTES_MAX, offsetof(struct static_input, identity)},
};

static struct reply refuse(struct request *request, const char *sentence) {
    return wire_refuse(request, "validate_error", sentence);
}

static struct reply refuse_result(struct request *request, struct result result) {
    return result.code == &ERR_ASSET_UNAVAILABLE
               ? refuse(request, "This currency is not available.")
               : wire_refuse_result(request, result);
}

/* This call's errors have one key; the first one is told. */
static struct reply refuse_fields(struct request *request, const struct fields_report *report) {
    if (report->outcome == FIELDS_MALFORMED) {
        return wire_refuse_fields(request, report);
    }
    const struct field_error *error = &report->errors[0];
    const char *sentence = error->problem == FIELD_MISSING
                               ? arena_printf(request->arena, "%s is required", error->path)
                               : arena_printf(request->arena, "Invalid value %s", error->path);
    return refuse(request, sentence);
}

static struct reply render(struct request *request, struct result outcome, void *input) {
    const struct static_wallet_create *create = input;
    const struct app *app = service_of(request->context)->app;
    struct address_text address;
    if (result_is_ok(outcome)) {
        outcome = address_show(app, &create->address, &address);
    }
    if (!result_is_ok(outcome)) {
        return refuse_result(request, outcome);
    }
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_object_begin(&success.json);
    json_write_key(&success.json, STR("currency"));
    wire_wallet_currency(&success.json, request->arena, create->asset, app->base_url, true);
    json_write_key(&success.json, STR("address"));
    json_write_str(&success.json, address_str(&address));
    json_write_key(&success.json, STR("uuid"));
    json_write_str(&success.json, str_from_c(create->public_id));
    json_write_object_end(&success.json);
    return wire_success_reply(request, &success);
}

static struct reply create_for(struct request *request, const struct merchant_call *call,
                               const struct static_input *input) {
    struct str identify = input->identify.ptr != NULL ? input->identify : input->identity;
    const struct asset *asset = asset_by_code(wire_code(request->arena, input->currency));
    if (asset == NULL) {
        return refuse(request, "Invalid value currency");
    }
    if (identify.ptr == NULL) {
        return refuse(request, "identify is required");
    }
    struct static_wallet_create *create = ARENA_NEW(request->arena, struct static_wallet_create);
    struct result prepared = static_wallet_prepare(call->app, call->reader, request->arena,
                                                   &call->shop, asset, identify, create);
    if (!result_is_ok(prepared) || create->is_known) {
        return render(request, prepared, create);
    }
    return reply_after_job(request, call->app, &static_wallet_create_use_case, create, render);
}

/* POST /v2/invoice/static/create */
struct reply handle_static_wallet_create(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct static_input input = {0};
    struct fields_report report =
        fields_read_body(request, static_fields, COUNT_OF(static_fields), &input);
    if (report.outcome != FIELDS_OK) {
        return refuse_fields(request, &report);
    }
    if (!str_eq(input.shop_id, call.shop.public_id)) {
        return wire_refuse(request, "shop_id", "Shop not found.");
    }
    return create_for(request, &call, &input);
}
