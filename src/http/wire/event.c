/* SPDX-License-Identifier: MIT */
#include "http/wire/event.h"

#include "app/shop_events.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "core/amount.h"
#include "core/asset.h"
#include "core/invoice_status.h"
#include "core/public_text.h"

static void put_text(struct json_writer *json, const char *key, struct str text) {
    json_write_key(json, str_from_c(key));
    json_write_str(json, text);
}

/* A detail that is no number of ours becomes null. */
static void put_number(struct json_writer *json, const char *key, struct str text) {
    int64_t number;
    json_write_key(json, str_from_c(key));
    if (str_to_i64(text, &number)) {
        json_write_i64(json, number);
    } else {
        json_write_null(json);
    }
}

static void put_flags(struct json_writer *json, struct str text) {
    uint64_t flags = 0;
    json_write_key(json, STR("flags"));
    json_write_array_begin(json);
    for (unsigned bit = 0; str_to_u64(text, &flags) && bit < INVOICE_FLAG_COUNT; bit++) {
        if ((flags & UINT64_C(1) << bit) != 0) {
            json_write_str(json, str_from_c(invoice_flag_name((enum invoice_flag)(1u << bit))));
        }
    }
    json_write_array_end(json);
}

/* ---- what each kind tells */

static void put_status(struct json_writer *json, struct arena *arena,
                       const struct journal_detail *detail) {
    (void)arena;
    put_text(json, "status_before", detail->from);
    put_text(json, "status", detail->to);
    put_text(json, "cause", detail->cause);
    put_flags(json, detail->flags_to);
}

static void put_payment(struct json_writer *json, struct arena *arena,
                        const struct journal_detail *detail) {
    const struct asset *asset = asset_by_code(detail->asset);
    struct amount amount;
    put_text(json, "txid", detail->txid);
    put_text(json, "currency", detail->asset);
    json_write_key(json, STR("amount"));
    if (asset != NULL && result_is_ok(amount_from_text(asset, detail->amount, &amount))) {
        json_write_number_text(json, amount_to_json(arena, amount));
    } else {
        json_write_null(json);
    }
    bool in_block = !str_eq(detail->height, STR("0"));
    put_number(json, "height", in_block ? detail->height : STR(""));
}

/* The delivery's own number counts those of all shops. */
static void put_nothing(struct json_writer *json, struct arena *arena,
                        const struct journal_detail *detail) {
    (void)json;
    (void)arena;
    (void)detail;
}

static void put_attempt(struct json_writer *json, struct arena *arena,
                        const struct journal_detail *detail) {
    (void)arena;
    bool answered = !str_eq(detail->http_status, STR("0"));
    put_number(json, "attempt", detail->attempt);
    put_number(json, "http_status", answered ? detail->http_status : STR(""));
}

static const struct {
    const char *event; /* in the journal */
    const char *type;
    void (*put)(struct json_writer *json, struct arena *arena, const struct journal_detail *detail);
} types[] = {
    {"status", "invoice_status", put_status},
    {"payment_seen", "payment_seen", put_payment},
    {"payment_mined", "payment_mined", put_payment},
    {"payment_confirmed", "payment_confirmed", put_payment},
    {"payment_unconfirmed", "payment_unconfirmed", put_payment},
    {"payment_undone", "payment_undone", put_payment},
    {"payment_gone", "payment_gone", put_payment},
    {"payment_foreign", "payment_foreign", put_payment},
    {"postback_queued", "postback_queued", put_nothing},
    {"postback_delivered", "postback_delivered", put_attempt},
    {"postback_failed", "postback_failed", put_attempt},
    {"postback_parked", "postback_parked", put_attempt},
    {"postback_withdrawn", "postback_withdrawn", put_nothing},
};

void wire_event(struct json_writer *json, struct arena *arena, const struct shop_event *event) {
    const struct journal_row *entry = &event->row->entry;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!str_eq(entry->event, str_from_c(types[i].event))) {
            continue;
        }
        const char *uuid = arena_printf(arena, "INV-%.*s", STR_ARG(event->invoice_id));
        json_write_object_begin(json);
        put_text(json, "id", event->id);
        put_text(json, "type", str_from_c(types[i].type));
        put_text(json, "created", public_time_to_text(arena, entry->at_ms));
        put_text(json, "uuid", str_from_c(uuid));
        put_text(json, "order_id", event->row->order_id);
        json_write_key(json, STR("data"));
        json_write_object_begin(json);
        types[i].put(json, arena, &event->detail);
        json_write_object_end(json);
        json_write_object_end(json);
    }
}
