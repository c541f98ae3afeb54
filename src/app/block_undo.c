/* SPDX-License-Identifier: MIT */
#include "app/block_undo.h"

#include "app/payment_record.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_payout.h"

/* Opened again at once. An invoice past them stays canceled until the chain proves its deadline
 * again; money that comes to it in time pays it all the same. Without a limit, one shop's invoices
 * of one minute could ask for more memory than a batch has. */
enum { REOPENED_MAX = 20000 };

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

/* The new tip may not prove deadlines that the old one proved. */
static struct result reopen_unproven(struct ledger *ledger, const struct block_undo *undo,
                                     const struct block_header *old_tip, struct touched *touched) {
    struct block_header tip;
    TRY(store_block_tip(ledger_conn(ledger), undo->network, &tip));
    if (tip.proven_ms >= old_tip->proven_ms) {
        return RESULT_OK;
    }
    const int64_t *ids;
    size_t count;
    TRY(store_invoice_expired_between(ledger_conn(ledger), ledger_arena(ledger), tip.proven_ms - 1,
                                      old_tip->proven_ms, &ids, &count));
    for (size_t i = 0; i < count && i < REOPENED_MAX; i++) {
        TRY(touched_add(touched, ledger, ids[i], CAUSE_DEADLINE_UNPROVEN));
    }
    return RESULT_OK;
}

static struct result block_undo_apply(void *input, struct ledger *ledger) {
    const struct block_undo *undo = input;
    struct block_header old_tip;
    TRY(check_is_tip(ledger, undo, &old_tip));
    struct touched touched = {0};
    TRY(unconfirm_matured(ledger, undo, &touched));
    TRY(unmine(ledger, undo, &touched));
    TRY(store_coin_forget_spent(ledger_conn(ledger), undo->network, undo->tip.height));
    TRY(store_block_delete(ledger_conn(ledger), undo->network, undo->tip.height));
    TRY(reopen_unproven(ledger, undo, &old_tip, &touched));
    return touched_settle(&touched, ledger);
}

const struct use_case block_undo_use_case = {
    .name = "block_undo",
    .job_class = JOB_CHAIN,
    .apply = block_undo_apply,
};
