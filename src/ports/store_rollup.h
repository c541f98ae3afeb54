/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_ROLLUP_H
#define TILL_PORTS_STORE_ROLLUP_H

/* The rolled-up rows: read, written whole, and summed over days. */

#include "core/day_range.h"
#include "ports/rows.h"

struct arena;
struct store_conn;

/* ERR_NOT_FOUND if nothing was counted there yet. */
struct result store_shop_day_get(struct store_conn *conn, int64_t shop_id, int64_t day,
                                 struct shop_day_row *ret_row);
/* Inserts or replaces. */
struct result store_shop_day_put(struct store_conn *conn, const struct shop_day_row *row);
/* All zero if there is nothing; `ret_sum->day` means nothing. */
struct result store_shop_day_sum(struct store_conn *conn, int64_t shop_id, struct day_range days,
                                 struct shop_day_row *ret_sum);
/* Days with invoices, the newest first. */
struct result store_shop_day_counts(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    struct day_range days, const struct day_count **ret_counts,
                                    size_t *ret_count);
/* Of all shops. */
struct result store_shop_day_total(struct store_conn *conn, int64_t *ret_total);

struct result store_shop_asset_get(struct store_conn *conn, int64_t shop_id,
                                   const struct network *network, const struct asset *asset,
                                   struct shop_asset_row *ret_row);
struct result store_shop_asset_put(struct store_conn *conn, const struct shop_asset_row *row);
struct result store_shop_asset_list(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    const struct shop_asset_row **ret_rows, size_t *ret_count);

/* Forgets all rolled-up rows, before they are counted anew. */
struct result store_rollup_clear(struct store_conn *conn);

#endif
