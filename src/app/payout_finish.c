/* SPDX-License-Identifier: MIT */
#include "app/payout_finish.h"

#include "app/app.h"
#include "app/ledger.h"
#include "app/payout_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_journal.h"
#include "ports/store_payout.h"

static struct result payout_finish_apply(void *input, struct ledger *ledger) {
    const struct payout_finish *finish = input;
    struct arena *arena = ledger_arena(ledger);
    BUG_IF(finish->status == PAYOUT_CREATED);
    struct payout_row payout;
    TRY(store_payout_by_id(ledger_conn(ledger), arena, finish->payout_id, &payout));
    ENSURE(payout.status == PAYOUT_CREATED, ERR_PAYOUT_FINISHED);
    payout.status = finish->status;
    payout.note = finish->note;
    payout.finished_at_ms = ledger_now_ms(ledger);
    TRY(store_payout_update(ledger_conn(ledger), &payout));
    struct str id = app_invoice_public_id(arena, ledger_app(ledger), payout.id);
    struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .event = STR("payout_finished"),
        .detail = str_from_c(arena_printf(arena, "{\"payout\":\"INV-%.*s\",\"status\":\"%s\"}",
                                          STR_ARG(id), payout_status_name(payout.status))),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

const struct use_case payout_finish_use_case = {
    .name = "payout_finish",
    .job_class = JOB_OPERATOR,
    .apply = payout_finish_apply,
};
