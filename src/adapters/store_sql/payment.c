/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_payment.h"

static const char *const states[] = {
    [PAYMENT_SEEN] = "seen",
    [PAYMENT_SHALLOW] = "shallow",
    [PAYMENT_CONFIRMED] = "confirmed",
    [PAYMENT_GONE] = "gone",
};

static const char *const rules[] = {
    [CONFIRMED_SAFE] = "safe",
    [CONFIRMED_FINALIZED] = "finalized",
};

#define PAYMENT_COLUMNS                                                                            \
    "id, network_id, txid, ordinal, address_id, invoice_id, asset, amount, state, coinbase, "      \
    "height, block_hash, block_time_ms, first_seen_at_ms, matures_height, waits_for"

static enum confirmation_rule take_rule(struct stmt *stmt) {
    struct bytes word = take_view(stmt);
    for (enum confirmation_rule rule = CONFIRMED_SAFE; rule <= CONFIRMED_FINALIZED; rule++) {
        if (bytes_eq(word, bytes_from_str(str_from_c(rules[rule])))) {
            return rule;
        }
    }
    return CONFIRMED_DEEP;
}

static void bind_rule(struct stmt *stmt, enum confirmation_rule rule) {
    if (rule == CONFIRMED_DEEP) {
        bind_null(stmt);
    } else {
        bind_str(stmt, str_from_c(rules[rule]));
    }
}

static void take_payment(struct stmt *stmt, struct payment_row *payment) {
    payment->id = take_i64(stmt);
    payment->network = take_network(stmt);
    take_bytes(stmt, payment->txid.bytes, sizeof(payment->txid.bytes));
    payment->ordinal = take_u32(stmt);
    payment->address_id = take_i64(stmt);
    payment->invoice_id = take_i64(stmt);
    const struct asset *asset = take_asset(stmt);
    payment->amount = take_amount(stmt, asset);
    payment->state = (enum payment_state)take_word(stmt, WORDS_OF(states));
    payment->coinbase = take_bool(stmt);
    payment->height = take_i64(stmt);
    take_bytes(stmt, payment->block_hash.bytes, sizeof(payment->block_hash.bytes));
    payment->block_time_ms = take_i64(stmt);
    payment->first_seen_at_ms = take_i64(stmt);
    payment->matures_height = take_i64(stmt);
    payment->waits_for = take_rule(stmt);
}

/* What blocks change; the hash stands for itself only while there is a block. */
static void bind_chain_facts(struct stmt *stmt, const struct payment_row *payment) {
    bind_word(stmt, WORDS_OF(states), payment->state);
    bind_or_null(stmt, payment->height);
    if (payment->height == 0) {
        bind_null(stmt);
    } else {
        bind_bytes(stmt, payment->block_hash.bytes, sizeof(payment->block_hash.bytes));
    }
    bind_or_null(stmt, payment->block_time_ms);
    bind_or_null(stmt, payment->first_seen_at_ms);
    bind_or_null(stmt, payment->matures_height);
    bind_rule(stmt, payment->waits_for);
}

QUERY_INSERT(
    payment_insert,
    "INSERT INTO payment (state, height, block_hash, block_time_ms, first_seen_at_ms, "
    "matures_height, waits_for, network_id, txid, ordinal, address_id, invoice_id, asset, amount, "
    "coinbase) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");

struct result store_payment_insert(struct store_conn *conn, const struct payment_row *payment,
                                   int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_insert);
    bind_chain_facts(stmt, payment);
    bind_network(stmt, payment->network);
    bind_bytes(stmt, payment->txid.bytes, sizeof(payment->txid.bytes));
    bind_i64(stmt, payment->ordinal);
    bind_i64(stmt, payment->address_id);
    bind_or_null(stmt, payment->invoice_id);
    bind_asset(stmt, payment->amount.asset);
    bind_amount(stmt, payment->amount);
    bind_bool(stmt, payment->coinbase);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(payment_update, "UPDATE payment SET state = $1, height = $2, block_hash = $3, "
                      "block_time_ms = $4, first_seen_at_ms = $5, matures_height = $6, "
                      "waits_for = $7 WHERE id = $8");

struct result store_payment_update(struct store_conn *conn, const struct payment_row *payment) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_update);
    bind_chain_facts(stmt, payment);
    bind_i64(stmt, payment->id);
    return stmt_run_one(stmt);
}

QUERY(payment_delete, "DELETE FROM payment WHERE id = $1");

struct result store_payment_delete(struct store_conn *conn, int64_t id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_delete);
    bind_i64(stmt, id);
    return stmt_run_one(stmt);
}

QUERY(payment_by_outpoint, "SELECT " PAYMENT_COLUMNS " FROM payment "
                           "WHERE network_id = $1 AND txid = $2 AND ordinal = $3");

struct result store_payment_by_outpoint(struct store_conn *conn, const struct network *network,
                                        struct txid txid, uint32_t ordinal,
                                        struct payment_row *ret_payment) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_by_outpoint);
    bind_network(stmt, network);
    bind_bytes(stmt, txid.bytes, sizeof(txid.bytes));
    bind_i64(stmt, ordinal);
    struct payment_row payment = {0};
    if (stmt_next(stmt)) {
        take_payment(stmt, &payment);
    }
    TRY(stmt_found(stmt));
    *ret_payment = payment;
    return RESULT_OK;
}

