/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYMENT_RECORD_H
#define TILL_APP_PAYMENT_RECORD_H

/* Steps that blocks and sightings share: which invoices a unit of work touched, and how a payment
 * row changes. Not a use case of its own. */

#include "app/block_apply.h"
#include "app/ledger.h"
#include "core/invoice_status.h"

/* The invoices to settle at the end, each once, with the last cause named; an undo explains
 * everything else. */
struct touched {
    struct touched_invoice *first;
    struct touched_invoice **buckets; /* by id: a block may pay thousands of ours */
    size_t count;
};

struct result touched_add(struct touched *touched, struct ledger *ledger, int64_t invoice_id,
                          enum invoice_cause cause);
struct result touched_settle(const struct touched *touched, struct ledger *ledger);

/* The row of this outpoint in the bundle, or NULL. */
struct payment_row *payment_in_bundle(struct invoice_bundle *bundle,
                                      const struct payment_row *like);

/* Writes the row, keeps the bundle in step and adds a line to the timeline. */
struct result payment_change(struct ledger *ledger, const struct payment_row *payment,
                             const char *event);

/* Takes the row out of store and bundle, and adds a line to the timeline: what was believed of this
 * outpoint is not so. */
struct result payment_forget(struct ledger *ledger, const struct payment_row *payment,
                             const char *event);

/* A new row for a hit, or the known one: `ret_known` says which. */
struct result payment_of_hit(struct ledger *ledger, const struct network *network,
                             const struct block_hit *hit, struct payment_row *ret_payment,
                             bool *ret_known);
struct result payment_add(struct ledger *ledger, const struct payment_row *payment,
                          enum address_kind to, const char *event);

/* An invoice keeps this many payments whatever their sums. */
enum { PAYMENTS_OF_ANY_SUM_MAX = 1000 };
/* Whether a payment not known yet is set aside, with an alarm: less than the asset's smallest sum
 * when the invoice has PAYMENTS_OF_ANY_SUM_MAX already, or than a thousandth of it in a static
 * wallet (not on chains of Bitcoin's kind, whose nodes relay none). So a flood of dust costs the
 * sender what it takes to store it. */
struct result payment_is_dust(struct ledger *ledger, const struct block_hit *hit,
                              bool *ret_is_dust);

#endif
