/* SPDX-License-Identifier: MIT */
#include "app/sighting_record.h"

#include "app/payment_record.h"
#include "core/error.h"
#include "core/payment.h"
#include "ports/store_payment.h"

static void sighting_record_needs(const void *input, struct needs *needs) {
    const struct sighting_record *record = input;
    for (size_t i = 0; i < record->hit_count; i++) {
        if (record->hits[i].address.invoice_id != 0) {
            needs_invoice(needs, record->hits[i].address.invoice_id);
        }
    }
    for (size_t i = 0; i < record->gone_count; i++) {
        if (record->gone_invoice_ids[i] != 0) {
            needs_invoice(needs, record->gone_invoice_ids[i]);
        }
    }
}

static struct result record_hit(struct ledger *ledger, const struct sighting_record *record,
                                const struct block_hit *hit, struct touched *touched) {
    struct payment_row payment;
    bool known;
    TRY(payment_of_hit(ledger, record->network, hit, &payment, &known));
    if (known && payment.state != PAYMENT_GONE) {
        return RESULT_OK;
    }
    if (!known && hit->address.kind == ADDRESS_STATIC) {
        return RESULT_OK; /* a receipt only once a block has it */
    }
    bool is_dust = false;
    TRY(known ? RESULT_OK : payment_is_dust(ledger, hit, &is_dust));
    if (is_dust) {
        return RESULT_OK;
    }
    payment.state = PAYMENT_SEEN;
    struct payment_times times = {.first_seen_at_ms = payment.first_seen_at_ms};
    payment.first_seen_at_ms = payment_first_seen_ms(times, ledger_now_ms(ledger));
    TRY(known ? payment_change(ledger, &payment, "payment_seen")
              : payment_add(ledger, &payment, hit->address.kind, "payment_seen"));
    return touched_add(touched, ledger, payment.invoice_id, CAUSE_PAYMENT_SEEN);
}

static struct result record_gone(struct ledger *ledger, int64_t payment_id, int64_t invoice_id,
                                 struct touched *touched) {
    if (invoice_id == 0) { /* change, or to an address in quarantine: nobody's status follows */
        return store_payment_forget_sighting(ledger_conn(ledger), payment_id);
    }
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, invoice_id, &bundle));
    for (size_t i = 0; i < bundle->payment_count; i++) {
        struct payment_row payment = bundle->payments[i];
        if (payment.id == payment_id && payment.state == PAYMENT_SEEN) {
            payment.state = PAYMENT_GONE;
            TRY(payment_change(ledger, &payment, "payment_gone"));
            TRY(touched_add(touched, ledger, invoice_id, CAUSE_PAYMENT_GONE));
        }
    }
    return RESULT_OK;
}

static struct result sighting_record_apply(void *input, struct ledger *ledger) {
    const struct sighting_record *record = input;
    struct touched touched = {0};
    for (size_t i = 0; i < record->hit_count; i++) {
        TRY(record_hit(ledger, record, &record->hits[i], &touched));
    }
    for (size_t i = 0; i < record->gone_count; i++) {
        TRY(record_gone(ledger, record->gone_payment_ids[i], record->gone_invoice_ids[i],
                        &touched));
    }
    return touched_settle(&touched, ledger);
}

const struct use_case sighting_record_use_case = {
    .name = "sighting_record",
    .job_class = JOB_CHAIN,
    .needs = sighting_record_needs,
    .apply = sighting_record_apply,
};
