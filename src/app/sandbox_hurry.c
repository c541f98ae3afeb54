/* SPDX-License-Identifier: MIT */
#include "app/sandbox_hurry.h"

#include "app/ledger.h"
#include "core/error.h"
#include "ports/store_invoice.h"

static void sandbox_hurry_needs(const void *input, struct needs *needs) {
    const struct sandbox_hurry *hurry = input;
    needs_invoice(needs, hurry->invoice_id);
}

/* What came before now was on time and stays so: the deadline never moves behind us. */
static struct result sandbox_hurry_apply(void *input, struct ledger *ledger) {
    const struct sandbox_hurry *hurry = input;
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, hurry->invoice_id, &bundle));
    struct invoice_row *invoice = &bundle->invoice;
    int64_t now_ms = ledger_now_ms(ledger);
    ENSURE(invoice->flags & INVOICE_FLAG_TEST, ERR_INVOICE_NOT_TEST);
    ENSURE(invoice->status == INVOICE_CREATED || invoice->status == INVOICE_PARTIAL,
           ERR_INVOICE_NOT_CREATED);
    ENSURE(now_ms < invoice->expires_at_ms, ERR_INVOICE_NOT_CREATED);
    invoice->expires_at_ms = now_ms;
    TRY(store_invoice_update(ledger_conn(ledger), invoice));
    TRY(ledger_journal(ledger, invoice, "sandbox_hurried", "{}"));
    ledger_note_invoice(ledger, invoice->id);
    return RESULT_OK;
}

const struct use_case sandbox_hurry_use_case = {
    .name = "sandbox_hurry",
    .job_class = JOB_REQUEST,
    .needs = sandbox_hurry_needs,
    .apply = sandbox_hurry_apply,
};
