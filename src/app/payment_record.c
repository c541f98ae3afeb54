/* SPDX-License-Identifier: MIT */
#include "app/payment_record.h"

#include "app/app.h"
#include "app/invoice_facts.h"
#include "app/invoice_settle.h"
#include "app/top_up.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "ports/store_payment.h"

enum { TOUCHED_BUCKETS = 1024 };

struct touched_invoice {
    struct touched_invoice *next;
    struct touched_invoice *next_in_bucket;
    struct invoice_bundle *bundle;
    enum invoice_cause cause;
};

struct result touched_add(struct touched *touched, struct ledger *ledger, int64_t invoice_id,
                          enum invoice_cause cause) {
    if (invoice_id == 0) {
        return RESULT_OK;
    }
    if (touched->buckets == NULL) {
        touched->buckets =
            ARENA_ARRAY(ledger_arena(ledger), struct touched_invoice *, TOUCHED_BUCKETS);
    }
    struct touched_invoice **bucket = &touched->buckets[(uint64_t)invoice_id % TOUCHED_BUCKETS];
    for (struct touched_invoice *known = *bucket; known != NULL; known = known->next_in_bucket) {
        if (known->bundle->invoice.id == invoice_id) {
            known->cause = known->cause == CAUSE_UNDONE ? CAUSE_UNDONE : cause;
            return RESULT_OK;
        }
    }
    struct touched_invoice *added = ARENA_NEW(ledger_arena(ledger), struct touched_invoice);
    TRY(ledger_invoice(ledger, invoice_id, &added->bundle));
    added->cause = cause;
    added->next = touched->first;
    added->next_in_bucket = *bucket;
    touched->first = added;
    *bucket = added;
    touched->count++;
    return RESULT_OK;
}

struct result touched_settle(const struct touched *touched, struct ledger *ledger) {
    for (const struct touched_invoice *at = touched->first; at != NULL; at = at->next) {
        TRY(invoice_settle(ledger, at->bundle, at->cause));
    }
    return RESULT_OK;
}

struct payment_row *payment_in_bundle(struct invoice_bundle *bundle,
                                      const struct payment_row *like) {
    for (size_t i = 0; i < bundle->payment_count; i++) {
        struct payment_row *payment = &bundle->payments[i];
        if (payment->network == like->network && payment->ordinal == like->ordinal &&
            txid_eq(payment->txid, like->txid)) {
            return payment;
        }
    }
    return NULL;
}

/* The option's asset if the payment came in another, else NULL. */
static const struct asset *asset_asked_for(const struct invoice_bundle *bundle,
                                           const struct payment_row *payment) {
    for (size_t i = 0; i < bundle->option_count; i++) {
        if (payment_is_foreign(payment, &bundle->options[i])) {
            return bundle->options[i].asset;
        }
    }
    return NULL;
}

enum presence { ABSENT, PRESENT };

static enum presence presence_of(const struct payment_row *payment) {
    return payment->state == PAYMENT_GONE ? ABSENT : PRESENT;
}

/* What was there before and is there now. */
struct turn {
    enum presence before;
    enum presence after;
    const char *event;
};

/* While an invoice is open, its payer may have sent the wrong coin. */
static struct result is_top_up(struct ledger *ledger, const struct invoice_bundle *bundle,
                               const struct payment_row *payment, bool *ret_is_top_up) {
    enum invoice_status status = bundle->invoice.status;
    *ret_is_top_up = false;
    return status == INVOICE_CREATED || status == INVOICE_PARTIAL
               ? RESULT_OK
               : top_up_is_asked_for(ledger_conn(ledger), payment, ret_is_top_up);
}

/* Money that pays nothing is told of when it comes, by an event of its own, and when it goes. That
 * it is mined or confirmed in between changes nothing for anybody. */
static struct result journal_payment(struct ledger *ledger, const struct invoice_bundle *bundle,
                                     const struct payment_row *payment, const struct turn *turn) {
    bool is_foreign = asset_asked_for(bundle, payment) != NULL;
    if (is_foreign && turn->before == turn->after) {
        return RESULT_OK;
    }
    const char *event = turn->event;
    if (is_foreign && turn->after == PRESENT) {
        bool top_up;
        TRY(is_top_up(ledger, bundle, payment, &top_up));
        event = top_up ? "payment_top_up" : "payment_foreign";
    }
    struct arena *arena = ledger_arena(ledger);
    struct str txid = network_txid_text(arena, payment->network, payment->txid);
    struct str amount = amount_to_text(arena, payment->amount);
    return ledger_journal(ledger, &bundle->invoice, event,
                          "{\"txid\":\"%.*s\",\"ordinal\":%u,\"amount\":\"%.*s\",\"asset\":\"%s\","
                          "\"height\":%lld,\"cause\":\"%s\"}",
                          STR_ARG(txid), payment->ordinal, STR_ARG(amount),
                          payment->amount.asset->code, (long long)payment->height, turn->event);
}

static struct result alarm_if_foreign(struct ledger *ledger, const struct invoice_bundle *bundle,
                                      const struct payment_row *payment) {
    const struct asset *asked_for = asset_asked_for(bundle, payment);
    bool top_up = false;
    TRY(asked_for == NULL ? RESULT_OK : is_top_up(ledger, bundle, payment, &top_up));
    if (asked_for == NULL || top_up) {
        return RESULT_OK;
    }
    struct arena *arena = ledger_arena(ledger);
    const char *detail = arena_printf(arena, "%.*s %s came where %s was asked for; it pays nothing",
                                      STR_ARG(amount_to_text(arena, payment->amount)),
                                      payment->amount.asset->code, asked_for->code);
    return ledger_alarm(ledger, "payment_foreign",
                        app_invoice_public_id(arena, ledger_app(ledger), bundle->invoice.id),
                        str_from_c(detail));
}

