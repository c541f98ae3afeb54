/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_LIST_H
#define TILL_APP_INVOICE_LIST_H

/* Invoices as the operator lists them, newest first. */

#include "base/result.h"
#include "ports/rows_invoice.h"

struct arena;
struct store_conn;

enum { INVOICE_LIST_MAX = 1000 };

struct invoice_list_wanted {
    int64_t shop_id; /* 0: all shops */
    uint32_t offset;
    uint32_t limit; /* at most INVOICE_LIST_MAX */
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
