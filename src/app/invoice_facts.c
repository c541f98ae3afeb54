/* SPDX-License-Identifier: MIT */
#include "app/invoice_facts.h"

#include "base/arena.h"
#include "core/payment.h"

bool payment_is_foreign(const struct payment_row *payment, const struct address_row *option) {
    return payment->address_id == option->id && payment->amount.asset != option->asset;
}

bool payment_counts(const struct payment_row *payment, const struct address_row *option) {
    return payment->address_id == option->id && payment->amount.asset == option->asset &&
           payment->state != PAYMENT_GONE;
}

bool payment_row_is_on_time(const struct payment_row *payment, const struct invoice_row *invoice) {
    struct payment_times times = {
        .block_time_ms = payment->height > 0 ? payment->block_time_ms : 0,
        .first_seen_at_ms = payment->first_seen_at_ms,
    };
    return payment_is_on_time(times, invoice->expires_at_ms);
}

static struct amount *sum_of(struct invoice_option_facts *facts, bool confirmed, bool on_time) {
    if (confirmed) {
        return on_time ? &facts->confirmed_on_time : &facts->confirmed_late;
    }
    return on_time ? &facts->pending_on_time : &facts->pending_late;
}

static struct result option_facts_of(const struct invoice_rows *rows,
                                     const struct address_row *option,
                                     struct invoice_option_facts *ret_facts) {
    struct amount none = amount_zero(option->asset);
    *ret_facts = (struct invoice_option_facts){.due = option->due,
                                               .confirmed_on_time = none,
                                               .confirmed_late = none,
                                               .pending_on_time = none,
                                               .pending_late = none};
    for (size_t i = 0; i < rows->payment_count; i++) {
        const struct payment_row *payment = &rows->payments[i];
        if (!payment_counts(payment, option)) {
            continue;
        }
        struct amount *sum = sum_of(ret_facts, payment->state == PAYMENT_CONFIRMED,
                                    payment_row_is_on_time(payment, rows->invoice));
        TRY(amount_add(*sum, payment->amount, sum));
    }
    return RESULT_OK;
}

/* Until the payer has chosen again, the first option is the one shown. */
static int preferred_option(const struct invoice_rows *rows) {
    if (rows->invoice->shown_address_id == 0 && rows->option_count > 0) {
        return 0;
    }
    for (size_t i = 0; i < rows->option_count; i++) {
        if (rows->options[i].id == rows->invoice->shown_address_id) {
            return (int)i;
        }
    }
    return INVOICE_NO_OPTION;
}

struct result invoice_facts_of(struct arena *arena, const struct invoice_rows *rows,
                               struct invoice_facts *ret_facts) {
    struct invoice_option_facts *options =
        ARENA_ARRAY(arena, struct invoice_option_facts, rows->option_count + 1);
    for (size_t i = 0; i < rows->option_count; i++) {
        TRY(option_facts_of(rows, &rows->options[i], &options[i]));
    }
    *ret_facts = (struct invoice_facts){
        .status = rows->invoice->status,
        .flags = rows->invoice->flags,
        .preferred_option = preferred_option(rows),
        .due_usd = commission_due_usd(&rows->invoice->commission, rows->invoice->price_usd),
        .options = options,
        .option_count = rows->option_count,
        .canceled_by_shop = rows->invoice->canceled_by_shop,
        .confirmed_by_hand = rows->invoice->confirmed_by_hand,
        .late_accepted = rows->invoice->late_accepted,
    };
    return RESULT_OK;
}

struct result invoice_policy_of(const struct invoice_row *invoice,
                                struct invoice_policy *ret_policy) {
    struct invoice_policy policy = {.accept_late = invoice->accept_late};
    TRY(tolerance_from_text(invoice->underpaid_tolerance, &policy.under));
    TRY(tolerance_from_text(invoice->overpaid_tolerance, &policy.over));
    TRY(tolerance_from_text(invoice->auto_confirm, &policy.auto_confirm));
    *ret_policy = policy;
    return RESULT_OK;
}
