/* SPDX-License-Identifier: MIT */
#include "app/block_apply.h"

#include "app/app.h"
#include "app/payment_record.h"
#include "app/static_receipt.h"
#include "app/untraced.h"
#include "base/arena.h"
#include "core/confirmations.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"

static void block_apply_needs(const void *input, struct needs *needs) {
    const struct block_apply *apply = input;
    for (size_t i = 0; i < apply->hit_count; i++) {
        if (apply->hits[i].address.invoice_id != 0) {
            needs_invoice(needs, apply->hits[i].address.invoice_id);
        }
    }
}

static struct result check_is_next(struct ledger *ledger, const struct block_apply *apply) {
    struct block_header tip;
    struct result found = store_block_tip(ledger_conn(ledger), apply->network, &tip);
    if (apply->first != NULL) {
        ENSURE(found.code == &ERR_NOT_FOUND, ERR_BLOCK_NOT_NEXT);
        return store_chain_insert(ledger_conn(ledger), apply->first);
    }
    TRY(found);
    const struct block_header *block = &apply->block->header;
    ENSURE(block->height == tip.height + 1 && block_hash_eq(block->parent, tip.hash),
           ERR_BLOCK_NOT_NEXT);
    return RESULT_OK;
}

/* What the payment waits for. */
static struct result set_demand(struct ledger *ledger, struct payment_row *payment) {
    const struct followed_network *followed =
        networks_find(&ledger_app(ledger)->networks, payment->network);
    BUG_IF(followed == NULL);
    const struct confirmation_tiers *tiers = &followed->confirmations;
    struct confirmation_tier tier = confirmation_tier_for(tiers, amount_zero(fiat_usd()));
    if (payment->invoice_id != 0) {
        struct invoice_bundle *bundle;
        TRY(ledger_invoice(ledger, payment->invoice_id, &bundle));
        tier = static_receipt_is_unpriced(bundle)
                   ? confirmation_tier_last(tiers)
                   : confirmation_tier_for(tiers, bundle->invoice.price_usd);
    }
    struct confirmation_place place = {payment->network, payment->height, payment->coinbase};
    payment->waits_for = tier.rule;
    payment->matures_height = confirmation_matures_height(place, tier);
    return RESULT_OK;
}

static bool is_as_the_block_shows(const struct payment_row *payment, const struct block_hit *hit) {
    return payment->address_id == hit->address.id &&
           payment->amount.asset == hit->output->amount.asset &&
           amount_eq(payment->amount, hit->output->amount) &&
           payment->coinbase == hit->output->coinbase;
}

/* What is known of an outpoint that is in no block is a node's word on its mempool, or what a block
 * since undone made of the same transaction: this block decides, so a false row goes. */
static struct result forget_if_false(struct ledger *ledger, const struct block_apply *apply,
                                     const struct block_hit *hit, struct touched *touched,
                                     struct payment_row *payment, bool *known) {
    if (!*known || is_as_the_block_shows(payment, hit)) {
        return RESULT_OK;
    }
    struct payment_row was = *payment;
    TRY(payment_forget(ledger, &was, "payment_gone"));
    TRY(touched_add(touched, ledger, was.invoice_id, CAUSE_PAYMENT_GONE));
    TRY(payment_of_hit(ledger, apply->network, hit, payment, known));
    payment->first_seen_at_ms = was.address_id == hit->address.id ? was.first_seen_at_ms : 0;
    return RESULT_OK;
}

static bool is_in_a_block(const struct payment_row *payment, bool known) {
    return known && (payment->state == PAYMENT_SHALLOW || payment->state == PAYMENT_CONFIRMED);
}

