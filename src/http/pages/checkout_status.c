/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/result.h"
#include "base/utc.h"
#include "http/pages/checkout_parts.h"
#include "http/pages/html.h"

#define ICON_COIN  "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M12 8v8M9 10h4.5a1.75 1.75 0 0 1 0 4H9"
#define ICON_CLOCK "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M12 7v5l3 2"
#define ICON_EYE                                                                                   \
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9a3 3 0 1 0 0 6 3 3 0 " \
    "1 0 0-6"
#define ICON_PART    "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M12 3v9h9"
#define ICON_TICK    "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M8 12.5l2.8 2.8L16.2 9"
#define ICON_CROSS   "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M9 9l6 6M15 9l-6 6"
#define ICON_WARNING "M12 4 2.8 20h18.4zM12 10v4.5M12 17v.2"

static const struct checkout_state_row rows[CHECKOUT_STATE_COUNT] = {
    [CHECKOUT_CHOOSE] = {.name = "choose",
                         .icon = ICON_COIN,
                         .head = WORD_HEAD_CHOOSE,
                         .counts_down = true},
    [CHECKOUT_WAITING] = {.name = "waiting",
                          .icon = ICON_CLOCK,
                          .head = WORD_HEAD_WAITING,
                          .counts_down = true},
    [CHECKOUT_SEEN] = {.name = "seen", .icon = ICON_EYE, .head = WORD_HEAD_SEEN, .polls = true},
    [CHECKOUT_PARTIAL] = {.name = "partial",
                          .icon = ICON_PART,
                          .head = WORD_HEAD_PARTIAL,
                          .counts_down = true,
                          .polls = true},
    [CHECKOUT_PAID] = {.name = "paid", .icon = ICON_TICK, .head = WORD_HEAD_PAID, .succeeds = true},
    [CHECKOUT_OVERPAID] = {.name = "overpaid",
                           .icon = ICON_TICK,
                           .head = WORD_HEAD_OVERPAID,
                           .succeeds = true},
    [CHECKOUT_EXPIRED] = {.name = "expired", .icon = ICON_CLOCK, .head = WORD_HEAD_EXPIRED},
    [CHECKOUT_SHORT] = {.name = "short", .icon = ICON_WARNING, .head = WORD_HEAD_SHORT},
    [CHECKOUT_LATE] = {.name = "late", .icon = ICON_WARNING, .head = WORD_HEAD_LATE},
    [CHECKOUT_CANCELED] = {.name = "canceled", .icon = ICON_CROSS, .head = WORD_HEAD_CANCELED},
    [CHECKOUT_OFFLINE] = {.name = "offline",
                          .icon = ICON_WARNING,
                          .head = WORD_HEAD_OFFLINE,
                          .counts_down = true,
                          .polls = true},
    [CHECKOUT_DISPUTE] = {.name = "dispute", .icon = ICON_WARNING, .head = WORD_HEAD_DISPUTE},
    [CHECKOUT_PROBLEM] = {.name = "problem", .icon = ICON_WARNING, .head = WORD_HEAD_PROBLEM},
};

const struct checkout_state_row *checkout_state_row(enum checkout_state state) {
    BUG_IF((unsigned)state >= CHECKOUT_STATE_COUNT);
    return &rows[state];
}

struct str checkout_word(const struct checkout_view *view, enum word word) {
    return str_from_c(view->language->words[word]);
}

struct str checkout_amount(const struct buf *out, struct str amount, struct str unit) {
    return str_from_c(arena_printf(out->arena, "%.*s %.*s", STR_ARG(amount), STR_ARG(unit)));
}

struct str checkout_number(const struct buf *out, const struct checkout_view *view) {
    return str_from_c(arena_printf(out->arena, "INV-%.*s", STR_ARG(view->public_id)));
}

void checkout_time(struct buf *out, int64_t at_ms) {
    struct utc at = utc_from_ms(at_ms);
    struct str day =
        str_from_c(arena_printf(out->arena, "%04d-%02d-%02d", at.year, at.month, at.day));
    struct str minute = str_from_c(arena_printf(out->arena, "%02d:%02d", at.hour, at.minute));
    html_fill(out, "<time dir=\"auto\" datetime=\"{1}T{2}Z\">{1} {2} UTC</time>",
              GAPS(day, minute));
}

static void put_sentence(struct buf *out, const struct checkout_view *view) {
    struct str received = checkout_amount(out, view->received, view->unit);
    struct str excess = checkout_amount(out, view->excess, view->unit);
    struct str due = checkout_amount(out, view->due, view->unit);
    struct str number = checkout_number(out, view);
    const char *const *words = view->language->words;
    switch (view->state) {
    case CHECKOUT_CHOOSE:
        html_sentence(out, words[WORD_SAY_CHOOSE], NO_GAPS);
        return;
    case CHECKOUT_WAITING:
        html_sentence(out, words[WORD_SAY_WAITING], NO_GAPS);
        return;
    case CHECKOUT_SEEN:
        html_sentence(out, words[WORD_SAY_SEEN], GAPS(received));
        return;
    case CHECKOUT_PARTIAL:
        html_sentence(out, words[WORD_SAY_PARTIAL], GAPS(received));
        return;
    case CHECKOUT_PAID:
        html_sentence(out, words[WORD_SAY_PAID], GAPS(received));
        return;
    case CHECKOUT_OVERPAID:
        html_sentence(out, words[WORD_SAY_OVERPAID], GAPS(received, excess, number));
        return;
    case CHECKOUT_EXPIRED:
        html_sentence(out, words[WORD_SAY_EXPIRED], GAPS(number));
        return;
    case CHECKOUT_SHORT:
        html_sentence(out, words[WORD_SAY_SHORT], GAPS(received, due, number));
        return;
    case CHECKOUT_LATE:
        html_sentence(out, words[WORD_SAY_LATE], GAPS(number));
        return;
    case CHECKOUT_CANCELED:
        html_sentence(out, words[WORD_SAY_CANCELED], NO_GAPS);
        return;
    case CHECKOUT_OFFLINE:
        html_sentence(out, words[WORD_SAY_OFFLINE], GAPS(view->network));
        return;
    case CHECKOUT_DISPUTE:
        html_sentence(out, words[WORD_SAY_DISPUTE], GAPS(number));
        return;
    case CHECKOUT_PROBLEM:
        html_sentence(out, words[WORD_SAY_PROBLEM], GAPS(number));
        return;
    }
    BUG_IF(true);
}

