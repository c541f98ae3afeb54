/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/payout_finish.h"
#include "app/payout_list.h"
#include "app/shop_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { NOTE_BYTES_MAX = 500, LIST_LIMIT_DEFAULT = 50 };

static struct result path_payout(const struct admin_call *call, int64_t *ret_id) {
    return app_invoice_id_parse(call->app, call->request->path_parameter, ret_id);
}

static void write_payout(const struct admin_call *call, struct json_writer *json,
                         const struct shop_list *shops, const struct payout_row *payout) {
    json_write_object_begin(json);
    admin_invoice_id(json, call, "payout_id", payout->id);
    admin_text(json, "shop_id", shop_list_public_id(shops, payout->shop_id));
    admin_i64(json, "key_id", payout->api_key_id);
    admin_c_text(json, "status", payout_status_name(payout->status));
    admin_c_text(json, "network", payout->network->key);
    admin_c_text(json, "asset", payout->amount.asset->code);
    admin_amount(json, call->arena, "amount", payout->amount);
    admin_text(json, "to_address", payout->to_address);
    admin_text(json, "note", payout->note);
    json_write_key(json, STR("export_id"));
    if (payout->export_id == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, payout->export_id);
    }
    admin_time(json, "created_at", payout->created_at_ms);
    admin_time(json, "finished_at", payout->finished_at_ms);
    json_write_object_end(json);
}

/* ---- list */

struct list_input {
    struct str shop;
    struct str status;
    struct str before;
    struct field_integer limit;
};

static const struct field list_fields[] = {
    {"shop", FIELD_TEXT, 0, 64, offsetof(struct list_input, shop)},
    {"status", FIELD_TEXT, 0, 32, offsetof(struct list_input, status)},
    {"before", FIELD_ID, 0, 32, offsetof(struct list_input, before)},
    {"limit", FIELD_INTEGER, 0, 0, offsetof(struct list_input, limit)},
};

static struct result read_list_wanted(const struct admin_call *call,
                                      struct payout_list_wanted *ret_wanted) {
    struct list_input input = {0};
    struct shop_row shop = {0};
    int64_t limit;
    TRY(admin_query(call, list_fields, COUNT_OF(list_fields), &input));
    TRY(admin_number(call, "limit", input.limit, LIST_LIMIT_DEFAULT, PAYOUT_LIST_MAX, &limit));
    *ret_wanted =
        (struct payout_list_wanted){.by_status = input.status.len > 0, .limit = (uint32_t)limit};
    if (input.shop.len > 0) {
        TRY(shop_by_public_id(call->reader, call->arena, input.shop, &shop));
    }
    ret_wanted->shop_id = shop.id;
    if (input.before.len > 0) {
        TRY(app_invoice_id_parse(call->app, input.before, &ret_wanted->before_id));
    }
    if (ret_wanted->by_status && !payout_status_from_name(input.status, &ret_wanted->status)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "status is created, done or canceled");
    }
    return RESULT_OK;
}

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct payout_list_wanted wanted;
    struct shop_list shops;
    const struct payout_row *payouts;
    size_t count;
    TRY(read_list_wanted(call, &wanted));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    TRY(payout_list_load(call->reader, call->arena, &wanted, &payouts, &count));
    json_write_object_begin(json);
    json_write_key(json, STR("payouts"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        write_payout(call, json, &shops, &payouts[i]);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_payout_list(struct request *request) {
    return admin_read(request, read_list);
}

/* ---- show */

static struct result write_by_id(const struct admin_call *call, int64_t payout_id,
                                 struct json_writer *json) {
    struct payout_row payout;
    struct shop_list shops;
    TRY(payout_load(call->reader, call->arena, payout_id, &payout));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    write_payout(call, json, &shops, &payout);
    return RESULT_OK;
}

static struct result read_one(const struct admin_call *call, struct json_writer *json) {
    int64_t payout_id;
    TRY(path_payout(call, &payout_id));
    return write_by_id(call, payout_id, json);
}

struct reply admin_payout_show(struct request *request) {
    return admin_read(request, read_one);
}

/* ---- done, cancel */

struct finish_input {
    struct str note;
};

static const struct field finish_fields[] = {
    {"note", FIELD_TEXT, 0, NOTE_BYTES_MAX, offsetof(struct finish_input, note)},
};

static struct result show_finished(const struct admin_call *call, void *context,
                                   struct json_writer *json) {
    const struct payout_finish *finish = context;
    return write_by_id(call, finish->payout_id, json);
}

static struct reply render_finished(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_finished);
}

static struct result prepare_finish(const struct admin_call *call, enum payout_status status,
                                    struct admin_write *ret_write) {
    struct finish_input input = {0};
    TRY(admin_body(call, finish_fields, COUNT_OF(finish_fields), &input));
    struct payout_finish *finish = ARENA_NEW(call->arena, struct payout_finish);
    TRY(path_payout(call, &finish->payout_id));
    finish->status = status;
    finish->note = input.note.ptr == NULL ? STR("") : input.note;
    *ret_write = (struct admin_write){&payout_finish_use_case, finish, render_finished};
    return RESULT_OK;
}

static struct result prepare_done(const struct admin_call *call, struct admin_write *ret_write) {
    return prepare_finish(call, PAYOUT_DONE, ret_write);
}

static struct result prepare_cancel(const struct admin_call *call, struct admin_write *ret_write) {
    return prepare_finish(call, PAYOUT_CANCELED, ret_write);
}

struct reply admin_payout_done(struct request *request) {
    return admin_write(request, prepare_done);
}

struct reply admin_payout_cancel(struct request *request) {
    return admin_write(request, prepare_cancel);
}