/* A payment that is in no block that we know of. */
static struct result record_hit(struct ledger *ledger, struct block_apply *apply,
                                const struct block_hit *hit, struct touched *touched,
                                struct payment_row payment, bool known) {
    TRY(forget_if_false(ledger, apply, hit, touched, &payment, &known));
    bool is_dust = false;
    TRY(known ? RESULT_OK : payment_is_dust(ledger, hit, &is_dust));
    if (is_dust) {
        return RESULT_OK;
    }
    if (!known && hit->address.kind == ADDRESS_STATIC) {
        bool made;
        TRY(static_receipt_make(ledger, &hit->address, &payment, &made));
        if (!made && amount_is_zero(payment.amount)) {
            return RESULT_OK;
        }
    }
    payment.state = PAYMENT_SHALLOW;
    payment.height = apply->block->header.height;
    payment.block_hash = apply->block->header.hash;
    payment.block_time_ms = apply->block->header.time_ms;
    TRY(set_demand(ledger, &payment));
    TRY(known ? payment_change(ledger, &payment, "payment_mined")
              : payment_add(ledger, &payment, hit->address.kind, "payment_mined"));
    apply->payments_found++;
    return touched_add(touched, ledger, payment.invoice_id, CAUSE_PAYMENT_SEEN);
}

static struct result apply_hit(struct ledger *ledger, struct block_apply *apply,
                               const struct block_hit *hit, struct touched *touched) {
    struct payment_row payment;
    bool known;
    TRY(payment_of_hit(ledger, apply->network, hit, &payment, &known));
    /* The same outpoint in two blocks of one chain: not money twice. */
    if (is_in_a_block(&payment, known)) {
        return ledger_alarm(ledger, "payment_repeated", str_from_c(apply->network->key),
                            STR("a block repeats an output that an earlier block has"));
    }
    return record_hit(ledger, apply, hit, touched, payment, known);
}

typedef struct result hit_fn(struct ledger *ledger, struct block_apply *apply,
                             const struct block_hit *hit, struct touched *touched);

/* Addresses issued after the watcher's snapshot: few, compared with each output. */
static struct result take_late_hits(struct ledger *ledger, struct block_apply *apply, hit_fn *take,
                                    struct touched *touched) {
    const struct address_row *addresses;
    size_t count;
    TRY(store_address_since(ledger_conn(ledger), ledger_arena(ledger), apply->network,
                            apply->snapshot_address_id, &addresses, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < apply->block->output_count; j++) {
            const struct chain_output *output = &apply->block->outputs[j];
            if (script_eq(&output->program, &addresses[i].program)) {
                struct block_hit hit = {.output = output, .address = addresses[i]};
                TRY(take(ledger, apply, &hit, touched));
            }
        }
    }
    return RESULT_OK;
}

static struct result take_hits(struct ledger *ledger, struct block_apply *apply, hit_fn *take,
                               struct touched *touched) {
    for (size_t i = 0; i < apply->hit_count; i++) {
        TRY(take(ledger, apply, &apply->hits[i], touched));
    }
    return take_late_hits(ledger, apply, take, touched);
}

static struct result confirm_all(struct ledger *ledger, const struct payment_row *payments,
                                 size_t count, struct touched *touched) {
    for (size_t i = 0; i < count; i++) {
        struct payment_row payment = payments[i];
        payment.state = PAYMENT_CONFIRMED;
        TRY(payment_change(ledger, &payment, "payment_confirmed"));
        TRY(touched_add(touched, ledger, payment.invoice_id, CAUSE_CONFIRMED));
    }
    return RESULT_OK;
}

/* After a pause, in which nothing was believed confirmed, very many mature at once, and one
 * transaction cannot hold them all: the others follow with the next blocks. */
enum { MATURING_MAX = 5000 };

static struct result confirm_matured(struct ledger *ledger, const struct block_apply *apply,
                                     struct touched *touched) {
    const struct payment_row *payments;
    size_t count;
    TRY(store_payment_maturing(ledger_conn(ledger), ledger_arena(ledger), apply->network,
                               apply->block->header.height, MATURING_MAX, &payments, &count));
    TRY(confirm_all(ledger, payments, count, touched));
    struct store_finality finality = {apply->safe_height, apply->finalized_height, MATURING_MAX};
    if (finality.safe_height == 0 && finality.finalized_height == 0) {
        return RESULT_OK;
    }
    TRY(store_payment_becoming_final(ledger_conn(ledger), ledger_arena(ledger), apply->network,
                                     finality, &payments, &count));
    return confirm_all(ledger, payments, count, touched);
}

