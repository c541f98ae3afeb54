/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_DELIVERY_H
#define TILL_PORTS_STORE_DELIVERY_H

/* The outbox and the log of attempts. */

#include "ports/rows.h"

struct arena;
struct store_conn;

struct result store_delivery_insert(struct store_conn *conn, const struct delivery_row *delivery,
                                    int64_t *ret_id);
struct result store_delivery_update(struct store_conn *conn, const struct delivery_row *delivery);
struct result store_delivery_by_id(struct store_conn *conn, int64_t id,
                                   struct delivery_row *ret_delivery);
struct result store_delivery_of_invoice(struct store_conn *conn, struct arena *arena,
                                        int64_t invoice_id,
                                        const struct delivery_row **ret_deliveries,
                                        size_t *ret_count);
/* Queued and deferred rows with id > after_id, in id order: what a start finds due. */
struct result store_delivery_undelivered(struct store_conn *conn, struct arena *arena,
                                         int64_t after_id, uint32_t limit,
                                         const struct delivery_row **ret_deliveries,
                                         size_t *ret_count);

struct store_delivery_filter {
    int64_t shop_id; /* 0: all */
    bool by_state;
    enum delivery_state state;
    int64_t created_from_ms;
    int64_t before_id; /* 0: from the newest */
    uint32_t limit;
};
/* Newest first. */
struct result store_delivery_list(struct store_conn *conn, struct arena *arena,
                                  const struct store_delivery_filter *filter,
                                  const struct delivery_row **ret_deliveries, size_t *ret_count);

struct result store_attempt_insert(struct store_conn *conn, const struct attempt_row *attempt);
struct result store_attempt_list(struct store_conn *conn, struct arena *arena, int64_t delivery_id,
                                 const struct attempt_row **ret_attempts, size_t *ret_count);

/* Counts by state, for metrics and the doctor; 0 for delivered ones, which only grow in number. */
struct store_delivery_counts {
    int64_t by_state[DELIVERY_PARKED + 1];
};
struct result store_delivery_count(struct store_conn *conn,
                                   struct store_delivery_counts *ret_counts);

#endif
