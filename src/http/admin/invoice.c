/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/invoice_cancel.h"
#include "app/invoice_confirm.h"
#include "app/invoice_create.h"
#include "app/invoice_explain.h"
#include "app/invoice_list.h"
#include "app/shop_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"
#include "http/admin/invoice_json.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct result path_invoice(const struct admin_call *call, int64_t *ret_id) {
    return app_invoice_id_parse(call->app, call->request->path_parameter, ret_id);
}

/* ---- create */

struct create_input {
    struct str shop_id;
    struct str amount;
    struct str currency;
    struct str crypto;
    struct str order_id;
    struct str email;
    struct field_integer ttl_s;
};

#define INPUT(member) offsetof(struct create_input, member)

static const struct field create_fields[] = {
    {"shop_id", FIELD_TEXT, FIELD_REQUIRED, 64, INPUT(shop_id)},
    {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 64, INPUT(amount)},
    {"currency", FIELD_TEXT, FIELD_REQUIRED, 8, INPUT(currency)},
    {"crypto", FIELD_TEXT, 0, 32, INPUT(crypto)},
    {"order_id", FIELD_ID, 0, ORDER_ID_BYTES_MAX, INPUT(order_id)},
    {"email", FIELD_TEXT, 0, EMAIL_BYTES_MAX, INPUT(email)},
    {"ttl_s", FIELD_INTEGER, 0, 0, INPUT(ttl_s)},
};

static struct result show_created(const struct admin_call *call, void *context,
                                  struct json_writer *json) {
    struct invoice_view view;
    TRY(invoice_view_of_new(call->app, call->arena, context, &view));
    admin_write_invoice(call, json, &view);
    return RESULT_OK;
}

static struct reply render_created(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_created);
}

static struct result read_wanted(const struct admin_call *call, const struct create_input *input,
                                 struct invoice_wanted *ret_wanted) {
    *ret_wanted = (struct invoice_wanted){
        .amount = input->amount,
        .fiat = fiat_by_code(input->currency),
        .order_id = input->order_id.ptr == NULL ? STR("") : input->order_id,
        .email = input->email.ptr == NULL ? STR("") : input->email,
        .asset = input->crypto.len == 0 ? NULL : asset_by_code(input->crypto),
        .assets = STR(""),
    };
    if (ret_wanted->fiat == NULL) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "there is no currency \"%.*s\"",
                            STR_ARG(input->currency));
    }
    if (input->crypto.len > 0 && ret_wanted->asset == NULL) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "there is no asset \"%.*s\"",
                            STR_ARG(input->crypto));
    }
    return admin_number(call, "ttl_s", input->ttl_s, 0, INVOICE_TTL_MAX_S, &ret_wanted->ttl_s);
}

static struct result prepare_create(const struct admin_call *call, struct admin_write *ret_write) {
    struct create_input input = {0};
    TRY(admin_body(call, create_fields, COUNT_OF(create_fields), &input));
    struct shop_row shop;
    struct invoice_wanted wanted;
    TRY(shop_by_public_id(call->reader, call->arena, input.shop_id, &shop));
    TRY(read_wanted(call, &input, &wanted));
    struct invoice_create *create = ARENA_NEW(call->arena, struct invoice_create);
    TRY(invoice_prepare(call->app, call->reader, call->arena, &shop, &wanted, create));
    *ret_write = (struct admin_write){&invoice_create_use_case, create, render_created};
    return RESULT_OK;
}

struct reply admin_invoice_create(struct request *request) {
    return admin_write(request, prepare_create);
}

/* ---- show */

static struct result write_by_id(const struct admin_call *call, int64_t invoice_id,
                                 struct json_writer *json) {
    struct invoice_view view;
    TRY(invoice_view_load(call->app, call->reader, call->arena, 0, invoice_id, &view));
    admin_write_invoice(call, json, &view);
    return RESULT_OK;
}

static struct result read_one(const struct admin_call *call, struct json_writer *json) {
    int64_t invoice_id;
    TRY(path_invoice(call, &invoice_id));
    return write_by_id(call, invoice_id, json);
}

struct reply admin_invoice_show(struct request *request) {
    return admin_read(request, read_one);
}

/* ---- explain */

