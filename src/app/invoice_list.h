/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_LIST_H
#define TILL_APP_INVOICE_LIST_H

/* Invoices, newest first. How many match is read from the rolled-up days and never counted; they
 * also say where a page far back begins. */

#include "base/result.h"
#include "ports/rows_invoice.h"
#include "ports/store_rollup.h"

struct arena;
struct store_conn;

enum { INVOICE_LIST_MAX = 1000 };

#define INVOICE_LIST_ALL_DAYS ((struct day_range){.first = 0, .last = INT64_MAX / DAY_MS - 1})

struct invoice_list_wanted {
    int64_t shop_id;       /* 0: all shops */
    struct day_range days; /* of creation; heeded for one shop only */
    int64_t offset;        /* how many of the newest to leave out */
    uint32_t limit;        /* at most INVOICE_LIST_MAX */
};

struct invoice_list {
    const struct invoice_row *invoices;
    size_t count;
    int64_t total; /* all that match */
};

struct result invoice_list_load(struct store_conn *reader, struct arena *arena,
                                const struct invoice_list_wanted *wanted,
                                struct invoice_list *ret_list);

#endif