static struct result alarm_quarantined(struct ledger *ledger, const struct payment_row *payment) {
    return ledger_alarm(ledger, "payment_quarantined",
                        network_txid_text(ledger_arena(ledger), payment->network, payment->txid),
                        STR("money came to an address that was issued after the backup this store "
                            "was restored from"));
}

struct result payment_change(struct ledger *ledger, const struct payment_row *payment,
                             const char *event) {
    if (payment->invoice_id == 0) {
        return store_payment_update(ledger_conn(ledger), payment);
    }
    /* The bundle first, as things were: the ledger counts what changes after that. */
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, payment->invoice_id, &bundle));
    TRY(store_payment_update(ledger_conn(ledger), payment));
    struct payment_row *row = payment_in_bundle(bundle, payment);
    BUG_IF(row == NULL);
    struct turn turn = {presence_of(row), presence_of(payment), event};
    *row = *payment;
    return journal_payment(ledger, bundle, payment, &turn);
}

struct result payment_forget(struct ledger *ledger, const struct payment_row *payment,
                             const char *event) {
    if (payment->invoice_id == 0) {
        return store_payment_delete(ledger_conn(ledger), payment->id);
    }
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, payment->invoice_id, &bundle));
    TRY(store_payment_delete(ledger_conn(ledger), payment->id));
    struct payment_row *row = payment_in_bundle(bundle, payment);
    BUG_IF(row == NULL);
    for (struct payment_row *last = &bundle->payments[--bundle->payment_count]; row < last; row++) {
        row[0] = row[1];
    }
    struct turn turn = {presence_of(payment), ABSENT, event};
    return journal_payment(ledger, bundle, payment, &turn);
}

struct result payment_of_hit(struct ledger *ledger, const struct network *network,
                             const struct block_hit *hit, struct payment_row *ret_payment,
                             bool *ret_known) {
    struct payment_row fresh = {
        .network = network,
        .txid = hit->output->txid,
        .ordinal = hit->output->ordinal,
        .address_id = hit->address.id,
        .invoice_id = hit->address.invoice_id,
        .amount = hit->output->amount,
        .coinbase = hit->output->coinbase,
    };
    struct result found = store_payment_by_outpoint(ledger_conn(ledger), network, fresh.txid,
                                                    fresh.ordinal, ret_payment);
    *ret_known = result_is_ok(found);
    if (found.code == &ERR_NOT_FOUND) {
        *ret_payment = fresh;
        return RESULT_OK;
    }
    return found;
}

struct result payment_add(struct ledger *ledger, const struct payment_row *payment,
                          enum address_kind to, const char *event) {
    if (payment->invoice_id == 0) {
        int64_t id;
        TRY(store_payment_insert(ledger_conn(ledger), payment, &id));
        return to == ADDRESS_QUARANTINED ? alarm_quarantined(ledger, payment) : RESULT_OK;
    }
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, payment->invoice_id, &bundle));
    TRY(ledger_add_payment(ledger, bundle, payment));
    TRY(alarm_if_foreign(ledger, bundle, payment));
    struct turn turn = {ABSENT, presence_of(payment), event};
    return journal_payment(ledger, bundle, payment, &turn);
}

/* ---- dust */

enum { STATIC_DUST_PER_MILLION = 1000 };

static struct amount smallest_of(const struct asset *asset) {
    struct amount smallest;
    struct result read = amount_from_text(asset, str_from_c(asset->smallest), &smallest);
    BUG_IF(!result_is_ok(read));
    return smallest;
}

static struct result is_flood(struct ledger *ledger, const struct block_hit *hit,
                              bool *ret_is_flood) {
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, hit->address.invoice_id, &bundle));
    struct amount amount = hit->output->amount;
    *ret_is_flood = bundle->payment_count >= PAYMENTS_OF_ANY_SUM_MAX &&
                    amount_less(amount, smallest_of(amount.asset));
    if (!*ret_is_flood) {
        return RESULT_OK;
    }
    return ledger_alarm(
        ledger, "dust_flood",
        app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), hit->address.invoice_id),
        STR("the invoice has a thousand payments; those below the asset's smallest "
            "sum are not recorded any more"));
}

static struct result is_speck(struct ledger *ledger, const struct block_hit *hit,
                              bool *ret_is_speck) {
    struct amount amount = hit->output->amount;
    struct amount limit;
    TRY(amount_per_million(smallest_of(amount.asset), STATIC_DUST_PER_MILLION, ROUND_DOWN, &limit));
    /* Nodes of Bitcoin's kind relay no dust themselves. */
    *ret_is_speck = amount.asset->network->kind != CHAIN_BITCOIN && amount_less(amount, limit);
    if (!*ret_is_speck) {
        return RESULT_OK;
    }
    return ledger_alarm(ledger, "dust_in_static_wallet",
                        hex_encode(ledger_arena(ledger), script_bytes(&hit->address.program)),
                        STR("transfers below a thousandth of the asset's smallest sum came to a "
                            "static wallet; they make no receipts"));
}

struct result payment_is_dust(struct ledger *ledger, const struct block_hit *hit,
                              bool *ret_is_dust) {
    *ret_is_dust = false;
    if (hit->address.kind == ADDRESS_STATIC) {
        return is_speck(ledger, hit, ret_is_dust);
    }
    return hit->address.invoice_id == 0 ? RESULT_OK : is_flood(ledger, hit, ret_is_dust);
}
