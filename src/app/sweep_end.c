/* SPDX-License-Identifier: MIT */
#include "app/sweep_end.h"

#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_journal.h"
#include "ports/store_sweep.h"

static struct result sweep_end_apply(void *input, struct ledger *ledger) {
    const struct sweep_end *end = input;
    struct arena *arena = ledger_arena(ledger);
    struct sweep_plan_row plan;
    struct result found = store_sweep_plan_by_id(ledger_conn(ledger), end->plan_id, &plan);
    if (found.code == &ERR_NOT_FOUND) {
        return result_failf(arena, &ERR_NOT_FOUND, "there is no sweep plan %lld",
                            (long long)end->plan_id);
    }
    TRY(found);
    if (plan.ended_at_ms != 0) {
        return RESULT_OK;
    }
    TRY(store_sweep_plan_end(ledger_conn(ledger), plan.id, ledger_now_ms(ledger)));
    const struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .event = STR("sweep_ended"),
        .detail = str_from_c(arena_printf(arena, "{\"plan\":%lld}", (long long)plan.id)),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

const struct use_case sweep_end_use_case = {
    .name = "sweep_end",
    .job_class = JOB_OPERATOR,
    .apply = sweep_end_apply,
};
