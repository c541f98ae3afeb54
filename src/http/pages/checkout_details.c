/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/result.h"
#include "http/pages/checkout_parts.h"
#include "http/pages/html.h"

static void put_pair(struct buf *out, const struct checkout_view *view, enum word label,
                     struct str text) {
    html_fill(out, "<div><dt>{1}</dt><dd><bdi>{2}</bdi></dd></div>",
              GAPS(checkout_word(view, label), text));
}

static void put_time_pair(struct buf *out, const struct checkout_view *view, enum word label,
                          int64_t at_ms) {
    html_fill(out, "<div><dt>{1}</dt><dd>", GAPS(checkout_word(view, label)));
    checkout_time(out, at_ms);
    buf_puts(out, "</dd></div>");
}

static void put_option(struct buf *out, const struct checkout_view *view) {
    struct str rate = str_from_c(arena_printf(out->arena, "1 %.*s = %.*s %.*s", STR_ARG(view->unit),
                                              STR_ARG(view->rate), STR_ARG(view->price_currency)));
    put_pair(out, view, WORD_NETWORK, view->network);
    if (!str_is_empty(view->rate)) {
        put_pair(out, view, WORD_RATE, rate);
        put_time_pair(out, view, WORD_RATE_TIME, view->rate_at_ms);
    }
    if (!str_is_empty(view->transfer_fee)) {
        put_pair(out, view, WORD_TRANSFER_FEE,
                 checkout_amount(out, view->transfer_fee, view->unit));
    }
    if (!str_is_empty(view->service_fee)) {
        put_pair(out, view, WORD_SERVICE_FEE, checkout_amount(out, view->service_fee, view->unit));
    }
    put_pair(out, view, WORD_RECEIVED, checkout_amount(out, view->received, view->unit));
    put_pair(out, view, WORD_STILL_DUE, checkout_amount(out, view->still_due, view->unit));
}

static void put_payments(struct buf *out, const struct checkout_view *view) {
    html_fill(out, "<h2>{1}</h2><ul class=\"payments\">", GAPS(checkout_word(view, WORD_PAYMENTS)));
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct checkout_payment *payment = &view->payments[i];
        html_fill(out, "<li><b><bdi>{1}</bdi></b> ",
                  GAPS(checkout_amount(out, payment->amount, payment->unit)));
        if (payment->foreign) {
            html_sentence(out, view->language->words[WORD_FOREIGN], NO_GAPS);
        } else if (payment->awaits_final) {
            html_sentence(out, view->language->words[WORD_AWAITS_FINAL], NO_GAPS);
        } else if (payment->depth_blocks >= payment->needed_blocks) {
            html_sentence(out, view->language->words[WORD_CONFIRMED], NO_GAPS);
        } else {
            html_sentence(out, view->language->words[WORD_CONFIRMATIONS],
                          GAPS(str_from_c(arena_printf(out->arena, "%u", payment->depth_blocks)),
                               str_from_c(arena_printf(out->arena, "%u", payment->needed_blocks))));
        }
        buf_puts(out, " · ");
        checkout_time(out, payment->arrived_at_ms);
        html_fill(out, "<code dir=\"ltr\">{1}</code></li>", GAPS(payment->txid));
    }
    buf_puts(out, "</ul>");
}

void checkout_details(struct buf *out, const struct checkout_view *view) {
    html_fill(out, "<details id=\"more\"><summary>{1}</summary><dl>",
              GAPS(checkout_word(view, WORD_DETAILS)));
    put_pair(out, view, WORD_INVOICE, checkout_number(out, view));
    put_pair(out, view, WORD_PRICE, checkout_amount(out, view->price, view->price_currency));
    if (!str_is_empty(view->unit)) {
        put_option(out, view);
    }
    buf_puts(out, "</dl>");
    if (view->payment_count > 0) {
        put_payments(out, view);
    }
    buf_puts(out, "</details>");
}