static struct result read_explanation(const struct admin_call *call, struct json_writer *json) {
    int64_t invoice_id;
    struct invoice_view view;
    struct invoice_explanation explanation;
    TRY(path_invoice(call, &invoice_id));
    TRY(invoice_view_load(call->app, call->reader, call->arena, 0, invoice_id, &view));
    TRY(invoice_explain(call->app, call->reader, call->arena, &view, &explanation));
    json_write_object_begin(json);
    admin_invoice_id(json, call, "invoice_id", invoice_id);
    admin_c_text(json, "status", invoice_status_name(view.invoice.status));
    admin_text(json, "summary", explanation.summary);
    json_write_key(json, STR("timeline"));
    json_write_array_begin(json);
    for (size_t i = 0; i < explanation.count; i++) {
        json_write_object_begin(json);
        admin_time(json, "at", explanation.moments[i].at_ms);
        admin_text(json, "event", explanation.moments[i].event);
        admin_text(json, "what", explanation.moments[i].what);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_invoice_explain(struct request *request) {
    return admin_read(request, read_explanation);
}

/* ---- list */

struct list_input {
    struct str shop;
    struct field_integer limit;
    struct field_integer offset;
};

static const struct field list_fields[] = {
    {"shop", FIELD_TEXT, 0, 64, offsetof(struct list_input, shop)},
    {"limit", FIELD_INTEGER, 0, 0, offsetof(struct list_input, limit)},
    {"offset", FIELD_INTEGER, 0, 0, offsetof(struct list_input, offset)},
};

enum { LIST_LIMIT_DEFAULT = 50, LIST_OFFSET_MAX = 1000000 };

static struct result read_list_wanted(const struct admin_call *call,
                                      struct invoice_list_wanted *ret_wanted) {
    struct list_input input = {0};
    struct shop_row shop = {0};
    int64_t limit;
    int64_t offset;
    TRY(admin_query(call, list_fields, COUNT_OF(list_fields), &input));
    TRY(admin_number(call, "limit", input.limit, LIST_LIMIT_DEFAULT, INVOICE_LIST_MAX, &limit));
    TRY(admin_number(call, "offset", input.offset, 0, LIST_OFFSET_MAX, &offset));
    if (input.shop.len > 0) {
        TRY(shop_by_public_id(call->reader, call->arena, input.shop, &shop));
    }
    *ret_wanted = (struct invoice_list_wanted){
        .shop_id = shop.id,
        .days = INVOICE_LIST_ALL_DAYS,
        .limit = (uint32_t)limit,
        .offset = offset,
    };
    return RESULT_OK;
}

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct invoice_list_wanted wanted;
    struct invoice_list list;
    struct shop_list shops;
    TRY(read_list_wanted(call, &wanted));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    TRY(invoice_list_load(call->reader, call->arena, &wanted, &list));
    json_write_object_begin(json);
    admin_i64(json, "total", list.total);
    json_write_key(json, STR("invoices"));
    json_write_array_begin(json);
    for (size_t i = 0; i < list.count; i++) {
        const struct invoice_row *invoice = &list.invoices[i];
        json_write_object_begin(json);
        admin_invoice_row(call, json, invoice, shop_list_public_id(&shops, invoice->shop_id));
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_invoice_list(struct request *request) {
    return admin_read(request, read_list);
}

/* ---- cancel, confirm */

static struct result show_canceled(const struct admin_call *call, void *context,
                                   struct json_writer *json) {
    const struct invoice_cancel *cancel = context;
    return write_by_id(call, cancel->invoice_id, json);
}

static struct reply render_canceled(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_canceled);
}

static struct result prepare_cancel(const struct admin_call *call, struct admin_write *ret_write) {
    struct invoice_cancel *cancel = ARENA_NEW(call->arena, struct invoice_cancel);
    TRY(path_invoice(call, &cancel->invoice_id));
    *ret_write = (struct admin_write){&invoice_cancel_use_case, cancel, render_canceled};
    return RESULT_OK;
}

struct reply admin_invoice_cancel(struct request *request) {
    return admin_write(request, prepare_cancel);
}

struct confirm_input {
    struct str reason;
    struct field_boolean without_payment;
};

static const struct field confirm_fields[] = {
    {"reason", FIELD_TEXT, 0, 500, offsetof(struct confirm_input, reason)},
    {"without_payment", FIELD_BOOLEAN, 0, 0, offsetof(struct confirm_input, without_payment)},
};

static struct str reason_json(struct arena *arena, struct str reason) {
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    admin_text(&json, "reason", reason);
    json_write_object_end(&json);
    return buf_str(&out);
}

static struct result show_confirmed(const struct admin_call *call, void *context,
                                    struct json_writer *json) {
    const struct invoice_confirm *confirm = context;
    return write_by_id(call, confirm->invoice_id, json);
}

static struct reply render_confirmed(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_confirmed);
}

static struct result prepare_confirm(const struct admin_call *call, struct admin_write *ret_write) {
    struct confirm_input input = {0};
    TRY(admin_body(call, confirm_fields, COUNT_OF(confirm_fields), &input));
    struct invoice_confirm *confirm = ARENA_NEW(call->arena, struct invoice_confirm);
    TRY(path_invoice(call, &confirm->invoice_id));
    confirm->without_payment = input.without_payment.value;
    if (str_is_empty(input.reason) && !confirm->without_payment) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "reason is missing");
    }
    confirm->reason_json = reason_json(
        call->arena, str_is_empty(input.reason) ? STR("without payment") : input.reason);
    *ret_write = (struct admin_write){&invoice_confirm_use_case, confirm, render_confirmed};
    return RESULT_OK;
}

struct reply admin_invoice_confirm(struct request *request) {
    return admin_write(request, prepare_confirm);
}
