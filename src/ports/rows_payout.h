/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_PAYOUT_H
#define TILL_PORTS_ROWS_PAYOUT_H

/* What shops ask their operator to send: see rows.h. */

#include "base/str.h"
#include "core/amount.h"

struct network;

enum payout_status {
    PAYOUT_CREATED, /* waits for the operator */
    PAYOUT_DONE,
    PAYOUT_CANCELED,
};

struct payout_row {
    int64_t id; /* of the invoices' sequence */
    int64_t shop_id;
    int64_t api_key_id;
    enum payout_status status;
    const struct network *network;
    struct amount amount;
    struct str to_address;
    struct str note; /* the operator's */
    int64_t created_at_ms;
    int64_t finished_at_ms;
};

#endif
