/* SPDX-License-Identifier: MIT */
#include "app/block_undo.h"

#include "app/payment_record.h"
#include "app/untraced.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_payout.h"

/* In one transaction: one shop's invoices of one minute could ask for more memory than it has. */
enum { REOPENED_MAX = 500 };

static struct result check_is_tip(struct ledger *ledger, const struct block_undo *undo,
                                  struct block_header *ret_tip) {
    TRY(store_block_tip(ledger_conn(ledger), undo->network, ret_tip));
    ENSURE(ret_tip->height == undo->tip.height && block_hash_eq(ret_tip->hash, undo->tip.hash),
           ERR_BLOCK_NOT_NEXT);
    return RESULT_OK;
}

static struct result unconfirm_matured(struct ledger *ledger, const struct block_undo *undo,
                                       struct touched *touched) {
    const struct payment_row *payments;
    size_t count;
    TRY(store_payment_matured_from(ledger_conn(ledger), ledger_arena(ledger), undo->network,
                                   undo->tip.height, &payments, &count));
    for (size_t i = 0; i < count; i++) {
        struct payment_row payment = payments[i];
        payment.state = PAYMENT_SHALLOW;
        TRY(payment_change(ledger, &payment, "payment_unconfirmed"));
        TRY(touched_add(touched, ledger, payment.invoice_id, CAUSE_UNDONE));
    }
    return RESULT_OK;
}

/* What we saw in the mempool before the block is taken to be there again; the watcher's next look
 * corrects it. */
static struct result unmine(struct ledger *ledger, const struct block_undo *undo,
                            struct touched *touched) {
    const struct payment_row *payments;
    size_t count;
    TRY(store_payment_at_height(ledger_conn(ledger), ledger_arena(ledger), undo->network,
                                undo->tip.height, &payments, &count));
    for (size_t i = 0; i < count; i++) {
        struct payment_row payment = payments[i];
        payment.state = payment.first_seen_at_ms != 0 ? PAYMENT_SEEN : PAYMENT_GONE;
        payment.height = 0;
        payment.block_hash = (struct block_hash){0};
        payment.block_time_ms = 0;
        payment.matures_height = 0;
        payment.waits_for = CONFIRMED_DEEP;
        TRY(payment_change(ledger, &payment, "payment_undone"));
        TRY(touched_add(touched, ledger, payment.invoice_id, CAUSE_UNDONE));
    }
    return RESULT_OK;
}

static struct result reopen_batch(struct ledger *ledger, struct block_reopen *reopen,
                                  struct touched *touched) {
    const struct store_deadlines wanted = {
        .after = reopen->after, .until_ms = reopen->until_ms, .limit = REOPENED_MAX};
    const struct store_deadline *deadlines;
    size_t count;
    TRY(store_invoice_expired(ledger_conn(ledger), ledger_arena(ledger), &wanted, &deadlines,
                              &count));
    for (size_t i = 0; i < count; i++) {
        TRY(touched_add(touched, ledger, deadlines[i].invoice_id, CAUSE_DEADLINE_UNPROVEN));
    }
    reopen->has_more = count == REOPENED_MAX;
    if (reopen->has_more) {
        reopen->last = deadlines[count - 1];
    }
    return RESULT_OK;
}

/* The new tip may not prove deadlines that the old one proved. */
static struct result reopen_unproven(struct ledger *ledger, struct block_undo *undo,
                                     const struct block_header *old_tip, struct touched *touched) {
    struct block_header tip;
    TRY(store_block_tip(ledger_conn(ledger), undo->network, &tip));
    undo->reopen =
        (struct block_reopen){.after = {.deadline_ms = tip.proven_ms - 1, .invoice_id = INT64_MAX},
                              .until_ms = old_tip->proven_ms};
    return tip.proven_ms >= old_tip->proven_ms ? RESULT_OK
                                               : reopen_batch(ledger, &undo->reopen, touched);
}

static struct result block_undo_apply(void *input, struct ledger *ledger) {
    struct block_undo *undo = input;
    struct block_header old_tip;
    TRY(check_is_tip(ledger, undo, &old_tip));
    struct touched touched = {0};
    TRY(unconfirm_matured(ledger, undo, &touched));
    TRY(unmine(ledger, undo, &touched));
    TRY(store_coin_forget_spent(ledger_conn(ledger), undo->network, undo->tip.height));
    TRY(untraced_remove(ledger, undo->network, undo->tip.height));
    TRY(store_block_delete(ledger_conn(ledger), undo->network, undo->tip.height));
    TRY(reopen_unproven(ledger, undo, &old_tip, &touched));
    return touched_settle(&touched, ledger);
}

const struct use_case block_undo_use_case = {
    .name = "block_undo",
    .job_class = JOB_CHAIN,
    .apply = block_undo_apply,
};

static struct result block_reopen_apply(void *input, struct ledger *ledger) {
    struct touched touched = {0};
    TRY(reopen_batch(ledger, input, &touched));
    return touched_settle(&touched, ledger);
}

const struct use_case block_reopen_use_case = {
    .name = "block_reopen",
    .job_class = JOB_CHAIN,
    .apply = block_reopen_apply,
};
