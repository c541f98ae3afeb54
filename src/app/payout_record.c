/* SPDX-License-Identifier: MIT */
#include "app/payout_record.h"

#include "app/app.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payout.h"

static struct result check_payout(struct ledger *ledger, const struct payout_row *planned) {
    struct payout_row now;
    TRY(store_payout_by_id(ledger_conn(ledger), ledger_arena(ledger), planned->id, &now));
    ENSURE(now.status == PAYOUT_CREATED && now.export_id == planned->export_id, ERR_PAYOUT_CHANGED);
    return RESULT_OK;
}

static struct result check_coin(struct ledger *ledger, const struct payout_record *record,
                                int64_t payment_id) {
    int64_t holder;
    TRY(store_coin_holder(ledger_conn(ledger), payment_id,
                          payout_done_since_ms(ledger_now_ms(ledger)), &holder));
    for (size_t i = 0; holder != 0 && i < record->export_count; i++) {
        if (record->export_ids[i] == holder) {
            return RESULT_OK;
        }
    }
    ENSURE(holder == 0, ERR_PAYOUT_CHANGED);
    return RESULT_OK;
}

static struct result check_sender(struct ledger *ledger, int64_t address_id) {
    struct store_sender_use use;
    TRY(store_payout_sender_use(ledger_conn(ledger), address_id,
                                payout_done_since_ms(ledger_now_ms(ledger)), &use));
    ENSURE(!use.is_held, ERR_PAYOUT_CHANGED);
    return RESULT_OK;
}

static struct result check(struct ledger *ledger, const struct payout_record *record) {
    for (size_t i = 0; i < record->payout_count; i++) {
        TRY(check_payout(ledger, &record->payouts[i]));
    }
    for (size_t i = 0; i < record->coin_count; i++) {
        TRY(check_coin(ledger, record, record->coins[i].row.payment_id));
    }
    for (size_t i = 0; i < record->transfer_count; i++) {
        TRY(check_sender(ledger, record->transfers[i].address_id));
    }
    return RESULT_OK;
}

static struct result insert_export(struct ledger *ledger, struct payout_record *record) {
    struct payout_export_row row = {
        .shop_id = record->payouts[0].shop_id,
        .network = record->payouts[0].network,
        .fee = record->fee,
        .file = record->file,
        .created_at_ms = ledger_now_ms(ledger),
    };
    if (record->change != NULL) {
        TRY(store_address_insert(ledger_conn(ledger), record->change, &row.change_address_id));
    }
    TRY(store_payout_export_insert(ledger_conn(ledger), &row, &record->export_id));
    for (size_t i = 0; i < record->coin_count; i++) {
        TRY(store_coin_hold(ledger_conn(ledger), record->coins[i].row.payment_id,
                            record->export_id));
    }
    for (size_t i = 0; i < record->transfer_count; i++) {
        TRY(store_payout_transfer_insert(ledger_conn(ledger), &record->transfers[i]));
    }
    return RESULT_OK;
}

static struct result mark_payout(struct ledger *ledger, const struct payout_row *planned,
                                 int64_t export_id) {
    struct arena *arena = ledger_arena(ledger);
    struct payout_row payout = *planned;
    payout.export_id = export_id;
    TRY(store_payout_update(ledger_conn(ledger), &payout));
    struct str id = app_invoice_public_id(arena, ledger_app(ledger), payout.id);
    struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .event = STR("payout_exported"),
        .detail = str_from_c(arena_printf(arena, "{\"payout\":\"INV-%.*s\",\"export\":%lld}",
                                          STR_ARG(id), (long long)export_id)),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

static struct result payout_record_apply(void *input, struct ledger *ledger) {
    struct payout_record *record = input;
    TRY(check(ledger, record));
    TRY(insert_export(ledger, record));
    for (size_t i = 0; i < record->payout_count; i++) {
        TRY(mark_payout(ledger, &record->payouts[i], record->export_id));
    }
    return RESULT_OK;
}

const struct use_case payout_record_use_case = {
    .name = "payout_record",
    .job_class = JOB_OPERATOR,
    .apply = payout_record_apply,
};

/* ---- coins that are spent */

struct spent_record {
    const struct payout_coins *coins;
    int64_t height;
};

static struct result spent_record_apply(void *input, struct ledger *ledger) {
    const struct spent_record *record = input;
    for (size_t i = 0; i < record->coins->spent_count; i++) {
        TRY(store_coin_set_spent(ledger_conn(ledger), record->coins->spent[i], record->height));
    }
    return RESULT_OK;
}

static const struct use_case spent_record_use_case = {
    .name = "spent_record",
    .job_class = JOB_OPERATOR,
    .apply = spent_record_apply,
};

struct result payout_record_spent(const struct app *app, struct arena *arena,
                                  const struct payout_coins *coins, int64_t height) {
    if (coins->spent_count == 0) {
        return RESULT_OK;
    }
    struct spent_record record = {coins, height};
    return job_run(app->queue, &spent_record_use_case, &record, arena);
}
