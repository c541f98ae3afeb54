/* SPDX-License-Identifier: MIT */
#include "http/merchant_item.h"

#include "http/merchant_call.h"
#include "http/wire/invoice.h"

struct result merchant_item_write(const struct merchant_call *call, struct arena *arena,
                                  int64_t invoice_id, struct json_writer *json) {
    struct invoice_view view;
    TRY(invoice_view_load(call->app, call->reader, arena, call->shop.id, invoice_id, &view));
    wire_invoice(json, arena, &view, WIRE_ITEM);
    return RESULT_OK;
}
