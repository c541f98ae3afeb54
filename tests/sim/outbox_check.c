/* SPDX-License-Identifier: MIT */
#include "sim/outbox_check.h"

#include "base/arena.h"
#include "ports/store_delivery.h"
#include "sim/world.h"

const char *outbox_check(struct world *world, struct arena *arena,
                         const struct invoice_view *view) {
    const struct delivery_row *deliveries;
    size_t count;
    BUG_IF(!result_is_ok(store_delivery_of_invoice(world_reader(world), arena, view->invoice.id,
                                                   &deliveries, &count)));
    size_t standing = 0;
    bool heard = false;
    for (size_t i = 0; i < count; i++) {
        standing += deliveries[i].state == DELIVERY_WITHDRAWN ? 0 : 1;
        heard = heard || deliveries[i].attempts > 0;
    }
    bool success = invoice_status_is_success(view->invoice.status);
    bool disputed = (view->invoice.flags & INVOICE_FLAG_DISPUTE) != 0;
    if (standing == (success || heard ? 1u : 0u) && disputed == (heard && !success)) {
        return NULL;
    }
    return arena_printf(arena,
                        "invoice %lld is %s, heard of %d, disputed %d, and has %zu postbacks",
                        (long long)view->invoice.id, invoice_status_name(view->invoice.status),
                        heard, disputed, standing);
}
