/* SPDX-License-Identifier: MIT */
#include "app/journal_words.h"

#include <stddef.h>

#include "app/journal_detail.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "core/invoice_status.h"
#include "ports/rows_event.h"

/* ---- one writer for each event */

static void put_sum(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "%.*s %.*s", STR_ARG(detail->amount), STR_ARG(detail->asset));
}

static void put_tx(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, ", transaction %.*s", STR_ARG(detail->txid));
}

static void nothing(struct buf *out, const struct journal_detail *detail) {
}

static void address_issued(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "an address for %.*s was issued: %.*s is due at a rate of %.*s",
             STR_ARG(detail->asset), STR_ARG(detail->due), STR_ARG(detail->rate));
}

static void payment_seen(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_puts(out, " seen, not in a block yet");
    put_tx(out, detail);
}

static void payment_mined(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_putf(out, " in block %.*s", STR_ARG(detail->height));
    put_tx(out, detail);
}

static void payment_confirmed(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_putf(out, " has enough confirmations (block %.*s)", STR_ARG(detail->height));
}

static void payment_unconfirmed(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_puts(out, " has too few confirmations again: a reorg");
}

static void payment_undone(struct buf *out, const struct journal_detail *detail) {
    buf_puts(out, "the block with ");
    put_sum(out, detail);
    buf_puts(out, " left the best chain: a reorg");
}

static void payment_gone(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_puts(out, " is gone: replaced, evicted or double spent");
    put_tx(out, detail);
}

static void native_unattributed(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_putf(out, " lies at its address in block %.*s and no transfer shows it: not credited",
             STR_ARG(detail->height));
}

static void native_attributed(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_putf(out, " that no transfer showed is accounted for, or was moved on (block %.*s)",
             STR_ARG(detail->height));
}

/* What happened to it is told by the event that it would have been. */
static void put_coming(struct buf *out, const struct journal_detail *detail) {
    if (str_eq(detail->cause, STR("payment_seen"))) {
        buf_puts(out, "seen, not in a block yet");
    } else if (str_eq(detail->cause, STR("payment_mined"))) {
        buf_putf(out, "in block %.*s", STR_ARG(detail->height));
    } else if (str_eq(detail->cause, STR("payment_confirmed"))) {
        buf_puts(out, "has enough confirmations");
    } else {
        buf_puts(out, "taken back by the network");
    }
    put_tx(out, detail);
}

static void payment_foreign(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_puts(out, ", which is not what was asked for and pays nothing: ");
    put_coming(out, detail);
}

static void payment_top_up(struct buf *out, const struct journal_detail *detail) {
    put_sum(out, detail);
    buf_puts(out, ", which a sweep plan asked for to move what was paid, and which pays nothing: ");
    put_coming(out, detail);
}

static void option_chosen(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "the payer chose to pay in %.*s", STR_ARG(detail->asset));
}

static void receipt_made(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "money came to static wallet %.*s", STR_ARG(detail->wallet));
}

static void postback_queued(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "a postback to the shop was queued (delivery %.*s)", STR_ARG(detail->delivery));
}

static void postback_withdrawn(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "the postback was withdrawn before anybody heard it (delivery %.*s)",
             STR_ARG(detail->delivery));
}

static void confirmed_by_hand(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "the operator took it for enough: %.*s", STR_ARG(detail->reason));
}

static void alarm_cleared(struct buf *out, const struct journal_detail *detail) {
    buf_putf(out, "the operator cleared the alarm %.*s", STR_ARG(detail->alarm));
    if (!str_is_empty(detail->reason)) {
        buf_putf(out, ": %.*s", STR_ARG(detail->reason));
    }
}

static void sandbox_hurried(struct buf *out, const struct journal_detail *detail) {
    buf_puts(out, "a button of the test page let the time run out");
}

struct cause_words {
    enum invoice_cause cause;
    const char *words;
};

