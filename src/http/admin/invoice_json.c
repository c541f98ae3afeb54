/* SPDX-License-Identifier: MIT */
#include "http/admin/invoice_json.h"

#include "app/app.h"

static void write_flags(struct json_writer *json, uint32_t flags) {
    json_write_key(json, STR("flags"));
    json_write_array_begin(json);
    for (unsigned bit = 0; bit < INVOICE_FLAG_COUNT; bit++) {
        if (flags & 1u << bit) {
            json_write_str(json, str_from_c(invoice_flag_name((enum invoice_flag)(1u << bit))));
        }
    }
    json_write_array_end(json);
}

void admin_invoice_row(const struct admin_call *call, struct json_writer *json,
                       const struct invoice_row *invoice, struct str shop_id) {
    admin_invoice_id(json, call, "invoice_id", invoice->id);
    admin_text(json, "shop_id", shop_id);
    admin_c_text(json, "status", invoice_status_name(invoice->status));
    write_flags(json, invoice->flags);
    admin_amount(json, call->arena, "amount", invoice->price);
    admin_c_text(json, "currency", invoice->price.asset->code);
    admin_amount(json, call->arena, "amount_usd", invoice->price_usd);
    admin_text(json, "order_id", invoice->order_id);
    admin_text(json, "email", invoice->email);
    admin_bool(json, "canceled_by_shop", invoice->canceled_by_shop);
    admin_bool(json, "confirmed_by_hand", invoice->confirmed_by_hand);
    admin_bool(json, "without_payment", invoice->without_payment);
    admin_time(json, "created_at", invoice->created_at_ms);
    admin_time(json, "expires_at", invoice->expires_at_ms);
    admin_time(json, "finished_at", invoice->finished_at_ms);
    admin_text(json, "link", app_invoice_link(call->arena, call->app, invoice->id));
}

static const char *payment_state_name(enum payment_state state) {
    switch (state) {
    case PAYMENT_SEEN:
        return "seen";
    case PAYMENT_SHALLOW:
        return "shallow";
    case PAYMENT_CONFIRMED:
        return "confirmed";
    case PAYMENT_GONE:
        return "gone";
    }
    BUG_IF(true);
}

static void write_option(const struct admin_call *call, struct json_writer *json,
                         const struct invoice_view *view, const struct option_view *option) {
    json_write_object_begin(json);
    admin_c_text(json, "asset", option->row.asset->code);
    admin_c_text(json, "network", option->row.network->key);
    json_write_key(json, STR("address"));
    if (option->has_address) {
        json_write_str(json, address_str(&option->address));
    } else {
        json_write_null(json);
    }
    admin_amount(json, call->arena, "due", option->row.due);
    admin_amount(json, call->arena, "paid", option->paid);
    admin_amount(json, call->arena, "confirmed", option->confirmed);
    admin_amount(json, call->arena, "still_due", option->still_due);
    admin_text(json, "rate", option->rate);
    admin_text(json, "rate_source", option->rate_source);
    admin_time(json, "rate_at", option->rate_at_ms);
    admin_i64(json, "wallet_id", option->row.wallet_id);
    admin_i64(json, "address_index", option->row.address_index);
    admin_bool(json, "shown", option == view->shown);
    json_write_object_end(json);
}

static void write_payment(const struct admin_call *call, struct json_writer *json,
                          const struct payment_row *payment) {
    json_write_object_begin(json);
    admin_c_text(json, "network", payment->network->key);
    admin_text(json, "txid", network_txid_text(call->arena, payment->network, payment->txid));
    admin_i64(json, "ordinal", payment->ordinal);
    admin_amount(json, call->arena, "amount", payment->amount);
    admin_c_text(json, "asset", payment->amount.asset->code);
    admin_c_text(json, "state", payment_state_name(payment->state));
    json_write_key(json, STR("height"));
    if (payment->height == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, payment->height);
    }
    admin_time(json, "first_seen_at", payment->first_seen_at_ms);
    admin_time(json, "block_time", payment->block_time_ms);
    json_write_object_end(json);
}

/* Those in the asset that was asked for, or those in any other. */
static void write_payments(const struct admin_call *call, struct json_writer *json,
                           const struct invoice_view *view, bool foreign) {
    json_write_key(json, foreign ? STR("foreign") : STR("payments"));
    json_write_array_begin(json);
    for (size_t i = 0; i < view->payment_count; i++) {
        if (invoice_view_is_foreign(view, &view->payments[i]) == foreign) {
            write_payment(call, json, &view->payments[i]);
        }
    }
    json_write_array_end(json);
}

void admin_write_invoice(const struct admin_call *call, struct json_writer *json,
                         const struct invoice_view *view) {
    json_write_object_begin(json);
    admin_invoice_row(call, json, &view->invoice, view->shop.public_id);
    bool is_receipt = view->shown != NULL && view->shown->row.kind == ADDRESS_STATIC;
    admin_c_text(json, "kind", is_receipt ? "static" : "invoice");
    json_write_key(json, STR("options"));
    json_write_array_begin(json);
    for (size_t i = 0; i < view->option_count; i++) {
        write_option(call, json, view, &view->options[i]);
    }
    json_write_array_end(json);
    write_payments(call, json, view, false);
    write_payments(call, json, view, true);
    json_write_object_end(json);
}
