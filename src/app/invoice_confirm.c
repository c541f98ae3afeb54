/* SPDX-License-Identifier: MIT */
#include "app/invoice_confirm.h"

#include "app/app.h"
#include "app/inflow_record.h"
#include "app/invoice_settle.h"
#include "app/ledger.h"
#include "core/error.h"
#include "ports/store_journal.h"

static void invoice_confirm_needs(const void *input, struct needs *needs) {
    const struct invoice_confirm *confirm = input;
    needs_invoice(needs, confirm->invoice_id);
}

static bool anything_received(const struct invoice_bundle *bundle) {
    for (size_t i = 0; i < bundle->payment_count; i++) {
        if (bundle->payments[i].state == PAYMENT_CONFIRMED) {
            return true;
        }
    }
    return false;
}

/* Money that no transfer shows counts here, too: the operator has seen it with his own eyes. */
static struct result ensure_received(struct ledger *ledger, const struct invoice_bundle *bundle) {
    struct amount inflow;
    TRY(inflow_of_invoice(ledger_conn(ledger), bundle->options, bundle->option_count, &inflow));
    ENSURE(anything_received(bundle) || inflow.asset != NULL, ERR_INVOICE_NOTHING_RECEIVED);
    return RESULT_OK;
}

static struct result journal_reason(struct ledger *ledger, const struct invoice_row *invoice,
                                    struct str detail) {
    struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .shop_id = invoice->shop_id,
        .invoice_id = invoice->id,
        .event = STR("confirmed_by_hand"),
        .detail = detail,
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

static struct result clear_late_alarm(struct ledger *ledger, const struct invoice_row *invoice) {
    return store_alarm_clear(
        ledger_conn(ledger), STR("payment_late"),
        app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), invoice->id),
        ledger_now_ms(ledger));
}

static struct result invoice_confirm_apply(void *input, struct ledger *ledger) {
    const struct invoice_confirm *confirm = input;
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, confirm->invoice_id, &bundle));
    ENSURE(!invoice_status_is_success(bundle->invoice.status), ERR_INVOICE_PAID);
    if (confirm->without_payment) {
        ENSURE(bundle->invoice.flags & INVOICE_FLAG_TEST, ERR_INVOICE_NOT_TEST);
        bundle->invoice.without_payment = true;
    } else {
        TRY(ensure_received(ledger, bundle));
    }
    TRY(journal_reason(ledger, &bundle->invoice, confirm->reason_json));
    TRY(inflow_settle(ledger, bundle));
    if (bundle->invoice.flags & INVOICE_FLAG_LATE) {
        TRY(clear_late_alarm(ledger, &bundle->invoice));
        bundle->invoice.late_accepted = true;
        TRY(invoice_settle(ledger, bundle, CAUSE_LATE_ACCEPTED));
    }
    if (invoice_status_is_success(bundle->invoice.status)) {
        return RESULT_OK;
    }
    bundle->invoice.confirmed_by_hand = true;
    return invoice_settle(ledger, bundle, CAUSE_CONFIRMED_BY_HAND);
}

const struct use_case invoice_confirm_use_case = {
    .name = "invoice_confirm",
    .job_class = JOB_OPERATOR,
    .needs = invoice_confirm_needs,
    .apply = invoice_confirm_apply,
};
