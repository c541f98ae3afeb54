/* SPDX-License-Identifier: MIT */
#include "app/invoice_explain.h"

#include <string.h>

#include "app/app.h"
#include "app/inflow_record.h"
#include "app/invoice_view.h"
#include "app/journal_words.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/utc.h"
#include "ports/store_delivery.h"
#include "ports/store_journal.h"

/* ---- the timeline */

struct timeline {
    struct arena *arena;
    struct explained_moment *moments;
    size_t count;
    size_t room;
};

static void add_moment(struct timeline *timeline, int64_t at_ms, struct str event,
                       struct str what) {
    BUG_IF(timeline->count == timeline->room);
    /* Sources are in order themselves; what happened at the same moment stays as it was added. */
    size_t at = timeline->count;
    while (at > 0 && timeline->moments[at - 1].at_ms > at_ms) {
        timeline->moments[at] = timeline->moments[at - 1];
        at--;
    }
    timeline->moments[at] = (struct explained_moment){at_ms, event, what};
    timeline->count++;
}

static bool is_receipt(const struct invoice_view *view) {
    return view->shown != NULL && view->shown->row.kind == ADDRESS_STATIC;
}

static void add_birth(struct timeline *timeline, const struct invoice_view *view) {
    const struct invoice_row *invoice = &view->invoice;
    struct str amount = amount_to_text(timeline->arena, invoice->price);
    if (is_receipt(view)) {
        const char *receipt =
            arena_printf(timeline->arena, "made for what came to a static wallet, worth %.*s %s",
                         STR_ARG(amount), invoice->price.asset->code);
        add_moment(timeline, invoice->created_at_ms, STR("made"), str_from_c(receipt));
        return;
    }
    char until[UTC_TEXT_BYTES];
    struct str expires = utc_text(invoice->expires_at_ms, until);
    const char *what = arena_printf(
        timeline->arena, "made for %.*s %s, to be paid by %.*s %.*s UTC", STR_ARG(amount),
        invoice->price.asset->code, 10, expires.ptr, 8, expires.ptr + 11);
    add_moment(timeline, invoice->created_at_ms, STR("made"), str_from_c(what));
}

static void add_journal(struct timeline *timeline, const struct journal_row *entries,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct str what = journal_words(timeline->arena, &entries[i]);
        if (what.len > 0) {
            add_moment(timeline, entries[i].at_ms, entries[i].event, what);
        }
    }
}

static void add_attempt(struct timeline *timeline, const struct attempt_row *attempt) {
    struct buf what = buf_in(timeline->arena);
    buf_putf(&what, "postback, attempt %u of delivery %lld: %.*s", attempt->number,
             (long long)attempt->delivery_id, STR_ARG(attempt->outcome));
    if (attempt->http_status != 0) {
        buf_putf(&what, " (HTTP %d after %lld ms)", attempt->http_status,
                 (long long)attempt->duration_ms);
    }
    add_moment(timeline, attempt->at_ms, STR("attempt"), buf_str(&what));
}

struct attempt_list {
    const struct attempt_row *attempts;
    size_t count;
};

static struct result load_attempts(struct store_conn *reader, struct arena *arena,
                                   int64_t invoice_id, struct attempt_list **ret_lists,
                                   size_t *ret_count, size_t *ret_total) {
    const struct delivery_row *deliveries;
    size_t count;
    TRY(store_delivery_of_invoice(reader, arena, invoice_id, &deliveries, &count));
    struct attempt_list *lists = ARENA_ARRAY(arena, struct attempt_list, count + 1);
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        TRY(store_attempt_list(reader, arena, deliveries[i].id, &lists[i].attempts,
                               &lists[i].count));
        total += lists[i].count;
    }
    *ret_lists = lists;
    *ret_count = count;
    *ret_total = total;
    return RESULT_OK;
}

static struct result load_timeline(struct store_conn *reader, struct arena *arena,
                                   const struct invoice_view *view, struct timeline *timeline) {
    const struct journal_row *entries;
    struct attempt_list *lists;
    size_t entry_count;
    size_t list_count;
    size_t attempt_count;
    TRY(store_journal_of_invoice(reader, arena, view->invoice.id, &entries, &entry_count));
    TRY(load_attempts(reader, arena, view->invoice.id, &lists, &list_count, &attempt_count));
    *timeline = (struct timeline){.arena = arena, .room = 1 + entry_count + attempt_count};
    timeline->moments = ARENA_ARRAY(arena, struct explained_moment, timeline->room);
    add_birth(timeline, view);
    add_journal(timeline, entries, entry_count);
    for (size_t i = 0; i < list_count; i++) {
        for (size_t j = 0; j < lists[i].count; j++) {
            add_attempt(timeline, &lists[i].attempts[j]);
        }
    }
    return RESULT_OK;
}

/* ---- the sentence */

static void put_amount(struct buf *out, struct amount amount) {
    buf_put_str(out, amount_to_text(out->arena, amount));
    buf_putf(out, " %s", amount.asset->code);
}

/* What the payments on their way wait for, where that is not a depth. */
static const char *demand_words(const struct invoice_view *view) {
    enum confirmation_rule strongest = CONFIRMED_DEEP;
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct payment_row *payment = &view->payments[i];
        if (payment->state == PAYMENT_SHALLOW && payment->waits_for > strongest) {
            strongest = payment->waits_for;
        }
    }
    switch (strongest) {
    case CONFIRMED_DEEP:
        break;
    case CONFIRMED_SAFE:
        return "the network calls its block safe";
    case CONFIRMED_FINALIZED:
        return "the network calls its block final";
    }
    return "it is confirmed";
}

