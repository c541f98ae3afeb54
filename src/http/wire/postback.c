/* SPDX-License-Identifier: MIT */
#include "http/wire/postback.h"

#include "app/invoice_view.h"
#include "app/postback_body.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "http/wire/invoice.h"
#include "http/wire/return_url.h"

struct postback {
    struct str invoice_id;
    struct str amount_crypto; /* a JSON number */
    struct str currency;
    struct str order_id;
    struct str token;
    struct str invoice_info; /* JSON */
};

static struct str info_of(struct arena *arena, const struct invoice_view *view) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    wire_invoice(&json, arena, view, WIRE_POSTBACK);
    BUG_IF(text.failed);
    return buf_str(&text);
}

static void put_text(struct json_writer *json, struct str key, struct str text) {
    json_write_key(json, key);
    json_write_str(json, text);
}

static struct str as_json(struct arena *arena, const struct postback *postback) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, STR("status"), STR("success"));
    put_text(&json, STR("invoice_id"), postback->invoice_id);
    json_write_key(&json, STR("amount_crypto"));
    json_write_number_text(&json, postback->amount_crypto);
    put_text(&json, STR("currency"), postback->currency);
    put_text(&json, STR("order_id"), postback->order_id);
    put_text(&json, STR("token"), postback->token);
    json_write_key(&json, STR("invoice_info"));
    json_write_raw(&json, postback->invoice_info);
    json_write_object_end(&json);
    BUG_IF(text.failed);
    return buf_str(&text);
}

static void put_pair(struct buf *form, const char *key, struct str value) {
    buf_puts(form, key);
    buf_put_char(form, '=');
    percent_encode(form, value);
}

static struct str as_form(struct arena *arena, const struct postback *postback) {
    struct buf form = buf_in(arena);
    put_pair(&form, "status", STR("success"));
    put_pair(&form, "&invoice_id", postback->invoice_id);
    put_pair(&form, "&amount_crypto", postback->amount_crypto);
    put_pair(&form, "&currency", postback->currency);
    put_pair(&form, "&order_id", postback->order_id);
    put_pair(&form, "&token", postback->token);
    put_pair(&form, "&invoice_info", postback->invoice_info);
    BUG_IF(form.failed);
    return buf_str(&form);
}

struct postback_message wire_postback(struct arena *arena, const struct invoice_view *view,
                                      struct str token) {
    struct str order_id = view->invoice.order_id;
    struct postback postback = {
        .invoice_id = view->public_id,
        .amount_crypto = wire_received(arena, view),
        .currency = str_from_c(view->asset->code),
        .order_id = order_id.ptr == NULL ? STR("") : order_id,
        .token = token,
        .invoice_info = info_of(arena, view),
    };
    switch (view->shop.postback_format) {
    case POSTBACK_JSON:
        return (struct postback_message){STR("application/json"), as_json(arena, &postback)};
    case POSTBACK_FORM:
        return (struct postback_message){STR("application/x-www-form-urlencoded"),
                                         as_form(arena, &postback)};
    }
    BUG_IF(true);
}
