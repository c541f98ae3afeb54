/* SPDX-License-Identifier: MIT */
#include "app/invoice_cancel.h"

#include "app/invoice_facts.h"
#include "app/invoice_settle.h"
#include "app/ledger.h"
#include "app/static_receipt.h"
#include "core/error.h"

static void invoice_cancel_needs(const void *input, struct needs *needs) {
    const struct invoice_cancel *cancel = input;
    needs_invoice(needs, cancel->invoice_id);
}

static struct result invoice_cancel_apply(void *input, struct ledger *ledger) {
    const struct invoice_cancel *cancel = input;
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, cancel->invoice_id, &bundle));
    ENSURE(cancel->shop_id == 0 || bundle->invoice.shop_id == cancel->shop_id, ERR_NOT_FOUND);
    ENSURE(!static_receipt_is(bundle), ERR_INVOICE_NOT_CREATED);
    struct invoice_rows rows = {&bundle->invoice, bundle->options, bundle->option_count,
                                bundle->payments, bundle->payment_count};
    struct invoice_facts facts;
    TRY(invoice_facts_of(ledger_arena(ledger), &rows, &facts));
    ENSURE(invoice_is_cancelable(&facts), ERR_INVOICE_NOT_CREATED);
    bundle->invoice.canceled_by_shop = true;
    return invoice_settle(ledger, bundle, CAUSE_CANCELED_BY_SHOP);
}

const struct use_case invoice_cancel_use_case = {
    .name = "invoice_cancel",
    .job_class = JOB_REQUEST,
    .needs = invoice_cancel_needs,
    .apply = invoice_cancel_apply,
};
