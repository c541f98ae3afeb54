/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app/app.h"
#include "app/shop_create.h"
#include "app/shop_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

enum { URL_TEXT_MAX = 2048 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Absent members stay as they are. */
struct shop_input {
    struct str name;
    struct str notify_url;
    struct str success_url;
    struct str fail_url;
    struct str postback_format;
    struct str underpaid_tolerance;
    struct str overpaid_tolerance;
    struct str auto_confirm;
    struct field_boolean accept_late;
    struct str side_commission;
    struct str side_commission_cc;
    struct str transfer_fee;
    struct str service_fee;
    struct str amount_min_usd;
    struct str assets;
    struct field_integer invoice_ttl_s;
    struct field_boolean test;
};

#define INPUT(member) offsetof(struct shop_input, member)

static const struct field shop_fields[] = {
    {"name", FIELD_TEXT, 0, 400, INPUT(name)},
    {"notify_url", FIELD_TEXT, 0, URL_TEXT_MAX, INPUT(notify_url)},
    {"success_url", FIELD_TEXT, 0, URL_TEXT_MAX, INPUT(success_url)},
    {"fail_url", FIELD_TEXT, 0, URL_TEXT_MAX, INPUT(fail_url)},
    {"postback_format", FIELD_TEXT, 0, 16, INPUT(postback_format)},
    {"underpaid_tolerance", FIELD_TEXT, 0, 32, INPUT(underpaid_tolerance)},
    {"overpaid_tolerance", FIELD_TEXT, 0, 32, INPUT(overpaid_tolerance)},
    {"auto_confirm", FIELD_TEXT, 0, 32, INPUT(auto_confirm)},
    {"accept_late", FIELD_BOOLEAN, 0, 0, INPUT(accept_late)},
    {"side_commission", FIELD_TEXT, 0, 16, INPUT(side_commission)},
    {"side_commission_cc", FIELD_TEXT, 0, 16, INPUT(side_commission_cc)},
    {"transfer_fee", FIELD_TEXT, 0, 64, INPUT(transfer_fee)},
    {"service_fee", FIELD_TEXT, 0, 64, INPUT(service_fee)},
    {"amount_min_usd", FIELD_TEXT, 0, 32, INPUT(amount_min_usd)},
    {"assets", FIELD_TEXT, 0, 2048, INPUT(assets)},
    {"invoice_ttl_s", FIELD_INTEGER, 0, 0, INPUT(invoice_ttl_s)},
    {"test", FIELD_BOOLEAN, 0, 0, INPUT(test)},
};

static const char *format_name(enum postback_format format) {
    switch (format) {
    case POSTBACK_JSON:
        return "json";
    case POSTBACK_FORM:
        return "form";
    }
    BUG_IF(true);
}

static void take_text(struct str given, struct str *member) {
    if (given.ptr != NULL) {
        *member = given;
    }
}

static struct result take_format(const struct admin_call *call, struct str given,
                                 enum postback_format *format) {
    if (given.ptr == NULL) {
        return RESULT_OK;
    }
    if (str_eq(given, STR("json"))) {
        *format = POSTBACK_JSON;
        return RESULT_OK;
    }
    if (str_eq(given, STR("form"))) {
        *format = POSTBACK_FORM;
        return RESULT_OK;
    }
    return result_failf(call->arena, &ERR_FIELD_INVALID, "postback_format is json or form");
}

static const char *side_name(enum fee_side side) {
    switch (side) {
    case FEE_CLIENT:
        return "client";
    case FEE_MERCHANT:
        return "merchant";
    }
    BUG_IF(true);
}

static struct result take_side(const struct admin_call *call, struct str given,
                               enum fee_side *side) {
    if (given.ptr == NULL) {
        return RESULT_OK;
    }
    if (str_eq(given, STR("client"))) {
        *side = FEE_CLIENT;
        return RESULT_OK;
    }
    if (str_eq(given, STR("merchant"))) {
        *side = FEE_MERCHANT;
        return RESULT_OK;
    }
    return result_failf(call->arena, &ERR_FIELD_INVALID,
                        "side_commission and side_commission_cc are client or merchant");
}

static struct result take_fees(const struct admin_call *call, const struct shop_input *input,
                               struct shop_row *shop) {
    take_text(input->transfer_fee, &shop->transfer_fee);
    take_text(input->service_fee, &shop->service_fee);
    TRY(take_side(call, input->side_commission, &shop->transfer_side));
    return take_side(call, input->side_commission_cc, &shop->service_side);
}

static struct result apply_input(const struct admin_call *call, const struct shop_input *input,
                                 struct shop_row *shop) {
    take_text(input->name, &shop->name);
    take_text(input->notify_url, &shop->notify_url);
    take_text(input->success_url, &shop->success_url);
    take_text(input->fail_url, &shop->fail_url);
    take_text(input->underpaid_tolerance, &shop->underpaid_tolerance);
    take_text(input->overpaid_tolerance, &shop->overpaid_tolerance);
    take_text(input->auto_confirm, &shop->auto_confirm);
    take_text(input->amount_min_usd, &shop->amount_min_usd);
    take_text(input->assets, &shop->assets);
    if (input->accept_late.present) {
        shop->accept_late = input->accept_late.value;
    }
    if (input->invoice_ttl_s.present) {
        shop->invoice_ttl_s = input->invoice_ttl_s.value;
    }
    TRY(take_fees(call, input, shop));
    return take_format(call, input->postback_format, &shop->postback_format);
}

static void write_shop(struct json_writer *json, const struct shop_row *shop) {
    json_write_object_begin(json);
    admin_text(json, "shop_id", shop->public_id);
    admin_text(json, "name", shop->name);
    admin_bool(json, "test", shop->test);
    admin_c_text(json, "postback_format", format_name(shop->postback_format));
    admin_text(json, "notify_url", shop->notify_url);
    admin_text(json, "success_url", shop->success_url);
    admin_text(json, "fail_url", shop->fail_url);
    admin_text(json, "underpaid_tolerance", shop->underpaid_tolerance);
    admin_text(json, "overpaid_tolerance", shop->overpaid_tolerance);
    admin_text(json, "auto_confirm", shop->auto_confirm);
    admin_bool(json, "accept_late", shop->accept_late);
    admin_c_text(json, "side_commission", side_name(shop->transfer_side));
    admin_text(json, "transfer_fee", shop->transfer_fee);
    admin_c_text(json, "side_commission_cc", side_name(shop->service_side));
    admin_text(json, "service_fee", shop->service_fee);
    admin_text(json, "amount_min_usd", shop->amount_min_usd);
    admin_words(json, "assets", shop->assets);
    admin_i64(json, "invoice_ttl_s", shop->invoice_ttl_s);
    admin_time(json, "created_at", shop->created_at_ms);
    json_write_object_end(json);
}

/* ---- create */

static struct result show_created(const struct admin_call *call, void *context,
                                  struct json_writer *json) {
    struct shop_create *create = context;
    json_write_object_begin(json);
    admin_text(json, "shop_id", create->shop.public_id);
    admin_c_text(json, "api_key", create->api_key);
    admin_text(json, "secret",
               (struct str){.ptr = (const char *)create->secret.bytes, .len = create->secret.len});
    admin_c_text(json, "postback_format", format_name(create->shop.postback_format));
    json_write_object_end(json);
    explicit_bzero(create->api_key, sizeof create->api_key);
    secret_wipe(&create->secret);
    return RESULT_OK;
}

static struct reply render_created(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_created);
}

