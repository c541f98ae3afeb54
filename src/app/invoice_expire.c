/* SPDX-License-Identifier: MIT */
#include "app/invoice_expire.h"

#include "app/invoice_settle.h"
#include "app/ledger.h"

static void invoice_expire_needs(const void *input, struct needs *needs) {
    const struct invoice_expire *expire = input;
    for (size_t i = 0; i < expire->count; i++) {
        needs_invoice(needs, expire->invoice_ids[i]);
    }
}

static struct result invoice_expire_apply(void *input, struct ledger *ledger) {
    struct invoice_expire *expire = input;
    expire->ended = 0;
    for (size_t i = 0; i < expire->count; i++) {
        struct invoice_bundle *bundle;
        TRY(ledger_invoice(ledger, expire->invoice_ids[i], &bundle));
        struct invoice_row before = bundle->invoice;
        TRY(invoice_settle(ledger, bundle, CAUSE_DEADLINE_PROVEN));
        if (bundle->invoice.status != before.status || bundle->invoice.flags != before.flags) {
            expire->ended++;
        }
    }
    return RESULT_OK;
}

const struct use_case invoice_expire_use_case = {
    .name = "invoice_expire",
    .job_class = JOB_OPERATOR,
    .needs = invoice_expire_needs,
    .apply = invoice_expire_apply,
};
