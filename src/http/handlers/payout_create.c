/* SPDX-License-Identifier: MIT */
#include "app/payout_create.h"
#include "app/app.h"
#include "app/payout_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/create_reply.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/job_reply.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"
#include "http/wire_reply.h"

struct payout_input {
    struct str currency_code;
    struct str to_address;
    struct str amount;
};

static const struct field payout_fields[] = {
    {"currency_code", FIELD_ID, FIELD_REQUIRED, 0, offsetof(struct payout_input, currency_code)},
    {"to_address", FIELD_TEXT, FIELD_REQUIRED, PAYOUT_ADDRESS_BYTES_MAX,
     offsetof(struct payout_input, to_address)},
    {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 0, offsetof(struct payout_input, amount)},
};

/* A key and a sentence for whatever a use case or the list of fields refuses. */
struct payout_refusal {
    const char *key;
    const char *sentence;
};

static const struct payout_refusal bad_currency = {"currency_code", "Invalid currency code."};
static const struct payout_refusal bad_address = {
    "network", "The address is not valid in this currency's network."};
static const struct payout_refusal bad_amount = {"uncorrected_amount", "Invalid amount."};

static struct reply refuse(struct request *request, struct payout_refusal refusal) {
    return wire_refuse(request, refusal.key, refusal.sentence);
}

static struct reply refuse_fields(struct request *request, const struct fields_report *report) {
    if (report->outcome == FIELDS_MALFORMED) {
        return wire_refuse_fields(request, report);
    }
    const struct field_error *error = &report->errors[0];
    if (error->problem == FIELD_MISSING) {
        return wire_refuse(request, "required_parameter",
                           arena_printf(request->arena, "%s not passed.", error->path));
    }
    struct str path = str_from_c(error->path);
    if (str_eq(path, STR("amount"))) {
        return refuse(request, bad_amount);
    }
    return refuse(request, str_eq(path, STR("to_address")) ? bad_address : bad_currency);
}

static struct reply refuse_result(struct request *request, struct result result) {
    if (result.code == &ERR_ASSET_UNAVAILABLE) {
        return refuse(request, bad_currency);
    }
    if (result.code == &ERR_ADDRESS_INVALID) {
        return refuse(request, bad_address);
    }
    if (result.code == &ERR_AMOUNT_INVALID || result.code == &ERR_AMOUNT_OVERFLOW ||
        result.code == &ERR_AMOUNT_TOO_SMALL) {
        return refuse(request, bad_amount);
    }
    if (result.code == &ERR_PAYOUT_TOO_SOON) {
        return wire_refuse(request, "rate_limit", "One request per 12 seconds.");
    }
    return wire_refuse_result(request, result);
}

/* Older clients read `data`, newer ones `result`. */
static void write_payout(struct request *request, struct json_writer *json,
                         const struct payout_row *payout) {
    const struct app *app = service_of(request->context)->app;
    struct str bare = app_invoice_public_id(request->arena, app, payout->id);
    struct str id = str_from_c(arena_printf(request->arena, "INV-%.*s", STR_ARG(bare)));
    json_write_object_begin(json);
    json_write_key(json, STR("invoice_id"));
    json_write_str(json, id);
    json_write_key(json, STR("uuid"));
    json_write_str(json, id);
    json_write_key(json, STR("status"));
    json_write_str(json, str_from_c(payout_status_name(payout->status)));
    json_write_key(json, STR("currency"));
    json_write_str(json, str_from_c(payout->amount.asset->code));
    json_write_key(json, STR("amount"));
    json_write_number_text(json, amount_to_json(request->arena, payout->amount));
    json_write_object_end(json);
}

static struct reply show_created(struct request *request, const void *made) {
    const struct payout_create *create = made;
    struct wire_success success;
    wire_success_begin(request, &success);
    write_payout(request, &success.json, &create->payout);
    json_write_key(&success.json, STR("data"));
    write_payout(request, &success.json, &create->payout);
    return wire_success_reply(request, &success);
}

static const struct create_words words = {show_created, refuse_result};

static struct reply render_created(struct request *request, struct result outcome, void *input) {
    const struct payout_create *create = input;
    return create_reply(request, outcome, &words, create, &create->once);
}

/* POST /v2/invoice/api/out/create */
struct reply handle_payout_create(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct idempotency_key_row key;
    struct reply answered;
    if (create_is_repeat(request, &call, &words, &key, &answered)) {
        return answered;
    }
    struct payout_input input = {0};
    struct fields_report report = fields_read_body(
        request, payout_fields, sizeof payout_fields / sizeof payout_fields[0], &input);
    if (report.outcome != FIELDS_OK) {
        return refuse_fields(request, &report);
    }
    struct payout_wanted wanted = {
        .asset = asset_by_code(wire_code(request->arena, input.currency_code)),
        .to_address = input.to_address,
        .amount = input.amount,
    };
    if (wanted.asset == NULL) {
        return refuse(request, bad_currency);
    }
    struct payout_create *create = ARENA_NEW(request->arena, struct payout_create);
    struct result prepared = payout_prepare(call.app, call.reader, request->arena, &call.shop,
                                            call.key_id, &wanted, create);
    if (!result_is_ok(prepared)) {
        return refuse_result(request, prepared);
    }
    if (!create_keep_reply(request, &words, create, &key, &create->once, &answered)) {
        return answered;
    }
    return reply_after_job(request, call.app, &payout_create_use_case, create, render_created);
}