static struct result prepare_create(const struct admin_call *call, struct admin_write *ret_write) {
    struct shop_input input = {0};
    TRY(admin_body(call, shop_fields, COUNT_OF(shop_fields), &input));
    struct shop_row shop = {.test = input.test.value, .service_side = FEE_MERCHANT};
    TRY(apply_input(call, &input, &shop));
    struct shop_create *create = ARENA_NEW(call->arena, struct shop_create);
    TRY(shop_prepare(call->app, call->arena, &shop, create));
    *ret_write = (struct admin_write){&shop_create_use_case, create, render_created};
    return RESULT_OK;
}

struct reply admin_shop_create(struct request *request) {
    return admin_write(request, prepare_create);
}

/* ---- list, show */

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct shop_list list;
    TRY(shop_list_load(call->reader, call->arena, &list));
    json_write_object_begin(json);
    json_write_key(json, STR("shops"));
    json_write_array_begin(json);
    for (size_t i = 0; i < list.count; i++) {
        write_shop(json, &list.shops[i]);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_shop_list(struct request *request) {
    return admin_read(request, read_list);
}

static struct result read_one(const struct admin_call *call, struct json_writer *json) {
    struct shop_row shop;
    TRY(shop_by_public_id(call->reader, call->arena, call->request->path_parameter, &shop));
    write_shop(json, &shop);
    return RESULT_OK;
}

struct reply admin_shop_show(struct request *request) {
    return admin_read(request, read_one);
}

/* ---- set */

static struct result show_set(const struct admin_call *call, void *input,
                              struct json_writer *json) {
    write_shop(json, input);
    return RESULT_OK;
}

static struct reply render_set(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_set);
}

static struct result prepare_set(const struct admin_call *call, struct admin_write *ret_write) {
    struct shop_input input = {0};
    TRY(admin_body(call, shop_fields, COUNT_OF(shop_fields), &input));
    struct shop_row *shop = ARENA_NEW(call->arena, struct shop_row);
    TRY(shop_by_public_id(call->reader, call->arena, call->request->path_parameter, shop));
    if (input.test.present && input.test.value != shop->test) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "a shop is a test shop for ever or never: make another one");
    }
    TRY(apply_input(call, &input, shop));
    TRY(shop_check(call->arena, shop));
    TRY(shop_check_notify_url(call->app, call->arena, input.notify_url));
    *ret_write = (struct admin_write){&shop_set_use_case, shop, render_set};
    return RESULT_OK;
}

struct reply admin_shop_set(struct request *request) {
    return admin_write(request, prepare_set);
}
