/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_INVOICE_STATUS_H
#define TILL_CORE_INVOICE_STATUS_H

/* The words for an invoice: five statuses, five flags, and the causes for which we look at it
 * again. Their names are stored and shown, and never reused. */

#include "base/str.h"

enum invoice_status {
    INVOICE_CREATED,
    INVOICE_PARTIAL,
    INVOICE_PAID,
    INVOICE_OVERPAID,
    INVOICE_CANCELED,
};

enum { INVOICE_STATUS_COUNT = INVOICE_CANCELED + 1 };

enum invoice_flag {
    INVOICE_FLAG_SEEN = 1u << 0,            /* money in the mempool or in a shallow block */
    INVOICE_FLAG_LATE = 1u << 1,            /* confirmed money came after the deadline or the
                                               cancellation, credited or not */
    INVOICE_FLAG_DISPUTE = 1u << 2,         /* success was announced and is true no more */
    INVOICE_FLAG_EXPIRED_PARTIAL = 1u << 3, /* the deadline passed with too little paid */
    INVOICE_FLAG_TEST = 1u << 4,            /* of a test shop; set at creation, kept */
};

enum { INVOICE_FLAG_COUNT = 5 };

/* Why we look again. The names go to the journal. */
enum invoice_cause {
    CAUSE_PAYMENT_SEEN, /* appeared in the mempool or in a shallow block */
    CAUSE_PAYMENT_GONE, /* left the mempool: replaced or evicted */
    CAUSE_CONFIRMED,    /* deep enough now */
    CAUSE_UNDONE,       /* its block left the best chain */
    CAUSE_DEADLINE_PROVEN,
    CAUSE_DEADLINE_UNPROVEN, /* the proving block left the best chain */
    CAUSE_CANCELED_BY_SHOP,
    CAUSE_CONFIRMED_BY_HAND,
    CAUSE_LATE_ACCEPTED,
};

enum { INVOICE_CAUSE_COUNT = CAUSE_LATE_ACCEPTED + 1 };

/* Stable names: "created", "seen", "payment_seen". */
const char *invoice_status_name(enum invoice_status status);
const char *invoice_flag_name(enum invoice_flag flag);
const char *invoice_cause_name(enum invoice_cause cause);

/* Paid or overpaid. */
bool invoice_status_is_success(enum invoice_status status);

#endif
