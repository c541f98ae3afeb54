/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_ROLLUP_H
#define TILL_PORTS_ROWS_ROLLUP_H

/* Sums kept beside the rows they are of: see rows.h. */

#include "core/amount.h"
#include "core/asset.h"
#include "core/invoice_status.h"

/* A shop's invoices made on one day, by the status they have now. */
struct shop_day_row {
    int64_t shop_id;
    int64_t day; /* since 1970, UTC */
    int64_t counts[INVOICE_STATUS_COUNT];
    struct amount usd[INVOICE_STATUS_COUNT]; /* what they ask for */
};

/* What a shop's confirmed receipts sum to. */
struct shop_asset_row {
    int64_t shop_id;
    const struct network *network; /* the sandbox for what is no money */
    const struct asset *asset;
    struct amount received;
    struct amount received_usd; /* at each invoice's frozen quote */
};

/* How many invoices a shop made on a day. */
struct day_count {
    int64_t day;
    int64_t count;
};

#endif
