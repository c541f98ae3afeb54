/* SPDX-License-Identifier: MIT */
/* You are here: the shortest way from a shop's request to the use case and back. */
#include "http/invoice_input.h"

#include "base/arena.h"
#include "base/buf.h"
#include "http/create_reply.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"
#include "http/wire/invoice.h"
#include "http/wire_reply.h"

struct create_input {
    struct invoice_input common;
    struct field_integer hours;
    struct field_integer minutes;
    struct field_list currencies;
    struct str cryptocurrency;
};

/* email_to_send and period are accepted and not acted upon. */
static const struct field create_fields[] = {
    INVOICE_FIELDS(struct create_input, common),
    {"add_fields.time_to_pay.hours", FIELD_INTEGER, 0, 0, offsetof(struct create_input, hours)},
    {"add_fields.time_to_pay.minutes", FIELD_INTEGER, 0, 0, offsetof(struct create_input, minutes)},
    {"add_fields.available_currencies", FIELD_TEXT_LIST, 0, 0,
     offsetof(struct create_input, currencies)},
    {"add_fields.cryptocurrency", FIELD_ID, 0, 0, offsetof(struct create_input, cryptocurrency)},
};

/* Hours and minutes may each be left out; together they are more than nothing. False if they are
 * no lifetime; whether it is one that we allow, the use case decides. */
static bool read_ttl(const struct create_input *input, int64_t *ret_ttl_s) {
    int64_t hours = input->hours.present ? input->hours.value : 0;
    int64_t minutes = input->minutes.present ? input->minutes.value : 0;
    if (!input->hours.present && !input->minutes.present) {
        *ret_ttl_s = 0;
        return true;
    }
    if (hours < 0 || hours > INVOICE_TTL_MAX_S || minutes < 0 || minutes > INVOICE_TTL_MAX_S) {
        return false;
    }
    *ret_ttl_s = hours * 3600 + minutes * 60;
    return *ret_ttl_s > 0;
}

/* The wanted codes, each once and in display order. NULL, or why they are refused. */
static const char *read_currencies(struct arena *arena, const struct field_list *list,
                                   struct str *ret_codes) {
    bool wanted[ASSET_COUNT_MAX] = {false};
    bool some_elsewhere = false;
    for (size_t i = 0; i < list->count; i++) {
        struct str code = wire_code(arena, list->items[i]);
        const struct asset *asset = asset_by_code(code);
        if (asset == NULL && code.len > 0 && !wire_code_is_elsewhere(code)) {
            return "Invalid value available_currencies.";
        }
        some_elsewhere |= asset == NULL && code.len > 0;
        for (size_t a = 0; asset != NULL && asset_list()[a] != NULL; a++) {
            wanted[a] |= asset_list()[a] == asset;
        }
    }
    struct buf codes = buf_in(arena);
    for (size_t a = 0; asset_list()[a] != NULL; a++) {
        if (wanted[a]) {
            buf_putf(&codes, "%s%s", codes.len > 0 ? " " : "", asset_list()[a]->code);
        }
    }
    *ret_codes = buf_str(&codes);
    /* No codes at all would mean every coin. */
    return some_elsewhere && codes.len == 0 ? "No cryptocurrency is available." : NULL;
}

struct refusal {
    const char *key; /* NULL: none */
    const char *sentence;
};

static struct refusal read_cryptocurrency(struct arena *arena, struct str text,
                                          struct invoice_wanted *ret_wanted) {
    struct str code = wire_code(arena, text);
    ret_wanted->asset = asset_by_code(code);
    if (ret_wanted->asset != NULL) {
        return (struct refusal){0};
    }
    return (struct refusal){"cryptocurrency", wire_code_is_elsewhere(code)
                                                  ? "This cryptocurrency is not available."
                                                  : "Invalid value cryptocurrency."};
}

static struct refusal read_wanted(struct arena *arena, const struct create_input *input,
                                  struct invoice_wanted *ret_wanted) {
    if (!invoice_input_read(arena, &input->common, ret_wanted)) {
        return (struct refusal){"currency", wire_fiat_refusal(arena)};
    }
    if (input->cryptocurrency.ptr != NULL) {
        struct refusal refused = read_cryptocurrency(arena, input->cryptocurrency, ret_wanted);
        if (refused.key != NULL) {
            return refused;
        }
    }
    const char *wrong = read_currencies(arena, &input->currencies, &ret_wanted->assets);
    if (wrong != NULL) {
        return (struct refusal){"available_currencies", wrong};
    }
    if (!read_ttl(input, &ret_wanted->ttl_s)) {
        return (struct refusal){"time_to_pay", "Invalid value time_to_pay."};
    }
    return (struct refusal){0};
}

static struct reply show_created(struct request *request, const void *made) {
    struct invoice_view view;
    struct result viewed =
        invoice_view_of_new(service_of(request->context)->app, request->arena, made, &view);
    if (!result_is_ok(viewed)) {
        return wire_refuse_result(request, viewed);
    }
    struct wire_success success;
    wire_success_begin(request, &success);
    wire_invoice(&success.json, request->arena, &view, WIRE_CREATED);
    return wire_success_reply(request, &success);
}

static const struct create_words words = {show_created, wire_refuse_result};

/* POST /v2/invoice/create */
struct reply handle_invoice_create(struct request *request) {
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
    struct create_input input = {0};
    struct fields_report report = fields_read_body(
        request, create_fields, sizeof create_fields / sizeof create_fields[0], &input);
    if (report.outcome != FIELDS_OK) {
        return wire_refuse_fields(request, &report);
    }
    if (!str_eq(input.common.shop_id, call.shop.public_id)) {
        return wire_refuse(request, "shop_id", "Shop not found.");
    }
    struct invoice_wanted wanted;
    struct refusal refused = read_wanted(request->arena, &input, &wanted);
    if (refused.key != NULL) {
        return wire_refuse(request, refused.key, refused.sentence);
    }
    return invoice_input_create(request, &call, &wanted, &key, &words);
}
