/* SPDX-License-Identifier: MIT */
#include "view_sample.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

static const int64_t created_at_ms = INT64_C(1804151700120); /* 2027-03-04 09:15:00.120 */

static struct amount money(const char *code, const char *text) {
    const struct asset *asset = asset_by_code(str_from_c(code));
    struct amount amount;
    if (asset == NULL) {
        asset = fiat_by_code(str_from_c(code));
    }
    BUG_IF(!result_is_ok(amount_from_text(asset, str_from_c(text), &amount)));
    return amount;
}

static void sum(struct invoice_view *view) {
    struct commission_state state = {
        .price_usd = view->invoice.price_usd,
        .due = view->shown == NULL ? view->invoice.price_usd : view->shown->row.due,
        .paid = view->shown == NULL ? money("USD", "0") : view->shown->confirmed,
        .settled = invoice_status_is_success(view->invoice.status),
    };
    BUG_IF(!result_is_ok(
        commission_sums_of(&view->invoice.commission, &state, &view->sums, &view->sums_usd)));
}

struct invoice_view view_of_unchosen(void) {
    struct invoice_view view = {
        .shop = {.id = 7,
                 .public_id = STR("AbCdEfGh12345678"),
                 .name = STR("Demo"),
                 .success_url = STR("https://shop.example/ok"),
                 .fail_url = STR("https://shop.example/bad?x=1")},
        .invoice = {.id = 12,
                    .shop_id = 7,
                    .status = INVOICE_CREATED,
                    .order_id = STR("order-55"),
                    .price = money("EUR", "50"),
                    .price_usd = money("USD", "54.5"),
                    .commission = {.service_side = FEE_MERCHANT},
                    .created_at_ms = created_at_ms,
                    .expires_at_ms = created_at_ms + 24 * 3600 * INT64_C(1000)},
        .public_id = STR("K7Q2M9XD"),
        .link = STR("https://pay.example/K7Q2M9XD"),
        .base_url = STR("https://img.example"),
        .asset = asset_by_code(STR("USDT_TRC20")),
    };
    sum(&view);
    return view;
}

struct invoice_view view_of_chosen(struct arena *arena) {
    struct invoice_view view = view_of_unchosen();
    struct option_view *option = ARENA_NEW(arena, struct option_view);
    option->row.asset = asset_by_code(STR("LTC"));
    option->row.due = money("LTC", "0.75");
    option->address.len = (uint8_t)snprintf(option->address.text, sizeof option->address.text,
                                            "rltc1qexampleexampleexample");
    option->has_address = true;
    option->paid = money("LTC", "0");
    option->confirmed = option->paid;
    option->surcharge = option->row.due;
    option->still_due = option->row.due;
    view.options = option;
    view.option_count = 1;
    view.shown = option;
    view.asset = option->row.asset;
    sum(&view);
    return view;
}

struct invoice_view view_of_paid(struct arena *arena) {
    struct invoice_view view = view_of_chosen(arena);
    struct option_view *option = &view.options[0];
    view.invoice.status = INVOICE_OVERPAID;
    view.invoice.finished_at_ms = created_at_ms + 60000;
    option->confirmed = money("LTC", "0.76");
    option->paid = option->confirmed;
    option->surcharge = money("LTC", "0");
    option->still_due = option->surcharge;
    sum(&view);
    view.payments = ARENA_ARRAY(arena, struct payment_row, 3);
    view.payment_count = 3;
    for (size_t i = 0; i < 3; i++) {
        view.payments[i].network = network_by_key(STR("ltc"));
        memset(view.payments[i].txid.bytes, i < 2 ? 0xab : 0xcd, HASH_BYTES);
    }
    return view;
}