static void put_choice(struct buf *out, const struct checkout_choice *choice) {
    html_fill(out, "<button name=\"asset\" value=\"{1}\" id=\"choose-{1}\"><b>{2}</b> <span>{3}",
              GAPS(choice->id, choice->code, choice->name));
    if (!str_is_empty(choice->network)) {
        html_fill(out, " · {1}", GAPS(choice->network));
    }
    html_fill(out, "</span> <bdi>{1}</bdi></button>",
              GAPS(checkout_amount(out, choice->amount, choice->code)));
}

void checkout_choices(struct buf *out, const struct checkout_view *view) {
    html_fill(out, "<form class=\"choices\" method=\"post\" action=\"/{1}/choose?lang={2}\">",
              GAPS(view->public_id, str_from_c(view->language->code)));
    for (size_t i = 0; i < view->choice_count; i++) {
        put_choice(out, &view->choices[i]);
    }
    buf_puts(out, "</form>");
}

void checkout_change(struct buf *out, const struct checkout_view *view) {
    html_fill(out,
              "<p><a class=\"change\" id=\"change\" href=\"?choose=1&amp;lang={1}\">{2}</a></p>",
              GAPS(str_from_c(view->language->code), checkout_word(view, WORD_CHANGE)));
}

struct sandbox_button {
    const char *act;
    enum word label;
    bool main;
};

static void put_buttons(struct buf *out, const struct checkout_view *view,
                        const struct sandbox_button *buttons, size_t count) {
    for (size_t i = 0; i < count; i++) {
        html_fill(out, "<button class=\"{1}\" name=\"act\" value=\"{2}\">{3}</button>",
                  GAPS(buttons[i].main ? STR("button") : STR("copy"), str_from_c(buttons[i].act),
                       checkout_word(view, buttons[i].label)));
    }
}

static void put_state_buttons(struct buf *out, const struct checkout_view *view) {
    static const struct sandbox_button open[] = {
        {"exact", WORD_PAY_EXACT, .main = true},
        {"short", WORD_PAY_SHORT},
        {"over", WORD_PAY_OVER},
        {"twice", WORD_PAY_TWICE},
        {"hurry", WORD_HURRY},
        {"confirm", WORD_CONFIRM},
    };
    static const struct sandbox_button late[] = {
        {"exact", WORD_PAY_LATE, .main = true},
        {"confirm", WORD_CONFIRM},
    };
    static const struct sandbox_button unchosen[] = {{"confirm", WORD_CONFIRM}};
    switch (view->state) {
    case CHECKOUT_WAITING:
    case CHECKOUT_PARTIAL:
    case CHECKOUT_OFFLINE:
        put_buttons(out, view, open, sizeof open / sizeof open[0]);
        return;
    case CHECKOUT_EXPIRED:
    case CHECKOUT_SHORT:
    case CHECKOUT_CANCELED:
        put_buttons(out, view, late, sizeof late / sizeof late[0]);
        return;
    case CHECKOUT_CHOOSE:
        put_buttons(out, view, unchosen, 1);
        return;
    case CHECKOUT_PROBLEM:
    case CHECKOUT_SEEN:
    case CHECKOUT_PAID:
    case CHECKOUT_OVERPAID:
    case CHECKOUT_LATE:
    case CHECKOUT_DISPUTE:
        return;
    }
    BUG_IF(true);
}

static void put_sandbox_form(struct buf *out, const struct checkout_view *view) {
    static const struct sandbox_button undo[] = {{"undo", WORD_UNDO}};
    html_fill(out,
              "<p class=\"quiet\">{1}</p><form method=\"post\" action=\"/{2}/sandbox?lang={3}\">",
              GAPS(checkout_word(view, WORD_SANDBOX_SAY), view->public_id,
                   str_from_c(view->language->code)));
    put_state_buttons(out, view);
    if (view->payment_count > 0) {
        put_buttons(out, view, undo, 1);
    }
    buf_puts(out, "</form>");
}

void checkout_sandbox(struct buf *out, const struct checkout_view *view) {
    html_fill(out, "<section class=\"sandbox\"><h2>{1}</h2>",
              GAPS(checkout_word(view, WORD_SANDBOX)));
    if (view->state != CHECKOUT_PROBLEM) {
        put_sandbox_form(out, view);
    }
    buf_puts(out, "</section>");
}