static void put_waiting(struct buf *out, const struct invoice_view *view) {
    const struct option_view *option = view->shown;
    if (option == NULL) {
        buf_puts(out, "the payer has not chosen what to pay with yet");
        return;
    }
    if (view->invoice.flags & INVOICE_FLAG_SEEN) {
        put_amount(out, option->paid);
        buf_puts(out, " of ");
        put_amount(out, option->row.due);
        buf_puts(out, " is on its way or received; it counts when ");
        buf_puts(out, demand_words(view));
        return;
    }
    if (is_receipt(view)) {
        buf_puts(out, "a reorg took its payment back; it counts again once a block has it");
        return;
    }
    buf_puts(out, "waiting for ");
    put_amount(out, option->still_due);
    if (option->has_address) {
        buf_putf(out, " to %.*s", STR_ARG(address_str(&option->address)));
    }
}

static void put_ended(struct buf *out, const struct invoice_view *view) {
    buf_puts(out, view->invoice.canceled_by_shop
                      ? "canceled by the shop or the operator"
                      : "its time ran out before anything was confirmed");
}

static void put_status(struct buf *out, const struct invoice_view *view) {
    buf_putf(out, "%s: ", invoice_status_name(view->invoice.status));
    switch (view->invoice.status) {
    case INVOICE_CREATED:
        put_waiting(out, view);
        return;
    case INVOICE_PARTIAL:
        if (view->invoice.flags & INVOICE_FLAG_EXPIRED_PARTIAL) {
            buf_puts(out, "its time ran out with too little received; till invoice confirm takes "
                          "it for enough");
            return;
        }
        put_waiting(out, view);
        return;
    case INVOICE_PAID:
    case INVOICE_OVERPAID:
        if (view->shown != NULL) {
            put_amount(out, view->shown->confirmed);
            buf_puts(out, " confirmed, ");
            put_amount(out, view->shown->row.due);
            buf_puts(out, " was due");
        }
        if (view->invoice.without_payment) {
            buf_puts(out, "; a test: taken for paid without payment");
        } else if (view->invoice.confirmed_by_hand) {
            buf_puts(out, "; the operator took it for enough");
        }
        return;
    case INVOICE_CANCELED:
        put_ended(out, view);
        return;
    }
}

static void put_flags(struct buf *out, const struct invoice_row *invoice) {
    if (invoice->flags & INVOICE_FLAG_DISPUTE) {
        buf_puts(out, ". The shop was told of a success that a reorg took back");
    }
    if ((invoice->flags & INVOICE_FLAG_LATE) && !invoice->late_accepted) {
        buf_puts(out, ". Money came after the end; till invoice confirm credits it");
    }
}

/* What lies at its addresses and no transfer shows. */
static struct result put_inflow(struct buf *out, struct store_conn *reader,
                                const struct invoice_view *view) {
    for (size_t i = 0; i < view->option_count; i++) {
        struct amount inflow;
        TRY(inflow_of_invoice(reader, &view->options[i].row, 1, &inflow));
        if (inflow.asset != NULL) {
            buf_puts(out, ". ");
            put_amount(out, inflow);
            buf_puts(out, " came to its address and no transfer shows it; it is not credited, till "
                          "invoice confirm takes it for enough");
        }
    }
    return RESULT_OK;
}

/* While a network is blind nothing on it becomes paid and nothing expires. */
static void put_blindness(struct buf *out, const struct app *app, const struct invoice_view *view) {
    for (size_t i = 0; i < view->option_count; i++) {
        const struct network *network = view->options[i].row.network;
        struct followed_network *followed = networks_find(&app->networks, network);
        if (followed == NULL) {
            buf_putf(out, ". Nobody follows %s any more, so nothing there is noticed",
                     network->key);
            continue;
        }
        struct network_health health = network_health_get(followed);
        if (health.blind) {
            buf_putf(out, ". Network %s is blind (%s), so nothing on it is decided now",
                     network->key, health.reason);
        }
    }
}

static void put_foreign(struct buf *out, const struct invoice_view *view) {
    for (size_t i = 0; i < view->payment_count; i++) {
        if (invoice_view_is_foreign(view, &view->payments[i])) {
            buf_puts(out, ". ");
            put_amount(out, view->payments[i].amount);
            buf_puts(out, " came, too, which is not what was asked for and pays nothing");
        }
    }
}

static struct result summary_of(const struct app *app, struct store_conn *reader,
                                struct arena *arena, const struct invoice_view *view,
                                struct str *ret_summary) {
    struct buf out = buf_in(arena);
    put_status(&out, view);
    put_flags(&out, &view->invoice);
    put_foreign(&out, view);
    TRY(put_inflow(&out, reader, view));
    bool open = view->invoice.status == INVOICE_CREATED || view->invoice.status == INVOICE_PARTIAL;
    if (open) {
        put_blindness(&out, app, view);
    }
    *ret_summary = buf_str(&out);
    return RESULT_OK;
}

struct result invoice_explain(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct invoice_view *view,
                              struct invoice_explanation *ret_explanation) {
    struct timeline timeline;
    TRY(load_timeline(reader, arena, view, &timeline));
    struct str summary;
    TRY(summary_of(app, reader, arena, view, &summary));
    *ret_explanation = (struct invoice_explanation){
        .summary = summary,
        .moments = timeline.moments,
        .count = timeline.count,
    };
    return RESULT_OK;
}
