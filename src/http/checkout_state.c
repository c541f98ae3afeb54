/* SPDX-License-Identifier: MIT */
#include "http/checkout_state.h"

#include "app/invoice_view.h"
#include "core/tolerance.h"

/* Should the tolerance be unreadable, it is none: the payer is then asked for more, never told that
 * less is enough. */
static bool is_within(const struct invoice_view *invoice, struct str text) {
    const struct invoice_row *row = &invoice->invoice;
    struct tolerance tolerance;
    if (!result_is_ok(tolerance_from_text(text, &tolerance))) {
        return false;
    }
    struct amount allowance = tolerance_allowance(
        tolerance, invoice->shown->row.due, commission_due_usd(&row->commission, row->price_usd));
    return !amount_less(allowance, invoice->shown->still_due);
}

/* What is on its way would pay the invoice. */
static bool is_enough(const struct invoice_view *invoice) {
    const struct option_view *option = invoice->shown;
    if (amount_is_zero(option->paid)) {
        return false;
    }
    if (amount_is_zero(option->still_due)) {
        return true;
    }
    return is_within(invoice, invoice->invoice.underpaid_tolerance) ||
           is_within(invoice, invoice->invoice.auto_confirm);
}

static enum checkout_state canceled_state(const struct invoice_row *row) {
    if (row->flags & (INVOICE_FLAG_LATE | INVOICE_FLAG_SEEN)) {
        return CHECKOUT_LATE;
    }
    if (row->canceled_by_shop) {
        return CHECKOUT_CANCELED;
    }
    return row->flags & INVOICE_FLAG_DISPUTE ? CHECKOUT_DISPUTE : CHECKOUT_EXPIRED;
}

/* The end by our clock: the status follows when the chain has proved it. */
static enum checkout_state over_state(const struct invoice_view *invoice) {
    if (invoice->invoice.flags & INVOICE_FLAG_LATE) {
        return CHECKOUT_LATE;
    }
    if (invoice->invoice.flags & INVOICE_FLAG_DISPUTE) {
        return CHECKOUT_DISPUTE;
    }
    bool received = invoice->shown != NULL && !amount_is_zero(invoice->shown->paid);
    return received ? CHECKOUT_SHORT : CHECKOUT_EXPIRED;
}

static enum checkout_state open_state(const struct invoice_view *invoice,
                                      const struct checkout_moment *moment) {
    if (invoice->shown != NULL && is_enough(invoice)) {
        return CHECKOUT_SEEN;
    }
    if (moment->now_ms >= invoice->invoice.expires_at_ms ||
        invoice->invoice.flags & INVOICE_FLAG_EXPIRED_PARTIAL) {
        return over_state(invoice);
    }
    if (invoice->shown == NULL) {
        return CHECKOUT_CHOOSE;
    }
    if (invoice->shown->row.kind == ADDRESS_STATIC) {
        return CHECKOUT_DISPUTE; /* its own payment was undone; another would be another receipt */
    }
    if (!invoice->shown->has_address) {
        return CHECKOUT_PROBLEM;
    }
    if (moment->blind) {
        return CHECKOUT_OFFLINE;
    }
    return amount_is_zero(invoice->shown->paid) ? CHECKOUT_WAITING : CHECKOUT_PARTIAL;
}

enum checkout_state checkout_state_of(const struct invoice_view *invoice,
                                      const struct checkout_moment *moment) {
    switch (invoice->invoice.status) {
    case INVOICE_PAID:
        return CHECKOUT_PAID;
    case INVOICE_OVERPAID:
        return CHECKOUT_OVERPAID;
    case INVOICE_CANCELED:
        return canceled_state(&invoice->invoice);
    case INVOICE_CREATED:
    case INVOICE_PARTIAL:
        return open_state(invoice, moment);
    }
    BUG_IF(true);
}

bool checkout_state_is_payable(enum checkout_state state) {
    switch (state) {
    case CHECKOUT_WAITING:
    case CHECKOUT_PARTIAL:
    case CHECKOUT_OFFLINE:
        return true;
    case CHECKOUT_CHOOSE:
    case CHECKOUT_SEEN:
    case CHECKOUT_PAID:
    case CHECKOUT_OVERPAID:
    case CHECKOUT_EXPIRED:
    case CHECKOUT_SHORT:
    case CHECKOUT_LATE:
    case CHECKOUT_CANCELED:
    case CHECKOUT_DISPUTE:
    case CHECKOUT_PROBLEM:
        return false;
    }
    BUG_IF(true);
}
