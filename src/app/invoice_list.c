/* SPDX-License-Identifier: MIT */
#include "app/invoice_list.h"

#include "ports/store_invoice.h"

struct result invoice_list_load(struct store_conn *reader, struct arena *arena,
                                const struct invoice_list_wanted *wanted,
                                struct invoice_list *ret_list) {
    BUG_IF(wanted->limit > INVOICE_LIST_MAX);
    const struct store_invoice_filter filter = {
        .shop_id = wanted->shop_id, .offset = wanted->offset, .limit = wanted->limit};
    return store_invoice_list(reader, arena, &filter, &ret_list->invoices, &ret_list->count,
                              &ret_list->total);
}
