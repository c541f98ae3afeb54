/* SPDX-License-Identifier: MIT */
#include "app/sweep_record.h"

#include "app/app.h"
#include "app/job.h"
#include "app/ledger.h"
#include "app/sweep_plan.h"
#include "base/arena.h"
#include "ports/store_journal.h"
#include "ports/store_sweep.h"

enum { HOUR_MS = 60 * 60 * 1000 };

struct sweep_record {
    const struct sweep_plan *plan;
    /* out */
    int64_t plan_id;
};

static int64_t holds_until_ms(const struct sweep_plan *plan, int64_t now_ms) {
    if (plan->network->kind == CHAIN_TRON) {
        return plan->fees.block.time_ms + SWEEP_HOLD_TRON_HOURS * (int64_t)HOUR_MS;
    }
    return now_ms + SWEEP_HOLD_DAYS * (int64_t)24 * HOUR_MS;
}

static struct result hold_addresses(struct ledger *ledger, const struct sweep_record *record) {
    const struct sweep_plan *plan = record->plan;
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct sweep_entry *entry = &plan->entries[i];
        size_t moves = sweep_move_count(&entry->account);
        if (moves == 0) {
            continue;
        }
        struct sweep_hold_row hold = {.address_id = entry->row.id, .plan_id = record->plan_id};
        if (plan->network->kind != CHAIN_TRON) {
            hold.nonce_end = entry->nonce + moves;
        }
        if (!amount_is_zero(entry->account.top_up)) {
            hold.top_up = entry->account.top_up;
        }
        TRY(store_sweep_hold_put(ledger_conn(ledger), &hold));
    }
    return RESULT_OK;
}

static struct result sweep_record_apply(void *input, struct ledger *ledger) {
    struct sweep_record *record = input;
    int64_t now_ms = ledger_now_ms(ledger);
    const struct sweep_plan_row row = {
        .wallet_id = record->plan->wallet.id,
        .address_count = (int64_t)record->plan->moved_from,
        .made_at_ms = now_ms,
        .holds_until_ms = holds_until_ms(record->plan, now_ms),
    };
    TRY(store_sweep_plan_insert(ledger_conn(ledger), &row, &record->plan_id));
    TRY(hold_addresses(ledger, record));
    const struct journal_row entry = {
        .at_ms = now_ms,
        .event = STR("sweep_planned"),
        .detail = str_from_c(arena_printf(ledger_arena(ledger), "{\"plan\":%lld,\"wallet\":%lld}",
                                          (long long)record->plan_id, (long long)row.wallet_id)),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

static const struct use_case sweep_record_use_case = {
    .name = "sweep_record",
    .job_class = JOB_OPERATOR,
    .apply = sweep_record_apply,
};

struct result sweep_plan_record(const struct app *app, struct arena *arena,
                                struct sweep_plan *plan) {
    plan->id = 0;
    if (plan->moved_from == 0) {
        return RESULT_OK;
    }
    struct sweep_record record = {.plan = plan};
    TRY(job_run(app->queue, &sweep_record_use_case, &record, arena));
    plan->id = record.plan_id;
    return RESULT_OK;
}
