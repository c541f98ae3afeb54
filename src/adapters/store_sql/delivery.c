/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_delivery.h"

static const char *const states[] = {
    [DELIVERY_QUEUED] = "queued",       [DELIVERY_DEFERRED] = "deferred",
    [DELIVERY_DELIVERED] = "delivered", [DELIVERY_WITHDRAWN] = "withdrawn",
    [DELIVERY_PARKED] = "parked",
};

#define DELIVERY_COLUMNS                                                                           \
    "id, key, shop_id, invoice_id, state, attempts, created_at_ms, first_attempt_at_ms, "          \
    "next_attempt_at_ms, delivered_at_ms, attempts_before"

static void take_delivery(struct stmt *stmt, struct delivery_row *delivery) {
    delivery->id = take_i64(stmt);
    take_bytes(stmt, delivery->key, sizeof(delivery->key));
    delivery->shop_id = take_i64(stmt);
    delivery->invoice_id = take_i64(stmt);
    delivery->state = (enum delivery_state)take_word(stmt, WORDS_OF(states));
    delivery->attempts = take_u32(stmt);
    delivery->created_at_ms = take_i64(stmt);
    delivery->first_attempt_at_ms = take_i64(stmt);
    delivery->next_attempt_at_ms = take_i64(stmt);
    delivery->delivered_at_ms = take_i64(stmt);
    delivery->attempts_before = take_u32(stmt);
}

QUERY_INSERT(delivery_insert,
             "INSERT INTO delivery (key, shop_id, invoice_id, state, attempts, created_at_ms, "
             "first_attempt_at_ms, next_attempt_at_ms, delivered_at_ms) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

struct result store_delivery_insert(struct store_conn *conn, const struct delivery_row *delivery,
                                    int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_insert);
    bind_bytes(stmt, delivery->key, sizeof(delivery->key));
    bind_i64(stmt, delivery->shop_id);
    bind_i64(stmt, delivery->invoice_id);
    bind_word(stmt, WORDS_OF(states), delivery->state);
    bind_i64(stmt, delivery->attempts);
    bind_i64(stmt, delivery->created_at_ms);
    bind_or_null(stmt, delivery->first_attempt_at_ms);
    bind_or_null(stmt, delivery->next_attempt_at_ms);
    bind_or_null(stmt, delivery->delivered_at_ms);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(delivery_update, "UPDATE delivery SET state = $2, attempts = $3, first_attempt_at_ms = $4, "
                       "next_attempt_at_ms = $5, delivered_at_ms = $6, attempts_before = $7 "
                       "WHERE id = $1");

struct result store_delivery_update(struct store_conn *conn, const struct delivery_row *delivery) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_update);
    bind_i64(stmt, delivery->id);
    bind_word(stmt, WORDS_OF(states), delivery->state);
    bind_i64(stmt, delivery->attempts);
    bind_or_null(stmt, delivery->first_attempt_at_ms);
    bind_or_null(stmt, delivery->next_attempt_at_ms);
    bind_or_null(stmt, delivery->delivered_at_ms);
    bind_i64(stmt, delivery->attempts_before);
    return stmt_run_one(stmt);
}

QUERY(delivery_by_id, "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE id = $1");

struct result store_delivery_by_id(struct store_conn *conn, int64_t id,
                                   struct delivery_row *ret_delivery) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_by_id);
    bind_i64(stmt, id);
    struct delivery_row delivery = {0};
    if (stmt_next(stmt)) {
        take_delivery(stmt, &delivery);
    }
    TRY(stmt_found(stmt));
    *ret_delivery = delivery;
    return RESULT_OK;
}

static struct result deliveries_of(struct stmt *stmt, struct arena *arena,
                                   const struct delivery_row **ret_deliveries, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct delivery_row));
    while (stmt_next(stmt)) {
        struct delivery_row *delivery = row_list_add(&list);
        if (delivery != NULL) {
            take_delivery(stmt, delivery);
        }
    }
    TRY(stmt_result(stmt));
    *ret_deliveries = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(delivery_of_invoice,
      "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE invoice_id = $1 ORDER BY id");