static struct result block_apply_apply(void *input, struct ledger *ledger) {
    struct block_apply *apply = input;
    apply->payments_found = 0;
    TRY(check_is_next(ledger, apply));
    const struct block_header *block = &apply->block->header;
    TRY(store_block_insert(ledger_conn(ledger), apply->network, block));
    if (apply->block->flaws.is_untraced) {
        TRY(untraced_add(ledger, apply->network, block->height));
    }
    struct touched touched = {0};
    TRY(take_hits(ledger, apply, apply_hit, &touched));
    if (!apply->hold_confirmations) {
        TRY(confirm_matured(ledger, apply, &touched));
    }
    TRY(touched_settle(&touched, ledger));
    apply->invoices_touched = touched.count;
    int64_t keep_from = block->height - (int64_t)apply->network->reorg_limit_blocks;
    return keep_from <= 0 ? RESULT_OK
                          : store_block_prune(ledger_conn(ledger), apply->network, keep_from);
}

const struct use_case block_apply_use_case = {
    .name = "block_apply",
    .job_class = JOB_CHAIN,
    .needs = block_apply_needs,
    .apply = block_apply_apply,
};

/* ---- a block that is read again */

static struct result check_is_ours(struct ledger *ledger, const struct block_apply *apply) {
    const struct block_header *block = &apply->block->header;
    struct block_header ours;
    TRY(store_block_tip(ledger_conn(ledger), apply->network, &ours));
    ENSURE(block->height <= ours.height, ERR_BLOCK_NOT_NEXT);
    struct result found = store_block_at(ledger_conn(ledger), apply->network, block->height, &ours);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK; /* below all that are kept: no reorg goes there */
    }
    TRY(found);
    ENSURE(block_hash_eq(block->hash, ours.hash), ERR_BLOCK_UNKNOWN);
    return RESULT_OK;
}

/* BTC and LTC date a block up to two hours wrong; our own clock may be wrong, too. */
enum { BLOCK_TIME_SLACK_MS = 2 * 3600 * 1000 };

/* What came to an address before Till gave it out was meant for what the wallet did with it then.
 * Of addresses in quarantine nobody knows when they were given out; they pay for nothing. */
static bool is_older_than_its_address(const struct block_apply *apply,
                                      const struct block_hit *hit) {
    return hit->address.kind != ADDRESS_QUARANTINED &&
           apply->block->header.time_ms + BLOCK_TIME_SLACK_MS < hit->address.issued_at_ms;
}

static struct result reread_hit(struct ledger *ledger, struct block_apply *apply,
                                const struct block_hit *hit, struct touched *touched) {
    struct payment_row payment;
    bool known;
    TRY(payment_of_hit(ledger, apply->network, hit, &payment, &known));
    if (is_in_a_block(&payment, known)) {
        apply->payments_known++;
        return RESULT_OK;
    }
    if (!known && is_older_than_its_address(apply, hit)) {
        return RESULT_OK;
    }
    return record_hit(ledger, apply, hit, touched, payment, known);
}

static struct result block_reread_apply(void *input, struct ledger *ledger) {
    struct block_apply *apply = input;
    apply->payments_found = 0;
    apply->payments_known = 0;
    TRY(check_is_ours(ledger, apply));
    struct touched touched = {0};
    TRY(take_hits(ledger, apply, reread_hit, &touched));
    if (!apply->block->flaws.is_untraced && !apply->block->flaws.is_traceless) {
        TRY(untraced_remove(ledger, apply->network, apply->block->header.height));
    }
    apply->invoices_touched = touched.count;
    return touched_settle(&touched, ledger);
}

const struct use_case block_reread_use_case = {
    .name = "block_reread",
    .job_class = JOB_CHAIN,
    .needs = block_apply_needs,
    .apply = block_reread_apply,
};
