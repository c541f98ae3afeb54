/* SPDX-License-Identifier: MIT */
#include "app/invoice_settle.h"

#include <string.h>

#include "app/app.h"
#include "app/delivery_claims.h"
#include "app/invoice_facts.h"
#include "app/ledger.h"
#include "app/static_receipt.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "ports/store_delivery.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/vault.h"

enum { NETWORK_KEY_BYTES_MAX = 16 };

/* Where the outbox stands for an invoice's success. */
struct announcement {
    bool heard;                  /* somebody has heard it, or may hear it this moment */
    struct delivery_row unheard; /* id 0: none waits */
};

static struct result announcement_read(struct ledger *ledger, const struct invoice_row *invoice,
                                       struct announcement *ret_announcement) {
    *ret_announcement = (struct announcement){0};
    if (invoice->success_announced_at_ms == 0) {
        return RESULT_OK;
    }
    const struct delivery_row *deliveries;
    size_t count;
    TRY(store_delivery_of_invoice(ledger_conn(ledger), ledger_arena(ledger), invoice->id,
                                  &deliveries, &count));
    for (size_t i = 0; i < count; i++) {
        if (deliveries[i].state == DELIVERY_WITHDRAWN) {
            continue;
        }
        if (deliveries[i].attempts > 0 || deliveries[i].state != DELIVERY_QUEUED) {
            ret_announcement->heard = true;
        } else {
            ret_announcement->unheard = deliveries[i];
        }
    }
    return RESULT_OK;
}

/* A success that nobody has heard is taken back instead of disputed. */
static struct result withdraw_unheard(struct ledger *ledger, struct invoice_row *invoice,
                                      struct announcement *announcement) {
    if (announcement->heard || announcement->unheard.id == 0) {
        return RESULT_OK;
    }
    if (!delivery_block(ledger_app(ledger)->claims, announcement->unheard.id)) {
        announcement->heard = true;
        return RESULT_OK;
    }
    announcement->unheard.state = DELIVERY_WITHDRAWN;
    TRY(store_delivery_update(ledger_conn(ledger), &announcement->unheard));
    invoice->success_announced_at_ms = 0;
    return ledger_journal(ledger, invoice, "postback_withdrawn", "{\"delivery\":%lld}",
                          (long long)announcement->unheard.id);
}

/* A receipt is known by its payment: a restored store gives it another number. */
static void receipt_key(const struct app *app, const struct payment_row *payment,
                        uint8_t ret_key[VAULT_MAC_BYTES]) {
    uint8_t message[8 + NETWORK_KEY_BYTES_MAX + sizeof payment->txid.bytes + 4] = "receipt";
    struct str network = str_from_c(payment->network->key);
    BUG_IF(network.len > NETWORK_KEY_BYTES_MAX);
    memcpy(message + 8, network.ptr, network.len);
    uint8_t *rest = message + 8 + NETWORK_KEY_BYTES_MAX;
    memcpy(rest, payment->txid.bytes, sizeof payment->txid.bytes);
    u32_store_be(rest + sizeof payment->txid.bytes, payment->ordinal);
    vault_mac(app->vault, BYTES_OF(message), ret_key);
}

/* The same for every announcement of this invoice's success, also by a restored store: the shop
 * knows a repeat by it. */
static void success_key(const struct app *app, const struct invoice_bundle *bundle,
                        uint8_t ret_key[VAULT_MAC_BYTES]) {
    if (static_receipt_is(bundle) && bundle->payment_count > 0) {
        receipt_key(app, &bundle->payments[0], ret_key);
        return;
    }
    uint8_t message[8 + 8] = "success";
    u64_store_be(message + 8, (uint64_t)bundle->invoice.id);
    vault_mac(app->vault, BYTES_OF(message), ret_key);
}

static struct result queue_success(struct ledger *ledger, struct invoice_bundle *bundle) {
    struct invoice_row *invoice = &bundle->invoice;
    struct delivery_row delivery = {
        .shop_id = invoice->shop_id,
        .invoice_id = invoice->id,
        .state = DELIVERY_QUEUED,
        .created_at_ms = ledger_now_ms(ledger),
        .next_attempt_at_ms = ledger_now_ms(ledger),
    };
    success_key(ledger_app(ledger), bundle, delivery.key);
    TRY(store_delivery_insert(ledger_conn(ledger), &delivery, &delivery.id));
    invoice->success_announced_at_ms = ledger_now_ms(ledger);
    ledger_note_delivery(ledger, &delivery);
    return ledger_journal(ledger, invoice, "postback_queued", "{\"delivery\":%lld}",
                          (long long)delivery.id);
}

static bool has_ended(enum invoice_status status, uint32_t flags) {
    return status == INVOICE_CANCELED || (flags & INVOICE_FLAG_EXPIRED_PARTIAL) != 0;
}

/* By our clock and by each chain with an address. A network that is blind, or that nobody follows
 * any more, proves nothing; but what was proven once only an undone block takes back. */
