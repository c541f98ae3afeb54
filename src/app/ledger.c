/* SPDX-License-Identifier: MIT */
#include "app/ledger.h"

#include <stdarg.h>
#include <string.h>

#include "app/app.h"
#include "app/job.h"
#include "app/rollup.h"
#include "app/rollup_rebuild.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/notices.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"

enum { LEDGER_BUCKETS = 1024, PAYMENT_ROOM = 4 };

struct ledger_entry {
    struct ledger_entry *next_in_bucket;
    struct invoice_bundle bundle;
    struct rollup_share counted; /* what the rolled-up rows hold of it */
};

struct invoice_note {
    struct invoice_note *next;
    int64_t invoice_id;
};

struct delivery_note {
    struct delivery_note *next;
    struct delivery_row delivery;
};

struct ledger {
    struct arena *arena;
    const struct app *app;
    struct store_conn *conn;
    int64_t now_ms;
    struct ledger_entry *buckets[LEDGER_BUCKETS];
    struct invoice_note *invoice_notes;
    struct delivery_note *delivery_notes;
    struct rollup *rollup; /* changes not written yet */
};

struct ledger *ledger_new(struct arena *arena, const struct app *app, struct store_conn *conn,
                          int64_t now_ms) {
    struct ledger *ledger = ARENA_NEW(arena, struct ledger);
    ledger->arena = arena;
    ledger->app = app;
    ledger->conn = conn;
    ledger->now_ms = now_ms;
    ledger->rollup = rollup_new(arena);
    return ledger;
}

struct store_conn *ledger_conn(const struct ledger *ledger) {
    return ledger->conn;
}

struct arena *ledger_arena(const struct ledger *ledger) {
    return ledger->arena;
}

const struct app *ledger_app(const struct ledger *ledger) {
    return ledger->app;
}

int64_t ledger_now_ms(const struct ledger *ledger) {
    return ledger->now_ms;
}

struct result ledger_load(struct ledger *ledger, const struct needs *needs) {
    for (size_t i = 0; i < needs->invoice_count; i++) {
        struct invoice_bundle *bundle;
        struct result loaded = ledger_invoice(ledger, needs->invoice_ids[i], &bundle);
        /* Whether a missing row matters is for the use case to say. */
        if (loaded.code != &ERR_NOT_FOUND) {
            TRY(loaded);
        }
    }
    return RESULT_OK;
}

static struct ledger_entry **bucket_of(struct ledger *ledger, int64_t invoice_id) {
    return &ledger->buckets[(uint64_t)invoice_id % LEDGER_BUCKETS];
}

/* The store hands out constant rows; a bundle owns copies that jobs may change. */
static struct result bundle_read(struct ledger *ledger, int64_t invoice_id,
                                 struct invoice_bundle *ret_bundle) {
    struct invoice_bundle bundle = {0};
    TRY(store_invoice_by_id(ledger->conn, ledger->arena, invoice_id, &bundle.invoice));
    const struct address_row *options;
    TRY(store_address_of_invoice(ledger->conn, ledger->arena, invoice_id, &options,
                                 &bundle.option_count));
    bundle.options = arena_try_alloc(ledger->arena, sizeof *options * (bundle.option_count + 1));
    ENSURE(bundle.options != NULL, ERR_STORE_ANSWER_LARGE);
    if (bundle.option_count > 0) {
        memcpy(bundle.options, options, bundle.option_count * sizeof *options);
    }
    const struct payment_row *payments;
    TRY(store_payment_of_invoice(ledger->conn, ledger->arena, invoice_id, &payments,
                                 &bundle.payment_count));
    bundle.payment_capacity = bundle.payment_count + PAYMENT_ROOM;
    bundle.payments = arena_try_alloc(ledger->arena, sizeof *payments * bundle.payment_capacity);
    ENSURE(bundle.payments != NULL, ERR_STORE_ANSWER_LARGE);
    if (bundle.payment_count > 0) {
        memcpy(bundle.payments, payments, bundle.payment_count * sizeof *payments);
    }
    *ret_bundle = bundle;
    return RESULT_OK;
}

static struct rollup_share share_of(struct ledger *ledger, const struct invoice_bundle *bundle) {
    struct invoice_rows rows = {&bundle->invoice, bundle->options, bundle->option_count,
                                bundle->payments, bundle->payment_count};
    return rollup_share_of(ledger->arena, &rows);
}

struct result ledger_invoice(struct ledger *ledger, int64_t invoice_id,
                             struct invoice_bundle **ret_bundle) {
    struct ledger_entry **bucket = bucket_of(ledger, invoice_id);
    for (struct ledger_entry *entry = *bucket; entry != NULL; entry = entry->next_in_bucket) {
        if (entry->bundle.invoice.id == invoice_id) {
            *ret_bundle = &entry->bundle;
            return RESULT_OK;
        }
    }
    struct invoice_bundle bundle;
    TRY(bundle_read(ledger, invoice_id, &bundle));
    struct ledger_entry *entry = ARENA_NEW(ledger->arena, struct ledger_entry);
    entry->bundle = bundle;
    entry->counted = share_of(ledger, &entry->bundle);
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    *ret_bundle = &entry->bundle;
    return RESULT_OK;
}

