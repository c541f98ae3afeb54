/* SPDX-License-Identifier: MIT */
#include "http/wire/invoice.h"

#include "app/invoice_view.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "core/public_text.h"
#include "http/wire/currency.h"
#include "http/wire/return_url.h"

/* Of one asset, as JSON numbers. */
struct wire_sums {
    struct str amount, transfer_fee, service_fee, due, paid, received, surcharge;
};

/* The members' values: numbers are texts already, a NULL text is a null. */
struct wire_values {
    struct arena *arena;
    const struct invoice_view *view;
    enum wire_shape shape;

    struct str uuid, created, expiry_date, date_finished;
    struct str address, link, order_id, user_email;
    struct str status, invoice_status, fiat_currency;
    struct str price;
    struct wire_sums sums, usd;
    struct str amount_or_null;
    struct str transfer_side, service_side;
    struct str merchant, crypto, up, empty, null, zero, three;
    bool test, no;
};

static void put_currency(struct json_writer *json, const struct wire_values *values) {
    wire_currency(json, values->arena, values->view->asset, values->view->base_url);
}

static struct str project_url(const struct wire_values *values, struct str url) {
    if (values->shape != WIRE_ITEM) {
        return url.ptr == NULL ? STR("") : url;
    }
    return return_url(values->arena, url, values->view->invoice.order_id, values->uuid);
}

static void put_project(struct json_writer *json, const struct wire_values *values) {
    const struct shop_row *shop = &values->view->shop;
    json_write_object_begin(json);
    json_write_key(json, STR("id"));
    json_write_i64(json, shop->id);
    json_write_key(json, STR("name"));
    json_write_str(json, shop->name);
    json_write_key(json, STR("fail"));
    json_write_str(json, project_url(values, shop->fail_url));
    json_write_key(json, STR("success"));
    json_write_str(json, project_url(values, shop->success_url));
    json_write_key(json, STR("logo"));
    json_write_null(json);
    json_write_object_end(json);
}

static bool was_listed(const struct invoice_view *view, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (txid_eq(view->payments[i].txid, view->payments[index].txid)) {
            return true;
        }
    }
    return false;
}

static void put_tx_list(struct json_writer *json, const struct wire_values *values) {
    const struct invoice_view *view = values->view;
    json_write_array_begin(json);
    for (size_t i = 0; i < view->payment_count && i < WIRE_TX_LIST_MAX; i++) {
        const struct payment_row *payment = &view->payments[i];
        if (payment->state == PAYMENT_GONE || was_listed(view, i)) {
            continue;
        }
        json_write_str(json, network_txid_text(values->arena, payment->network, payment->txid));
    }
    json_write_array_end(json);
}

static void put_empty_array(struct json_writer *json, const struct wire_values *values) {
    (void)values;
    json_write_array_begin(json);
    json_write_array_end(json);
}

enum member_kind { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_BOOLEAN, MEMBER_PUT };

struct member {
    const char *key;
    unsigned shapes;
    enum member_kind kind;
    size_t offset; /* in struct wire_values */
    void (*put)(struct json_writer *json, const struct wire_values *values);
};

enum {
    CREATED = WIRE_CREATED,
    ITEM = WIRE_ITEM,
    POSTBACK = WIRE_POSTBACK,
    SINCE = ITEM | POSTBACK,
    EVERY = CREATED | SINCE
};

#define TEXT(member)    MEMBER_TEXT, offsetof(struct wire_values, member), NULL
#define NUMBER(member)  MEMBER_NUMBER, offsetof(struct wire_values, member), NULL
#define BOOLEAN(member) MEMBER_BOOLEAN, offsetof(struct wire_values, member), NULL
#define PUT(function)   MEMBER_PUT, 0, function

static const struct member members[] = {
    {"uuid", EVERY, TEXT(uuid)},
    {"created", EVERY, TEXT(created)},
    {"address", EVERY, TEXT(address)},
    {"expiry_date", EVERY, TEXT(expiry_date)},
    {"date_finished", SINCE, TEXT(date_finished)},
    {"side_commission", EVERY, TEXT(transfer_side)},
    {"side_commission_cc", CREATED | ITEM, TEXT(service_side)},
    {"amount", EVERY, NUMBER(sums.amount)},
    {"amount_", POSTBACK, NUMBER(sums.amount)},
    {"amount_usd", EVERY, NUMBER(usd.amount)},
    {"amount_in_fiat", EVERY, NUMBER(price)},
    {"amount_in_crypto", SINCE, NUMBER(amount_or_null)},
    {"amount_to_pay", SINCE, NUMBER(sums.due)},
    {"amount_to_pay_usd", SINCE, NUMBER(usd.due)},
    {"amount_paid", SINCE, NUMBER(sums.paid)},
    {"amount_paid_usd", SINCE, NUMBER(usd.paid)},
    {"fee", EVERY, NUMBER(sums.transfer_fee)},
    {"fee_usd", EVERY, NUMBER(usd.transfer_fee)},
    {"service_fee", EVERY, NUMBER(sums.service_fee)},
    {"service_fee_usd", EVERY, NUMBER(usd.service_fee)},
    {"received", SINCE, NUMBER(sums.received)},
    {"received_usd", SINCE, NUMBER(usd.received)},
    {"to_surcharge", SINCE, NUMBER(sums.surcharge)},
    {"to_surcharge_usd", SINCE, NUMBER(usd.surcharge)},
    {"type_payments", EVERY, TEXT(crypto)},
    {"fiat_currency", CREATED | ITEM, TEXT(fiat_currency)},
    {"status", EVERY, TEXT(status)},
    {"invoice_status", SINCE, TEXT(invoice_status)},
    {"is_email_required", EVERY, BOOLEAN(no)},
    {"link", CREATED | ITEM, TEXT(link)},
    {"pay_url", ITEM, TEXT(link)},
    {"invoice_id", CREATED | ITEM, TEXT(null)},
    {"currency", EVERY, PUT(put_currency)},
    {"project", EVERY, PUT(put_project)},
    {"order_id", ITEM, TEXT(order_id)},
    {"user_email", ITEM, TEXT(user_email)},
    {"phone", ITEM, TEXT(empty)},
    {"type", SINCE, TEXT(up)},
    {"tx_list", SINCE, PUT(put_tx_list)},
    {"test_mode", EVERY, BOOLEAN(test)},
    {"total_rub", POSTBACK, NUMBER(zero)},
    {"step", POSTBACK, NUMBER(three)},
    {"aml_enabled", POSTBACK, BOOLEAN(no)},
    {"aml_side", POSTBACK, TEXT(merchant)},
    {"aml_checks", POSTBACK, PUT(put_empty_array)},
    {"links_invoice", POSTBACK, TEXT(null)},
};

