/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_LEDGER_H
#define TILL_APP_LEDGER_H

/* What one transaction has loaded and changed. Every job of a batch sees the same bundle of an
 * invoice, so the second job sees what the first did. Writes go to the store at once; what must be
 * said after the commit is gathered here. Lives on the committer's thread, dies with the batch. */

#include "ports/rows.h"

struct app;
struct arena;
struct ledger;
struct needs;
struct notices;
struct store_conn;

enum { INVOICE_OPTIONS_MAX = 32 };

/* An invoice with all that decides its status. */
struct invoice_bundle {
    struct invoice_row invoice;
    struct address_row *options;
    size_t option_count;
    struct payment_row *payments;
    size_t payment_count;
    size_t payment_capacity;
};

struct ledger *ledger_new(struct arena *arena, const struct app *app, struct store_conn *conn,
                          int64_t now_ms);
/* Fetches what the batch needs in as few round trips as the engine allows. */
struct result ledger_load(struct ledger *ledger, const struct needs *needs);

struct store_conn *ledger_conn(const struct ledger *ledger);
struct arena *ledger_arena(const struct ledger *ledger);
const struct app *ledger_app(const struct ledger *ledger);
int64_t ledger_now_ms(const struct ledger *ledger);

/* ERR_NOT_FOUND if there is none. The bundle belongs to the ledger. Ask for it before anything of
 * the invoice is written: what changes from then on is counted. */
struct result ledger_invoice(struct ledger *ledger, int64_t invoice_id,
                             struct invoice_bundle **ret_bundle);
/* Every new invoice comes this way, so that it is counted. */
struct result ledger_insert_invoice(struct ledger *ledger, const struct invoice_row *invoice);
/* Inserts a payment and adds it to the bundle; the pointer is valid until the next one is added. */
struct result ledger_add_payment(struct ledger *ledger, struct invoice_bundle *bundle,
                                 const struct payment_row *payment);

/* Adds to the bundle what was inserted. */
void ledger_add_option(struct ledger *ledger, struct invoice_bundle *bundle,
                       const struct address_row *option);

/* One line of the timeline; `detail_format` makes one JSON object of values that need no escaping.
 */
struct result ledger_journal(struct ledger *ledger, const struct invoice_row *invoice,
                             const char *event, const char *detail_format, ...)
    __attribute__((format(printf, 4, 5)));
struct result ledger_alarm(struct ledger *ledger, const char *code, struct str subject,
                           struct str detail);

/* Brings the rolled-up rows in line with all that has changed so far; the last act before the
 * commit. */
struct result ledger_write_counts(struct ledger *ledger);

/* Told to `notices` after the commit. */
void ledger_note_invoice(struct ledger *ledger, int64_t invoice_id);
void ledger_note_delivery(struct ledger *ledger, const struct delivery_row *delivery);
void ledger_tell(const struct ledger *ledger, const struct notices *notices);

#endif