struct result ledger_insert_invoice(struct ledger *ledger, const struct invoice_row *invoice) {
    TRY(store_invoice_insert(ledger->conn, invoice));
    struct invoice_rows rows = {.invoice = invoice};
    struct rollup_share share = rollup_share_of(ledger->arena, &rows);
    rollup_add(ledger->rollup, &share);
    return RESULT_OK;
}

struct result ledger_add_payment(struct ledger *ledger, struct invoice_bundle *bundle,
                                 const struct payment_row *payment) {
    struct payment_row row = *payment;
    TRY(store_payment_insert(ledger->conn, payment, &row.id));
    if (bundle->payment_count == bundle->payment_capacity) {
        size_t capacity = bundle->payment_capacity * 2;
        struct payment_row *grown = ARENA_ARRAY(ledger->arena, struct payment_row, capacity);
        memcpy(grown, bundle->payments, bundle->payment_count * sizeof *grown);
        bundle->payments = grown;
        bundle->payment_capacity = capacity;
    }
    bundle->payments[bundle->payment_count++] = row;
    return RESULT_OK;
}

void ledger_add_option(struct ledger *ledger, struct invoice_bundle *bundle,
                       const struct address_row *option) {
    struct address_row *grown =
        ARENA_ARRAY(ledger->arena, struct address_row, bundle->option_count + 1);
    if (bundle->option_count > 0) {
        memcpy(grown, bundle->options, bundle->option_count * sizeof *grown);
    }
    grown[bundle->option_count++] = *option;
    bundle->options = grown;
}

struct result ledger_journal(struct ledger *ledger, const struct invoice_row *invoice,
                             const char *event, const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    const char *detail = arena_vprintf(ledger->arena, detail_format, args);
    va_end(args);
    struct journal_row entry = {
        .at_ms = ledger->now_ms,
        .shop_id = invoice == NULL ? 0 : invoice->shop_id,
        .invoice_id = invoice == NULL ? 0 : invoice->id,
        .event = str_from_c(event),
        .detail = str_from_c(detail),
    };
    return store_journal_append(ledger->conn, &entry);
}

struct result ledger_alarm(struct ledger *ledger, const char *code, struct str subject,
                           struct str detail) {
    struct alarm_row alarm = {
        .code = str_from_c(code),
        .subject = subject,
        .detail = detail,
        .since_ms = ledger->now_ms,
    };
    return store_alarm_raise(ledger->conn, &alarm);
}

static void count_entry(struct ledger *ledger, struct ledger_entry *entry) {
    struct rollup_share share = share_of(ledger, &entry->bundle);
    rollup_take(ledger->rollup, &entry->counted);
    rollup_add(ledger->rollup, &share);
    entry->counted = share;
}

struct result ledger_write_counts(struct ledger *ledger) {
    for (size_t i = 0; i < LEDGER_BUCKETS; i++) {
        for (struct ledger_entry *entry = ledger->buckets[i]; entry != NULL;
             entry = entry->next_in_bucket) {
            count_entry(ledger, entry);
        }
    }
    bool sound;
    TRY(rollup_write(ledger->rollup, ledger->conn, &sound));
    ledger->rollup = rollup_new(ledger->arena);
    if (sound) {
        return RESULT_OK;
    }
    TRY(rollup_distrust(ledger));
    return ledger_alarm(ledger, "rollups_wrong", STR("statistics"),
                        STR("statistics and balances did not add up; the next start counts them "
                            "anew"));
}

void ledger_note_invoice(struct ledger *ledger, int64_t invoice_id) {
    struct invoice_note *note = ARENA_NEW(ledger->arena, struct invoice_note);
    *note = (struct invoice_note){.next = ledger->invoice_notes, .invoice_id = invoice_id};
    ledger->invoice_notes = note;
}

void ledger_note_delivery(struct ledger *ledger, const struct delivery_row *delivery) {
    struct delivery_note *note = ARENA_NEW(ledger->arena, struct delivery_note);
    *note = (struct delivery_note){.next = ledger->delivery_notes, .delivery = *delivery};
    ledger->delivery_notes = note;
}

void ledger_tell(const struct ledger *ledger, const struct notices *notices) {
    for (struct delivery_note *note = ledger->delivery_notes; note != NULL; note = note->next) {
        notices->delivery_due(notices->context, &note->delivery);
    }
    for (struct invoice_note *note = ledger->invoice_notes; note != NULL; note = note->next) {
        notices->invoice_changed(notices->context, note->invoice_id);
    }
}
