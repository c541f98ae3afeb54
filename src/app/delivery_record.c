/* SPDX-License-Identifier: MIT */
#include "app/delivery_record.h"

#include "app/ledger.h"
#include "base/arena.h"
#include "ports/store_delivery.h"

static struct result raise_if_parked(struct ledger *ledger, const struct delivery_record *record,
                                     const struct delivery_row *delivery) {
    /* A shop without a notification URL asked for none. */
    if (record->state != DELIVERY_PARKED || str_is_empty(record->attempt.url)) {
        return RESULT_OK;
    }
    struct str subject =
        str_from_c(arena_printf(ledger_arena(ledger), "delivery %lld", (long long)delivery->id));
    return ledger_alarm(ledger, "delivery_parked", subject, record->attempt.outcome);
}

static const char *event_of(enum delivery_state state) {
    switch (state) {
    case DELIVERY_DELIVERED:
        return "postback_delivered";
    case DELIVERY_PARKED:
        return "postback_parked";
    case DELIVERY_QUEUED:
    case DELIVERY_DEFERRED:
    case DELIVERY_WITHDRAWN:
        return "postback_failed";
    }
    BUG_IF(true);
}

/* For the shop that reads its events. One without a notification URL is told nothing of postbacks.
 */
static struct result journal_attempt(struct ledger *ledger, const struct delivery_record *record,
                                     const struct delivery_row *delivery) {
    if (str_is_empty(record->attempt.url)) {
        return RESULT_OK;
    }
    const struct invoice_row invoice = {.id = delivery->invoice_id, .shop_id = delivery->shop_id};
    return ledger_journal(ledger, &invoice, event_of(record->state),
                          "{\"delivery\":%lld,\"attempt\":%u,\"http_status\":%d}",
                          (long long)delivery->id, delivery->attempts, record->attempt.http_status);
}

static struct result delivery_record_apply(void *input, struct ledger *ledger) {
    const struct delivery_record *record = input;
    struct delivery_row delivery;
    TRY(store_delivery_by_id(ledger_conn(ledger), record->attempt.delivery_id, &delivery));
    struct attempt_row attempt = record->attempt;
    attempt.number = delivery.attempts + 1;
    TRY(store_attempt_insert(ledger_conn(ledger), &attempt));
    delivery.attempts = attempt.number;
    if (delivery.first_attempt_at_ms == 0) {
        delivery.first_attempt_at_ms = attempt.at_ms;
    }
    /* A repeat of what was delivered before cannot make it undelivered. */
    if (delivery.state != DELIVERY_DELIVERED) {
        delivery.state = record->state;
        delivery.next_attempt_at_ms = record->next_attempt_at_ms;
        delivery.delivered_at_ms = record->state == DELIVERY_DELIVERED ? attempt.at_ms : 0;
    }
    TRY(store_delivery_update(ledger_conn(ledger), &delivery));
    TRY(journal_attempt(ledger, record, &delivery));
    TRY(raise_if_parked(ledger, record, &delivery));
    ledger_note_invoice(ledger, delivery.invoice_id);
    return RESULT_OK;
}

const struct use_case delivery_record_use_case = {
    .name = "delivery_record",
    .job_class = JOB_DELIVERY,
    .apply = delivery_record_apply,
};
