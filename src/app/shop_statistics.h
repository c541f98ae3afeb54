/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SHOP_STATISTICS_H
#define TILL_APP_SHOP_STATISTICS_H

/* How many invoices a shop made on some days, by the status they have now, and what they ask for in
 * USD. Read from rolled-up rows: one for each day. */

#include "core/amount.h"
#include "core/invoice_status.h"
#include "ports/store_rollup.h"

struct shop_statistics {
    int64_t counts[INVOICE_STATUS_COUNT];
    struct amount usd[INVOICE_STATUS_COUNT];
    int64_t all_count; /* the sums of the five */
    struct amount all_usd;
};

struct result shop_statistics_load(struct store_conn *reader, int64_t shop_id,
                                   struct day_range days, struct shop_statistics *ret_statistics);

#endif