/* "9:05", "26:09:05" */
static struct str clock_text(const struct buf *out, int64_t left_ms) {
    long long left_s = left_ms > 0 ? (long long)((left_ms + 999) / 1000) : 0;
    long long hours = left_s / 3600;
    int minutes = (int)(left_s / 60 % 60);
    int seconds = (int)(left_s % 60);
    return str_from_c(hours > 0
                          ? arena_printf(out->arena, "%lld:%02d:%02d", hours, minutes, seconds)
                          : arena_printf(out->arena, "%d:%02d", minutes, seconds));
}

static struct str number_text(const struct buf *out, int64_t number) {
    return str_from_c(arena_printf(out->arena, "%lld", (long long)number));
}

/* The script counts down from what stands here; without it the deadline itself is what helps. */
static void put_time(struct buf *out, const struct checkout_view *view) {
    struct utc end = utc_from_ms(view->expires_at_ms);
    struct str end_text =
        str_from_c(arena_printf(out->arena, "%04d-%02d-%02d %02d:%02d UTC", end.year, end.month,
                                end.day, end.hour, end.minute));
    html_fill(out, "<p class=\"time\">{1} <b id=\"left\" role=\"timer\" dir=\"ltr\">{2}</b></p>",
              GAPS(checkout_word(view, WORD_TIME_LEFT),
                   clock_text(out, view->expires_at_ms - view->now_ms)));
    html_fill(out, "<progress id=\"bar\" max=\"{1}\" value=\"{2}\" aria-label=\"{3}\"></progress>",
              GAPS(number_text(out, (view->expires_at_ms - view->created_at_ms) / 1000),
                   number_text(out, (view->expires_at_ms - view->now_ms) / 1000),
                   checkout_word(view, WORD_TIME_LEFT)));
    buf_puts(out, "<p class=\"quiet\">");
    html_sentence(out, view->language->words[WORD_PAY_BY], GAPS(end_text));
    buf_puts(out, "</p>");
}

static void put_confirmations(struct buf *out, const struct checkout_view *view) {
    if (view->awaits_final) {
        html_fill(out, "<p class=\"time\">{1}</p>", GAPS(checkout_word(view, WORD_AWAITS_FINAL)));
        return;
    }
    struct str depth = number_text(out, view->depth_blocks);
    struct str needed = number_text(out, view->needed_blocks);
    html_fill(out, "<progress max=\"{1}\" value=\"{2}\" aria-label=\"", GAPS(needed, depth));
    html_sentence_plain(out, view->language->words[WORD_CONFIRMATIONS], GAPS(depth, needed));
    buf_puts(out, "\"></progress><p class=\"time\">");
    html_sentence(out, view->language->words[WORD_CONFIRMATIONS], GAPS(depth, needed));
    buf_puts(out, "</p>");
}

void checkout_status(struct buf *out, const struct checkout_view *view) {
    const struct checkout_state_row *row = checkout_state_row(view->state);
    html_fill(out,
              "<section class=\"state\"><svg class=\"icon\" viewBox=\"0 0 24 24\" "
              "aria-hidden=\"true\"><path d=\"{1}\"/></svg><h1 id=\"head\">{2}</h1><p>",
              GAPS(str_from_c(row->icon), checkout_word(view, row->head)));
    put_sentence(out, view);
    buf_puts(out, "</p>");
    if (row->succeeds) {
        buf_puts(out, "<p class=\"quiet\" id=\"paid-at\">");
        checkout_time(out, view->paid_at_ms);
        buf_puts(out, "</p>");
    }
    if (view->state == CHECKOUT_OFFLINE && view->lag_min > 0) {
        buf_puts(out, "<p class=\"quiet\">");
        html_sentence(out, view->language->words[WORD_SAY_LAG],
                      GAPS(number_text(out, view->lag_min)));
        buf_puts(out, "</p>");
    }
    if (!str_is_empty(view->foreign)) {
        buf_puts(out, "<p>");
        html_sentence(out, view->language->words[WORD_SAY_FOREIGN],
                      GAPS(view->foreign, checkout_number(out, view)));
        buf_puts(out, "</p>");
    }
    if (view->state == CHECKOUT_SEEN && view->needed_blocks > 0) {
        put_confirmations(out, view);
    }
    if (row->counts_down) {
        put_time(out, view);
    }
    buf_puts(out, "</section>");
}
