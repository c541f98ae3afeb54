/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_STATIC_RECEIPT_H
#define TILL_APP_STATIC_RECEIPT_H

/* A payment into a static wallet becomes an invoice of its own, of exactly that sum, when a block
 * first has it: what only a mempool has, a fee bump may replace many times. From then on it is an
 * invoice as any other, through confirmations and reorgs; a payment that a reorg takes away and
 * another block brings back is the same receipt. Two outputs of one transaction are two receipts.
 * Not a use case of its own. */

#include "ports/rows.h"

struct invoice_bundle;
struct ledger;

/* Makes the invoice and ties the payment, which has no row yet, to it. `*ret_made` is false if the
 * payment is none of the wallet's: nothing, or of another asset, which is alarmed of and kept as
 * nobody's.
 * The invoice's number comes from the reserve: a job that runs again burns one, which harms
 * nobody. Without a rate the receipt is worth nothing in USD, and an alarm says so. */
struct result static_receipt_make(struct ledger *ledger, const struct address_row *address,
                                  struct payment_row *payment, bool *ret_made);

/* Is the invoice one of these? */
bool static_receipt_is(const struct invoice_bundle *bundle);
/* Nobody knows what it is worth, so it waits as long as the largest sum. */
bool static_receipt_is_unpriced(const struct invoice_bundle *bundle);

#endif
