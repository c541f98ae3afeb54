/* SPDX-License-Identifier: MIT */
#include "support/page_views.h"

enum { NOW_MS = 1000, MINUTE_MS = 60000 };

static const int64_t start_ms = 1893495600000; /* 2030-01-01 11:00 UTC */

#define ADDRESS STR("ltc1q8c6fshw2dlwun7ekn9qwf37cu2rn755u9ym7p0")

const char *const page_state_names[CHECKOUT_STATE_COUNT] = {
    [CHECKOUT_CHOOSE] = "choose",   [CHECKOUT_WAITING] = "waiting",
    [CHECKOUT_SEEN] = "seen",       [CHECKOUT_PARTIAL] = "partial",
    [CHECKOUT_PAID] = "paid",       [CHECKOUT_OVERPAID] = "overpaid",
    [CHECKOUT_EXPIRED] = "expired", [CHECKOUT_SHORT] = "short",
    [CHECKOUT_LATE] = "late",       [CHECKOUT_CANCELED] = "canceled",
    [CHECKOUT_OFFLINE] = "offline", [CHECKOUT_DISPUTE] = "dispute",
    [CHECKOUT_PROBLEM] = "problem",
};

static const struct checkout_choice choices[] = {
    {STR("USDT_TRC20"), STR("USDT"), STR("Tether"), STR("Tron (TRC20)"), STR("27.18")},
    {STR("BTC"), STR("BTC"), STR("Bitcoin"), STR(""), STR("0.00045312")},
    {STR("LTC"), STR("LTC"), STR("Litecoin"), STR(""), STR("0.31248047")},
};

static const struct checkout_payment one_payment[] = {
    {.amount = STR("0.1"),
     .unit = STR("LTC"),
     .txid = STR("6f7cf9580f1c2dfb3c4d5d043cdbb128c640e3f20161245aa7372e9666168516"),
     .depth_blocks = 3,
     .needed_blocks = 6,
     .arrived_at_ms = 1893495720000},
};

static struct checkout_view with_payment(struct checkout_view view, struct str received,
                                         struct str still_due) {
    view.payments = one_payment;
    view.payment_count = 1;
    view.received = received;
    view.still_due = still_due;
    view.depth_blocks = 3;
    view.needed_blocks = 6;
    view.paid_at_ms = one_payment[0].arrived_at_ms;
    return view;
}

static struct checkout_view with_address(struct checkout_view view) {
    view.address = ADDRESS;
    view.uri = str_eq(view.still_due, view.due)
                   ? STR("litecoin:ltc1q8c6fshw2dlwun7ekn9qwf37cu2rn755u9ym7p0?amount=0.31248047")
                   : STR("litecoin:ltc1q8c6fshw2dlwun7ekn9qwf37cu2rn755u9ym7p0?amount=0.21248047");
    return view;
}

static struct checkout_view plain_view(enum checkout_state state, const struct language *language) {
    return (struct checkout_view){
        .state = state,
        .language = language,
        .live = true,
        .public_id = STR("K7Q2M9XD"),
        .shop_name = STR("Bücher & Tee"),
        .price = STR("25.00"),
        .price_currency = STR("EUR"),
        .unit = STR("LTC"),
        .network = STR("Litecoin"),
        .due = STR("0.31248047"),
        .received = STR("0"),
        .still_due = STR("0.31248047"),
        .excess = STR("0"),
        .rate = STR("80.0050"),
        .rate_at_ms = start_ms,
        .created_at_ms = start_ms,
        .now_ms = start_ms + 3 * MINUTE_MS,
        .expires_at_ms = start_ms + 15 * MINUTE_MS,
    };
}

struct checkout_view page_view_of_token(const struct language *language) {
    struct checkout_view view = plain_view(CHECKOUT_WAITING, language);
    view.unit = STR("TUSD");
    view.network = STR("Ethereum (ERC20)");
    view.due = STR("27.18281828");
    view.still_due = view.due;
    view.rate = STR("0.9197");
    view.changeable = true;
    view.address = STR("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359");
    view.uri = STR("ethereum:0x0000000000085d4780B73119b644AE5ecd22b376@1/transfer?address="
                   "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359&uint256=27182818280000000000");
    view.address_first = true;
    return view;
}

struct checkout_view page_view_of(enum checkout_state state, const struct language *language) {
    struct checkout_view view = plain_view(state, language);
    switch (state) {
    case CHECKOUT_CHOOSE:
        view.unit = STR("");
        view.choices = choices;
        view.choice_count = sizeof choices / sizeof choices[0];
        return view;
    case CHECKOUT_WAITING:
        view.test = true;
        view.changeable = true;
        return with_address(view);
    case CHECKOUT_OFFLINE:
        view.lag_min = 6;
        return with_address(view);
    case CHECKOUT_PARTIAL:
        return with_address(with_payment(view, STR("0.1"), STR("0.21248047")));
    case CHECKOUT_SEEN:
        return with_payment(view, view.due, STR("0"));
    case CHECKOUT_PAID:
        view.live = false;
        view.return_url = STR("https://shop.example/thanks?order_id=7&invoice_uuid=K7Q2M9XD");
        return with_payment(view, view.due, STR("0"));
    case CHECKOUT_OVERPAID:
        view.excess = STR("0.08751953");
        view.test = true;
        return with_payment(view, STR("0.4"), STR("0"));
    case CHECKOUT_SHORT:
    case CHECKOUT_LATE:
    case CHECKOUT_DISPUTE:
        view.return_url = STR("https://shop.example/failed?order_id=7&invoice_uuid=K7Q2M9XD");
        return with_payment(view, STR("0.1"), STR("0.21248047"));
    case CHECKOUT_EXPIRED:
        view.now_ms = view.expires_at_ms + NOW_MS;
        view.return_url = STR("https://shop.example/failed?order_id=7&invoice_uuid=K7Q2M9XD");
        return view;
    case CHECKOUT_CANCELED:
    case CHECKOUT_PROBLEM:
        return view;
    }
    __builtin_unreachable();
}
