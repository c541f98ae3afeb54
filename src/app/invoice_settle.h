/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_SETTLE_H
#define TILL_APP_INVOICE_SETTLE_H

/* Brings an invoice's status in line with its facts, whatever changed them: asks core, then writes
 * row, journal, outbox and alarms together. Every use case that touches payments or decisions ends
 * here. */

#include "core/invoice.h"

struct invoice_bundle;
struct ledger;

struct result invoice_settle(struct ledger *ledger, struct invoice_bundle *bundle,
                             enum invoice_cause cause);

#endif
