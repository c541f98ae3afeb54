/* SPDX-License-Identifier: MIT */
#include "app/invoice_list.h"

#include "ports/store.h"
#include "ports/store_invoice.h"

static struct result list_of_all(struct store_conn *reader, struct arena *arena,
                                 const struct invoice_list_wanted *wanted,
                                 struct invoice_list *ret_list) {
    TRY(store_shop_day_total(reader, &ret_list->total));
    if (wanted->offset >= ret_list->total) {
        return RESULT_OK;
    }
    const struct store_invoice_filter filter = {.offset = (uint32_t)wanted->offset,
                                                .limit = wanted->limit};
    return store_invoice_list(reader, arena, &filter, &ret_list->invoices, &ret_list->count);
}

/* Leaves out whole days, so that a page far back costs no more than its own day. */
static void skip_days(const struct day_count *days, size_t count, int64_t offset,
                      struct store_invoice_filter *filter) {
    for (size_t i = 0; i < count && offset >= days[i].count; i++) {
        offset -= days[i].count;
        filter->created_before_ms = days[i].day * DAY_MS;
    }
    filter->offset = (uint32_t)offset;
}

static struct result list_of_shop(struct store_conn *reader, struct arena *arena,
                                  const struct invoice_list_wanted *wanted,
                                  struct invoice_list *ret_list) {
    const struct day_count *days;
    size_t count;
    TRY(store_shop_day_counts(reader, arena, wanted->shop_id, wanted->days, &days, &count));
    for (size_t i = 0; i < count; i++) {
        ret_list->total += days[i].count;
    }
    if (wanted->offset >= ret_list->total) {
        return RESULT_OK;
    }
    struct store_invoice_filter filter = {.shop_id = wanted->shop_id,
                                          .created_from_ms = wanted->days.first * DAY_MS,
                                          .created_before_ms = (wanted->days.last + 1) * DAY_MS,
                                          .limit = wanted->limit};
    skip_days(days, count, wanted->offset, &filter);
    return store_invoice_list(reader, arena, &filter, &ret_list->invoices, &ret_list->count);
}

struct result invoice_list_load(struct store_conn *reader, struct arena *arena,
                                const struct invoice_list_wanted *wanted,
                                struct invoice_list *ret_list) {
    BUG_IF(wanted->limit > INVOICE_LIST_MAX || wanted->offset < 0);
    *ret_list = (struct invoice_list){0};
    TRY(store_read_begin(reader));
    struct result loaded = wanted->shop_id == 0 ? list_of_all(reader, arena, wanted, ret_list)
                                                : list_of_shop(reader, arena, wanted, ret_list);
    store_read_end(reader);
    return loaded;
}
