/* SPDX-License-Identifier: MIT */
#include "app/shop_statistics.h"

struct result shop_statistics_load(struct store_conn *reader, int64_t shop_id,
                                   struct day_range days, struct shop_statistics *ret_statistics) {
    struct shop_day_row sum;
    TRY(store_shop_day_sum(reader, shop_id, days, &sum));
    struct shop_statistics statistics = {.all_usd = amount_zero(fiat_usd())};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        statistics.counts[i] = sum.counts[i];
        statistics.usd[i] = sum.usd[i];
        statistics.all_count += sum.counts[i];
        statistics.all_usd = amount_add_to_max(statistics.all_usd, sum.usd[i]);
    }
    *ret_statistics = statistics;
    return RESULT_OK;
}