struct result store_delivery_of_invoice(struct store_conn *conn, struct arena *arena,
                                        int64_t invoice_id,
                                        const struct delivery_row **ret_deliveries,
                                        size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_of_invoice);
    bind_i64(stmt, invoice_id);
    return deliveries_of(stmt, arena, ret_deliveries, ret_count);
}

QUERY(delivery_undelivered,
      "SELECT " DELIVERY_COLUMNS " FROM delivery "
      "WHERE state IN ('queued', 'deferred') AND id > $1 ORDER BY id LIMIT $2");

struct result store_delivery_undelivered(struct store_conn *conn, struct arena *arena,
                                         int64_t after_id, uint32_t limit,
                                         const struct delivery_row **ret_deliveries,
                                         size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_undelivered);
    bind_i64(stmt, after_id);
    bind_i64(stmt, limit);
    return deliveries_of(stmt, arena, ret_deliveries, ret_count);
}

/* Five ways to the same list, each along the index that keeps it short. $1 shop or NULL, $2 state
 * or NULL, $3 created from, $4 below this id, $5 limit. */
#define LIST_FILTER                                                                                \
    "($1 IS NULL OR shop_id = $1) AND ($2 IS NULL OR state = $2) AND created_at_ms >= $3 "
#define LIST_END "AND id < $4 ORDER BY id DESC LIMIT $5"

QUERY(delivery_list, "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE " LIST_FILTER LIST_END);
QUERY(delivery_list_of_shop, "SELECT " DELIVERY_COLUMNS " FROM delivery "
                             "WHERE shop_id = $1 AND ($2 IS NULL OR state = $2) "
                             "AND created_at_ms >= $3 " LIST_END);
/* `state <> 'delivered'` is what lets the engine take the index of the few that are not. */
QUERY(delivery_list_open, "SELECT " DELIVERY_COLUMNS " FROM delivery "
                          "WHERE ($1 IS NULL OR shop_id = $1) AND state <> 'delivered' "
                          "AND state = $2 AND created_at_ms >= $3 " LIST_END);
/* The pluses keep the engine on the index of times. */
QUERY(delivery_list_since, "SELECT " DELIVERY_COLUMNS " FROM delivery "
                           "WHERE ($1 IS NULL OR shop_id = $1) AND ($2 IS NULL OR state = $2) "
                           "AND created_at_ms >= $3 AND +id < $4 ORDER BY +id DESC LIMIT $5");

static const struct query *list_query(const struct store_delivery_filter *filter) {
    if (filter->by_state && filter->state != DELIVERY_DELIVERED) {
        return &delivery_list_open;
    }
    if (filter->created_from_ms != 0) {
        return &delivery_list_since;
    }
    return filter->shop_id != 0 ? &delivery_list_of_shop : &delivery_list;
}

struct result store_delivery_list(struct store_conn *conn, struct arena *arena,
                                  const struct store_delivery_filter *filter,
                                  const struct delivery_row **ret_deliveries, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, list_query(filter));
    bind_or_null(stmt, filter->shop_id);
    if (filter->by_state) {
        bind_word(stmt, WORDS_OF(states), filter->state);
    } else {
        bind_null(stmt);
    }
    bind_i64(stmt, filter->created_from_ms);
    bind_i64(stmt, filter->before_id == 0 ? INT64_MAX : filter->before_id);
    bind_i64(stmt, filter->limit);
    return deliveries_of(stmt, arena, ret_deliveries, ret_count);
}

QUERY(delivery_count,
      "SELECT state, count(*) FROM delivery WHERE state <> 'delivered' GROUP BY state");

struct result store_delivery_count(struct store_conn *conn,
                                   struct store_delivery_counts *ret_counts) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &delivery_count);
    struct store_delivery_counts counts = {0};
    while (stmt_next(stmt)) {
        unsigned state = take_word(stmt, WORDS_OF(states));
        counts.by_state[state] = take_i64(stmt);
    }
    TRY(stmt_result(stmt));
    *ret_counts = counts;
    return RESULT_OK;
}