static struct result deadline_is_proven(struct ledger *ledger, const struct invoice_bundle *bundle,
                                        enum invoice_cause cause, bool *ret_proven) {
    const struct app *app = ledger_app(ledger);
    int64_t deadline_ms = bundle->invoice.expires_at_ms;
    bool proven_before = has_ended(bundle->invoice.status, bundle->invoice.flags) &&
                         !bundle->invoice.canceled_by_shop;
    *ret_proven = proven_before && cause != CAUSE_UNDONE && cause != CAUSE_DEADLINE_UNPROVEN;
    if (*ret_proven || ledger_now_ms(ledger) <= deadline_ms) {
        return RESULT_OK;
    }
    for (size_t i = 0; i < bundle->option_count; i++) {
        struct followed_network *followed =
            networks_find(&app->networks, bundle->options[i].network);
        if (followed == NULL || network_health_get(followed).blind) {
            return RESULT_OK;
        }
        struct block_header tip;
        TRY(store_block_tip(ledger_conn(ledger), bundle->options[i].network, &tip));
        if (tip.proven_ms <= deadline_ms) {
            return RESULT_OK;
        }
    }
    *ret_proven = true;
    return RESULT_OK;
}

static struct result raise_flag_alarms(struct ledger *ledger, const struct invoice_row *invoice,
                                       uint32_t risen) {
    struct str subject =
        app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), invoice->id);
    if (risen & INVOICE_FLAG_LATE) {
        TRY(ledger_alarm(ledger, "payment_late", subject,
                         STR("money came after the deadline or the cancellation")));
    }
    if (risen & INVOICE_FLAG_DISPUTE) {
        TRY(ledger_alarm(ledger, "invoice_disputed", subject,
                         STR("the shop was told of a success that a reorg took back")));
    }
    return RESULT_OK;
}

static struct result clear_flag_alarms(struct ledger *ledger, const struct invoice_row *invoice,
                                       uint32_t fallen) {
    if ((fallen & INVOICE_FLAG_DISPUTE) == 0) {
        return RESULT_OK;
    }
    return store_alarm_clear(
        ledger_conn(ledger), STR("invoice_disputed"),
        app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), invoice->id),
        ledger_now_ms(ledger));
}

static struct result journal_change(struct ledger *ledger, const struct invoice_row *invoice,
                                    const struct invoice_change *change) {
    return ledger_journal(ledger, invoice, "status",
                          "{\"from\":\"%s\",\"to\":\"%s\",\"cause\":\"%s\",\"flags_from\":%u,"
                          "\"flags_to\":%u}",
                          invoice_status_name(change->from), invoice_status_name(change->to),
                          invoice_cause_name(change->cause), change->flags_from, change->flags_to);
}

static bool is_final(const struct invoice_change *change) {
    return invoice_status_is_success(change->to) || has_ended(change->to, change->flags_to);
}

static struct result write_change(struct ledger *ledger, struct invoice_bundle *bundle,
                                  const struct invoice_change *change) {
    struct invoice_row *invoice = &bundle->invoice;
    invoice->status = change->to;
    invoice->flags = change->flags_to;
    invoice->finished_at_ms =
        !is_final(change)
            ? 0
            : (invoice->finished_at_ms != 0 ? invoice->finished_at_ms : ledger_now_ms(ledger));
    if (change->fulfilled_option != INVOICE_NO_OPTION) {
        invoice->shown_address_id = bundle->options[change->fulfilled_option].id;
    }
    TRY(journal_change(ledger, invoice, change));
    if (change->announce == ANNOUNCE_SUCCESS) {
        TRY(queue_success(ledger, bundle));
    }
    uint32_t risen = change->flags_to & ~change->flags_from;
    TRY(raise_flag_alarms(ledger, invoice, risen));
    return clear_flag_alarms(ledger, invoice, change->flags_from & ~change->flags_to);
}

struct result invoice_settle(struct ledger *ledger, struct invoice_bundle *bundle,
                             enum invoice_cause cause) {
    struct invoice_rows rows = {&bundle->invoice, bundle->options, bundle->option_count,
                                bundle->payments, bundle->payment_count};
    struct invoice_facts facts;
    TRY(invoice_facts_of(ledger_arena(ledger), &rows, &facts));
    struct invoice_policy policy;
    TRY(invoice_policy_of(&bundle->invoice, &policy));
    TRY(deadline_is_proven(ledger, bundle, cause, &facts.deadline_passed_everywhere));
    struct announcement announcement;
    TRY(announcement_read(ledger, &bundle->invoice, &announcement));
    facts.success_announced = announcement.heard || announcement.unheard.id != 0;
    struct invoice_standing standing = invoice_standing_of(&facts, &policy);
    if (invoice_status_is_success(facts.status) && !invoice_status_is_success(standing.status)) {
        TRY(withdraw_unheard(ledger, &bundle->invoice, &announcement));
        facts.success_announced = announcement.heard;
    }
    struct invoice_change change;
    TRY(invoice_apply(&facts, &policy, cause, &change));
    ledger_note_invoice(ledger, bundle->invoice.id);
    if (invoice_change_is_empty(&change)) {
        return RESULT_OK;
    }
    TRY(write_change(ledger, bundle, &change));
    return store_invoice_update(ledger_conn(ledger), &bundle->invoice);
}
