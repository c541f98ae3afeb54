/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/store_sql/values.h"
#include "core/hash.h"
#include "ports/store.h"

/* Each row is hashed behind what came before it, column by column with its length, so that two
 * ledgers agree only if every column of every row does. */
struct digest {
    uint8_t bytes[HASH_256_BYTES];
};

static void digest_add(struct digest *digest, struct bytes column) {
    uint8_t hashed[2 * HASH_256_BYTES + 8];
    memcpy(hashed, digest->bytes, HASH_256_BYTES);
    u64_store_be(&hashed[HASH_256_BYTES], column.len);
    hash_sha256(column, &hashed[HASH_256_BYTES + 8]);
    hash_sha256(BYTES_OF(hashed), digest->bytes);
}

static void digest_add_i64(struct digest *digest, int64_t value) {
    uint8_t bytes[8];
    u64_store_be(bytes, (uint64_t)value);
    digest_add(digest, BYTES_OF(bytes));
}

/* Blocks stand for all below them, and how many are kept is no part of the ledger. */
QUERY(digest_blocks, "SELECT n.key, b.height, b.hash FROM block AS b "
                     "JOIN network AS n ON n.id = b.network_id "
                     "WHERE b.height = (SELECT max(height) FROM block AS t "
                     "WHERE t.network_id = b.network_id) ORDER BY n.key");

static struct result add_blocks(struct store_conn *conn, struct digest *digest) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &digest_blocks);
    while (stmt_next(stmt)) {
        digest_add(digest, take_view(stmt));
        digest_add_i64(digest, take_i64(stmt));
        digest_add(digest, take_view(stmt));
    }
    return stmt_result(stmt);
}

QUERY(digest_payments,
      "SELECT n.key, p.txid, p.ordinal, p.invoice_id, p.asset, p.amount, p.state, p.height, "
      "p.block_hash, p.matures_height FROM payment AS p JOIN network AS n ON n.id = p.network_id "
      "WHERE p.state IN ('shallow', 'confirmed') ORDER BY n.key, p.txid, p.ordinal");

static struct result add_payments(struct store_conn *conn, struct digest *digest) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &digest_payments);
    while (stmt_next(stmt)) {
        digest_add(digest, take_view(stmt)); /* network, txid */
        digest_add(digest, take_view(stmt));
        digest_add_i64(digest, take_i64(stmt)); /* ordinal, invoice */
        digest_add_i64(digest, take_i64(stmt));
        digest_add(digest, take_view(stmt)); /* asset, amount, state */
        digest_add(digest, take_view(stmt));
        digest_add(digest, take_view(stmt));
        digest_add_i64(digest, take_i64(stmt)); /* height, block */
        digest_add(digest, take_view(stmt));
        digest_add_i64(digest, take_i64(stmt)); /* maturity */
    }
    return stmt_result(stmt);
}

QUERY(digest_invoices, "SELECT id, status, flags FROM invoice ORDER BY id");

static struct result add_invoices(struct store_conn *conn, struct digest *digest) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &digest_invoices);
    while (stmt_next(stmt)) {
        digest_add_i64(digest, take_i64(stmt));
        digest_add(digest, take_view(stmt));
        digest_add_i64(digest, take_i64(stmt));
    }
    return stmt_result(stmt);
}

static struct result add_all(struct store_conn *conn, struct digest *digest) {
    TRY(add_blocks(conn, digest));
    TRY(add_payments(conn, digest));
    return add_invoices(conn, digest);
}

struct result store_ledger_digest(struct store_conn *conn, struct arena *arena,
                                  struct str *ret_hex) {
    struct digest digest = {0};
    bool was_unbounded = conn_set_unbounded(conn, true);
    struct result result = add_all(conn, &digest);
    conn_set_unbounded(conn, was_unbounded);
    TRY(result);
    *ret_hex = hex_encode(arena, BYTES_OF(digest.bytes));
    return RESULT_OK;
}