static const struct cause_words causes[] = {
    {CAUSE_PAYMENT_SEEN, "money was seen"},
    {CAUSE_PAYMENT_GONE, "money that was seen is gone"},
    {CAUSE_CONFIRMED, "money was confirmed"},
    {CAUSE_UNDONE, "a reorg took confirmations back"},
    {CAUSE_DEADLINE_PROVEN, "its time ran out"},
    {CAUSE_DEADLINE_UNPROVEN, "a reorg took back the proof that its time ran out"},
    {CAUSE_CANCELED_BY_SHOP, "the shop or the operator canceled it"},
    {CAUSE_CONFIRMED_BY_HAND, "the operator took it for enough"},
    {CAUSE_LATE_ACCEPTED, "the operator accepted late money"},
};

static_assert(sizeof causes / sizeof causes[0] == INVOICE_CAUSE_COUNT);

static void put_cause(struct buf *out, struct str name) {
    for (size_t i = 0; i < INVOICE_CAUSE_COUNT; i++) {
        if (str_eq(name, str_from_c(invoice_cause_name(causes[i].cause)))) {
            buf_puts(out, causes[i].words);
            return;
        }
    }
    buf_put_str(out, name);
}

static void put_flag_changes(struct buf *out, const struct journal_detail *detail) {
    uint64_t from = 0;
    uint64_t to = 0;
    if (!str_to_u64(detail->flags_from, &from) || !str_to_u64(detail->flags_to, &to)) {
        return;
    }
    for (unsigned bit = 0; bit < INVOICE_FLAG_COUNT; bit++) {
        uint64_t mask = UINT64_C(1) << bit;
        if ((from ^ to) & mask) {
            buf_putf(out, "%s%s", to & mask ? ", now " : ", no longer ",
                     invoice_flag_name((enum invoice_flag)mask));
        }
    }
}

static void status(struct buf *out, const struct journal_detail *detail) {
    put_cause(out, detail->cause);
    if (str_eq(detail->from, detail->to)) {
        buf_putf(out, ": still %.*s", STR_ARG(detail->to));
    } else {
        buf_putf(out, ": %.*s became %.*s", STR_ARG(detail->from), STR_ARG(detail->to));
    }
    put_flag_changes(out, detail);
}

struct event_words {
    const char *event;
    void (*put)(struct buf *out, const struct journal_detail *detail);
};

static const struct event_words events[] = {
    {"address_issued", address_issued},
    {"alarm_cleared", alarm_cleared},
    {"confirmed_by_hand", confirmed_by_hand},
    {"invoice_created", nothing},
    {"native_attributed", native_attributed},
    {"native_unattributed", native_unattributed},
    {"option_chosen", option_chosen},
    {"payment_confirmed", payment_confirmed},
    {"payment_foreign", payment_foreign},
    {"payment_gone", payment_gone},
    {"payment_mined", payment_mined},
    {"payment_seen", payment_seen},
    {"payment_unconfirmed", payment_unconfirmed},
    {"payment_top_up", payment_top_up},
    {"payment_undone", payment_undone},
    {"postback_delivered", nothing},
    {"postback_failed", nothing},
    {"postback_parked", nothing},
    {"postback_queued", postback_queued},
    {"postback_withdrawn", postback_withdrawn},
    {"sandbox_hurried", sandbox_hurried},
    {"receipt_made", receipt_made},
    {"status", status},
};

struct str journal_words(struct arena *arena, const struct journal_row *entry) {
    struct buf out = buf_in(arena);
    struct journal_detail detail;
    bool readable = journal_detail_read(arena, entry->detail, &detail);
    for (size_t i = 0; readable && i < sizeof events / sizeof events[0]; i++) {
        if (str_eq(entry->event, str_from_c(events[i].event))) {
            events[i].put(&out, &detail);
            return buf_str(&out);
        }
    }
    buf_putf(&out, "%.*s %.*s", STR_ARG(entry->event), STR_ARG(entry->detail));
    return buf_str(&out);
}
