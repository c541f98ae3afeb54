/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/delivery_list.h"
#include "app/delivery_resend.h"
#include "app/moment.h"
#include "app/shop_list.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void write_delivery(const struct admin_call *call, struct json_writer *json,
                           const struct shop_list *shops, const struct delivery_row *delivery) {
    admin_i64(json, "delivery_id", delivery->id);
    admin_c_text(json, "state", delivery_state_name(delivery->state));
    admin_invoice_id(json, call, "invoice_id", delivery->invoice_id);
    admin_text(json, "shop_id", shop_list_public_id(shops, delivery->shop_id));
    admin_text(json, "key", hex_encode(call->arena, BYTES_OF(delivery->key)));
    admin_i64(json, "attempts", delivery->attempts);
    admin_time(json, "created_at", delivery->created_at_ms);
    bool waits = delivery->state == DELIVERY_QUEUED || delivery->state == DELIVERY_DEFERRED;
    admin_time(json, "next_attempt_at", waits ? delivery->next_attempt_at_ms : 0);
    admin_time(json, "delivered_at", delivery->delivered_at_ms);
}

/* ---- list */

struct list_input {
    struct str shop;
    struct str state;
    struct field_integer limit;
    struct field_integer before;
};

static const struct field list_fields[] = {
    {"shop", FIELD_TEXT, 0, 64, offsetof(struct list_input, shop)},
    {"state", FIELD_TEXT, 0, 32, offsetof(struct list_input, state)},
    {"limit", FIELD_INTEGER, 0, 0, offsetof(struct list_input, limit)},
    {"before", FIELD_INTEGER, 0, 0, offsetof(struct list_input, before)},
};

enum { LIST_LIMIT_DEFAULT = 50 };

static struct result read_list_wanted(const struct admin_call *call,
                                      struct delivery_list_wanted *ret_wanted) {
    struct list_input input = {0};
    struct shop_row shop = {0};
    int64_t limit;
    TRY(admin_query(call, list_fields, COUNT_OF(list_fields), &input));
    *ret_wanted = (struct delivery_list_wanted){.by_state = input.state.len > 0};
    TRY(admin_number(call, "limit", input.limit, LIST_LIMIT_DEFAULT, DELIVERY_LIST_MAX, &limit));
    TRY(admin_number(call, "before", input.before, 0, INT64_MAX, &ret_wanted->before_id));
    if (input.shop.len > 0) {
        TRY(shop_by_public_id(call->reader, call->arena, input.shop, &shop));
    }
    ret_wanted->shop_id = shop.id;
    ret_wanted->limit = (uint32_t)limit;
    if (ret_wanted->by_state && !delivery_state_from_name(input.state, &ret_wanted->state)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "state is queued, deferred, delivered, withdrawn or parked");
    }
    return RESULT_OK;
}

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct delivery_list_wanted wanted;
    struct shop_list shops;
    const struct delivery_row *deliveries;
    size_t count;
    TRY(read_list_wanted(call, &wanted));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    TRY(delivery_list_load(call->reader, call->arena, &wanted, &deliveries, &count));
    json_write_object_begin(json);
    json_write_key(json, STR("deliveries"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(json);
        write_delivery(call, json, &shops, &deliveries[i]);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_delivery_list(struct request *request) {
    return admin_read(request, read_list);
}

/* ---- show */

static void write_attempt(struct json_writer *json, const struct attempt_row *attempt) {
    json_write_object_begin(json);
    admin_i64(json, "number", attempt->number);
    admin_time(json, "at", attempt->at_ms);
    admin_i64(json, "duration_ms", attempt->duration_ms);
    json_write_key(json, STR("http_status"));
    if (attempt->http_status == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, attempt->http_status);
    }
    admin_text(json, "outcome", attempt->outcome);
    admin_text(json, "url", attempt->url);
    json_write_object_end(json);
}

static struct result read_one(const struct admin_call *call, struct json_writer *json) {
    int64_t delivery_id;
    struct delivery_view view;
    struct shop_list shops;
    TRY(admin_path_id(call, &delivery_id));
    TRY(delivery_view_load(call->reader, call->arena, delivery_id, &view));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    json_write_object_begin(json);
    write_delivery(call, json, &shops, &view.delivery);
    json_write_key(json, STR("attempt_log"));
    json_write_array_begin(json);
    for (size_t i = 0; i < view.attempt_count; i++) {
        write_attempt(json, &view.attempts[i]);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_delivery_show(struct request *request) {
    return admin_read(request, read_one);
}

/* ---- resend */

struct resend_input {
    struct str what;
    struct str since;
};

static const struct field resend_fields[] = {
    {"what", FIELD_ID, 0, 32, offsetof(struct resend_input, what)},
    {"since", FIELD_TEXT, 0, 32, offsetof(struct resend_input, since)},
};

static struct result show_resent(const struct admin_call *call, void *context,
                                 struct json_writer *json) {
    const struct delivery_resend *resend = context;
    json_write_object_begin(json);
    admin_i64(json, "count", (int64_t)resend->count);
    json_write_object_end(json);
    return RESULT_OK;
}

static struct result name_the_missing(struct result outcome, const struct delivery_resend *resend) {
    if (outcome.code == &ERR_NOT_FOUND) {
        outcome.detail = resend->since_ms > 0 ? "no postback was made since then"
                         : resend->delivery_id > 0
                             ? "there is no such delivery"
                             : "there is no such invoice, or no postback was made for it";
    }
    return outcome;
}

static struct reply render_resent(struct request *request, struct result outcome, void *input) {
    outcome = name_the_missing(outcome, input);
    return admin_committed(request, outcome, input, show_resent);
}

/* Digits alone are a delivery; an invoice's id of digits alone needs its "INV-". */
static struct result read_what(const struct admin_call *call, const struct resend_input *input,
                               struct delivery_resend *resend) {
    if ((input->what.len > 0) == (input->since.len > 0)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "name a delivery or an invoice, or say --since when");
    }
    if (input->since.len > 0) {
        if (moment_from_text(call->app, input->since, &resend->since_ms) && resend->since_ms > 0) {
            return RESULT_OK;
        }
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "since is like 2h, 3d, 2025-01-31 or 2025-01-31T23:59:59Z");
    }
    if (str_to_i64(input->what, &resend->delivery_id) && resend->delivery_id > 0) {
        return RESULT_OK;
    }
    resend->delivery_id = 0;
    return name_the_missing(app_invoice_id_parse(call->app, input->what, &resend->invoice_id),
                            resend);
}

static struct result prepare_resend(const struct admin_call *call, struct admin_write *ret_write) {
    struct resend_input input = {0};
    TRY(admin_body(call, resend_fields, COUNT_OF(resend_fields), &input));
    struct delivery_resend *resend = ARENA_NEW(call->arena, struct delivery_resend);
    TRY(read_what(call, &input, resend));
    *ret_write = (struct admin_write){&delivery_resend_use_case, resend, render_resent};
    return RESULT_OK;
}

struct reply admin_delivery_resend(struct request *request) {
    return admin_write(request, prepare_resend);
}