static struct str text_at(const struct wire_values *values, size_t offset) {
    return *(const struct str *)(const void *)((const char *)values + offset);
}

static void put_member(struct json_writer *json, const struct wire_values *values,
                       const struct member *member) {
    switch (member->kind) {
    case MEMBER_TEXT:
    case MEMBER_NUMBER: {
        struct str text = text_at(values, member->offset);
        if (text.ptr == NULL) {
            json_write_null(json);
        } else if (member->kind == MEMBER_TEXT) {
            json_write_str(json, text);
        } else {
            json_write_number_text(json, text);
        }
        return;
    }
    case MEMBER_BOOLEAN:
        json_write_bool(json, *(const bool *)((const char *)values + member->offset));
        return;
    case MEMBER_PUT:
        member->put(json, values);
        return;
    }
}

static struct str or_empty(struct str text) {
    return text.ptr == NULL ? STR("") : text;
}

static struct str time_or_null(struct arena *arena, int64_t at_ms) {
    return at_ms == 0 ? (struct str){0} : public_time_to_text(arena, at_ms);
}

static struct wire_sums sums_text(struct arena *arena, const struct commission_sums *sums) {
    return (struct wire_sums){
        .amount = amount_to_json(arena, sums->amount),
        .transfer_fee = amount_to_json(arena, sums->transfer_fee),
        .service_fee = amount_to_json(arena, sums->service_fee),
        .due = amount_to_json(arena, sums->due),
        .paid = amount_to_json(arena, sums->paid),
        .received = amount_to_json(arena, sums->received),
        .surcharge = amount_to_json(arena, sums->surcharge),
    };
}

static struct str side_word(enum fee_side side) {
    switch (side) {
    case FEE_CLIENT:
        return STR("client");
    case FEE_MERCHANT:
        return STR("merchant");
    }
    BUG_IF(true);
}

static void set_sums(struct wire_values *values) {
    const struct invoice_view *view = values->view;
    values->price = amount_to_json(values->arena, view->invoice.price);
    values->sums = sums_text(values->arena, &view->sums);
    values->usd = sums_text(values->arena, &view->sums_usd);
    /* A rehearsal may be paid with nothing chosen; a postback's receivers need a number. */
    if (view->shown != NULL || values->shape == WIRE_POSTBACK) {
        values->amount_or_null = values->sums.amount;
    }
    values->transfer_side = side_word(view->invoice.commission.transfer_side);
    values->service_side = side_word(view->invoice.commission.service_side);
}

static void set_words(struct wire_values *values) {
    const struct invoice_view *view = values->view;
    const struct invoice_row *invoice = &view->invoice;
    struct arena *arena = values->arena;
    bool success = invoice_status_is_success(invoice->status);
    values->uuid = str_from_c(arena_printf(arena, "INV-%.*s", STR_ARG(view->public_id)));
    values->created = public_time_to_text(arena, invoice->created_at_ms);
    values->expiry_date = public_time_to_text(arena, invoice->expires_at_ms);
    values->date_finished = time_or_null(arena, invoice->finished_at_ms);
    values->address = view->shown != NULL && view->shown->has_address
                          ? address_str(&view->shown->address)
                          : STR("");
    values->link = view->link;
    values->order_id = or_empty(invoice->order_id);
    values->user_email = or_empty(invoice->email);
    values->status = str_from_c(invoice_status_name(invoice->status));
    values->invoice_status = success ? STR("success") : values->status;
    values->fiat_currency = str_from_c(invoice->price.asset->code);
    values->test = (invoice->flags & INVOICE_FLAG_TEST) != 0;
}

struct str wire_received(struct arena *arena, const struct invoice_view *view) {
    return amount_to_json(arena, view->sums.paid);
}

void wire_invoice(struct json_writer *json, struct arena *arena, const struct invoice_view *view,
                  enum wire_shape shape) {
    struct wire_values values = {
        .arena = arena,
        .view = view,
        .shape = shape,
        .merchant = STR("merchant"),
        .crypto = STR("crypto"),
        .up = STR("up"),
        .empty = STR(""),
        .zero = STR("0"),
        .three = STR("3"),
    };
    set_words(&values);
    set_sums(&values);
    json_write_object_begin(json);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if ((members[i].shapes & shape) != 0) {
            json_write_key(json, str_from_c(members[i].key));
            put_member(json, &values, &members[i]);
        }
    }
    json_write_object_end(json);
}