static struct result payments_of(struct stmt *stmt, struct arena *arena,
                                 const struct payment_row **ret_payments, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct payment_row));
    while (stmt_next(stmt)) {
        struct payment_row *payment = row_list_add(&list);
        if (payment != NULL) {
            take_payment(stmt, payment);
        }
    }
    TRY(stmt_result(stmt));
    *ret_payments = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(payment_of_invoice,
      "SELECT " PAYMENT_COLUMNS " FROM payment WHERE invoice_id = $1 ORDER BY id");

struct result store_payment_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct payment_row **ret_payments,
                                       size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_of_invoice);
    bind_i64(stmt, invoice_id);
    return payments_of(stmt, arena, ret_payments, ret_count);
}

/* Payments of a network in a state, with a bound on a height. */
static struct result by_height(struct store_conn *conn, struct arena *arena,
                               const struct query *query, const struct network *network,
                               int64_t height, const struct payment_row **ret_payments,
                               size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, query);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    return payments_of(stmt, arena, ret_payments, ret_count);
}

QUERY(payment_maturing, "SELECT " PAYMENT_COLUMNS " FROM payment WHERE network_id = $1 "
                        "AND state = 'shallow' AND matures_height <= $2 ORDER BY id LIMIT $3");

struct result store_payment_maturing(struct store_conn *conn, struct arena *arena,
                                     const struct network *network, int64_t height, uint32_t limit,
                                     const struct payment_row **ret_payments, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_maturing);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    bind_i64(stmt, limit);
    return payments_of(stmt, arena, ret_payments, ret_count);
}

QUERY(payment_becoming_final,
      "SELECT " PAYMENT_COLUMNS " FROM payment WHERE network_id = $1 AND state = 'shallow' "
      "AND matures_height IS NULL AND ((waits_for = 'safe' AND height <= $2) "
      "OR (waits_for = 'finalized' AND height <= $3)) ORDER BY id LIMIT $4");

struct result store_payment_becoming_final(struct store_conn *conn, struct arena *arena,
                                           const struct network *network,
                                           struct store_finality finality,
                                           const struct payment_row **ret_payments,
                                           size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_becoming_final);
    bind_network(stmt, network);
    bind_i64(stmt, finality.safe_height);
    bind_i64(stmt, finality.finalized_height);
    bind_i64(stmt, finality.limit);
    return payments_of(stmt, arena, ret_payments, ret_count);
}

#define WAITS_FOR(word)                                                                            \
    "EXISTS (SELECT 1 FROM payment JOIN invoice ON invoice.id = payment.invoice_id "               \
    "WHERE payment.network_id = $1 AND payment.state = 'shallow' "                                 \
    "AND payment.matures_height IS NULL AND payment.waits_for = '" word "' "                       \
    "AND invoice.status NOT IN ('paid', 'overpaid'))"

QUERY(payment_waits, "SELECT " WAITS_FOR("safe") ", " WAITS_FOR("finalized"));

struct result store_payment_waits(struct store_conn *conn, const struct network *network,
                                  struct store_waits *ret_waits) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_waits);
    bind_network(stmt, network);
    struct store_waits waits = {.for_safe = false};
    if (stmt_next(stmt)) {
        waits.for_safe = take_bool(stmt);
        waits.for_finalized = take_bool(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_waits = waits;
    return RESULT_OK;
}

QUERY(payment_matured_from, "SELECT " PAYMENT_COLUMNS " FROM payment WHERE network_id = $1 "
                            "AND state = 'confirmed' AND matures_height >= $2 ORDER BY id");

struct result store_payment_matured_from(struct store_conn *conn, struct arena *arena,
                                         const struct network *network, int64_t height,
                                         const struct payment_row **ret_payments,
                                         size_t *ret_count) {
    return by_height(conn, arena, &payment_matured_from, network, height, ret_payments, ret_count);
}

QUERY(payment_at_height, "SELECT " PAYMENT_COLUMNS " FROM payment "
                         "WHERE network_id = $1 AND height = $2 ORDER BY id");

struct result store_payment_at_height(struct store_conn *conn, struct arena *arena,
                                      const struct network *network, int64_t height,
                                      const struct payment_row **ret_payments, size_t *ret_count) {
    return by_height(conn, arena, &payment_at_height, network, height, ret_payments, ret_count);
}

QUERY(payment_forget_sighting,
      "UPDATE payment SET state = 'gone' WHERE id = $1 AND state = 'seen'");

struct result store_payment_forget_sighting(struct store_conn *conn, int64_t payment_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_forget_sighting);
    bind_i64(stmt, payment_id);
    return stmt_run(stmt);
}

QUERY(payment_seen, "SELECT " PAYMENT_COLUMNS " FROM payment "
                    "WHERE network_id = $1 AND state = 'seen' ORDER BY id");

struct result store_payment_seen(struct store_conn *conn, struct arena *arena,
                                 const struct network *network,
                                 const struct payment_row **ret_payments, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_seen);
    bind_network(stmt, network);
    return payments_of(stmt, arena, ret_payments, ret_count);
}

QUERY(payment_highest_id, "SELECT coalesce(max(id), 0) FROM payment");

struct result store_payment_highest_id(struct store_conn *conn, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &payment_highest_id);
    return stmt_run_i64(stmt, ret_id);
}
