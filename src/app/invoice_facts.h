/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_FACTS_H
#define TILL_APP_INVOICE_FACTS_H

/* Turns an invoice's rows into the facts that core judges. Reading and settling use the same ones.
 */

#include "core/invoice.h"
#include "ports/rows.h"

struct arena;

/* Is the payment among the option's own, of its asset, and on chain or in the mempool? */
/* Came to one of the options in another asset: recorded and told, never credited. */
bool payment_is_foreign(const struct payment_row *payment, const struct address_row *option);
bool payment_counts(const struct payment_row *payment, const struct address_row *option);
bool payment_row_is_on_time(const struct payment_row *payment, const struct invoice_row *invoice);

struct invoice_rows {
    const struct invoice_row *invoice;
    const struct address_row *options;
    size_t option_count;
    const struct payment_row *payments;
    size_t payment_count;
};

/* Fills all but `success_announced` and `deadline_passed_everywhere`. The facts live in `arena`.
 * ERR_AMOUNT_OVERFLOW if an option received more than 128 bits can count. */
struct result invoice_facts_of(struct arena *arena, const struct invoice_rows *rows,
                               struct invoice_facts *ret_facts);
/* ERR_TOLERANCE_INVALID if the row was damaged. */
struct result invoice_policy_of(const struct invoice_row *invoice,
                                struct invoice_policy *ret_policy);

#endif
