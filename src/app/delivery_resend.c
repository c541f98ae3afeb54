/* SPDX-License-Identifier: MIT */
#include "app/delivery_resend.h"

#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_delivery.h"
#include "ports/store_journal.h"

enum { RESEND_MAX = 10000 };

/* It is on its way again, and alarmed again should it be given up again. */
static struct result clear_if_parked(struct ledger *ledger, const struct delivery_row *delivery) {
    if (delivery->state != DELIVERY_PARKED) {
        return RESULT_OK;
    }
    struct str subject =
        str_from_c(arena_printf(ledger_arena(ledger), "delivery %lld", (long long)delivery->id));
    return store_alarm_clear(ledger_conn(ledger), STR("delivery_parked"), subject,
                             ledger_now_ms(ledger));
}

static struct result resend(struct ledger *ledger, struct delivery_row delivery,
                            struct delivery_resend *resend) {
    if (delivery.state == DELIVERY_WITHDRAWN) {
        return RESULT_OK;
    }
    TRY(clear_if_parked(ledger, &delivery));
    delivery.state = DELIVERY_QUEUED;
    delivery.next_attempt_at_ms = ledger_now_ms(ledger);
    delivery.first_attempt_at_ms = 0;
    delivery.attempts_before = delivery.attempts;
    delivery.delivered_at_ms = 0;
    TRY(store_delivery_update(ledger_conn(ledger), &delivery));
    ledger_note_delivery(ledger, &delivery);
    resend->count++;
    return RESULT_OK;
}

static struct result resend_list(struct ledger *ledger, const struct delivery_row *deliveries,
                                 size_t count, struct delivery_resend *input) {
    for (size_t i = 0; i < count; i++) {
        TRY(resend(ledger, deliveries[i], input));
    }
    ENSURE(input->count > 0, ERR_NOT_FOUND);
    return RESULT_OK;
}

static struct result delivery_resend_apply(void *input, struct ledger *ledger) {
    struct delivery_resend *wanted = input;
    struct store_conn *conn = ledger_conn(ledger);
    wanted->count = 0;
    if (wanted->delivery_id != 0) {
        struct delivery_row delivery;
        TRY(store_delivery_by_id(conn, wanted->delivery_id, &delivery));
        return resend_list(ledger, &delivery, 1, wanted);
    }
    const struct delivery_row *deliveries;
    size_t count;
    if (wanted->invoice_id != 0) {
        TRY(store_delivery_of_invoice(conn, ledger_arena(ledger), wanted->invoice_id, &deliveries,
                                      &count));
        return resend_list(ledger, deliveries, count, wanted);
    }
    struct store_delivery_filter filter = {.created_from_ms = wanted->since_ms,
                                           .limit = RESEND_MAX + 1};
    TRY(store_delivery_list(conn, ledger_arena(ledger), &filter, &deliveries, &count));
    ENSURE(count <= RESEND_MAX, ERR_RESEND_LIMIT);
    return resend_list(ledger, deliveries, count, wanted);
}

const struct use_case delivery_resend_use_case = {
    .name = "delivery_resend",
    .job_class = JOB_OPERATOR,
    .apply = delivery_resend_apply,
};
