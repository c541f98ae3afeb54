/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_payment.h"

#define BLOCK_COLUMNS "height, hash, parent, time_ms, proven_ms"

static struct result one_block(struct stmt *stmt, struct block_header *ret_block) {
    struct block_header block = {0};
    if (stmt_next(stmt)) {
        block.height = take_i64(stmt);
        take_bytes(stmt, block.hash.bytes, sizeof(block.hash.bytes));
        take_bytes(stmt, block.parent.bytes, sizeof(block.parent.bytes));
        block.time_ms = take_i64(stmt);
        block.proven_ms = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_block = block;
    return RESULT_OK;
}

/* The processed chain has no gap and no two branches. */
static struct result check_next(struct store_conn *conn, const struct network *network,
                                const struct block_header *block) {
    struct block_header tip;
    struct result found = store_block_tip(conn, network, &tip);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    if (block->height != tip.height + 1 || !block_hash_eq(block->parent, tip.hash)) {
        return conn_failf(conn, &ERR_STORE_CONSTRAINT, "block %lld does not follow our tip %lld",
                          (long long)block->height, (long long)tip.height);
    }
    return RESULT_OK;
}

QUERY(block_insert, "INSERT INTO block (network_id, height, hash, parent, time_ms, proven_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6)");

struct result store_block_insert(struct store_conn *conn, const struct network *network,
                                 const struct block_header *block) {
    TRY(check_next(conn, network, block));
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_insert);
    bind_network(stmt, network);
    bind_i64(stmt, block->height);
    bind_bytes(stmt, block->hash.bytes, sizeof(block->hash.bytes));
    bind_bytes(stmt, block->parent.bytes, sizeof(block->parent.bytes));
    bind_i64(stmt, block->time_ms);
    bind_i64(stmt, block->proven_ms);
    return stmt_run(stmt);
}

QUERY(block_delete, "DELETE FROM block WHERE network_id = $1 AND height = $2");

struct result store_block_delete(struct store_conn *conn, const struct network *network,
                                 int64_t height) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_delete);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    return stmt_run_one(stmt);
}

QUERY(block_prune, "DELETE FROM block WHERE network_id = $1 AND height < $2");

struct result store_block_prune(struct store_conn *conn, const struct network *network,
                                int64_t height) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_prune);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    return stmt_run(stmt);
}

QUERY(block_tip, "SELECT " BLOCK_COLUMNS " FROM block WHERE network_id = $1 "
                 "ORDER BY height DESC LIMIT 1");

struct result store_block_tip(struct store_conn *conn, const struct network *network,
                              struct block_header *ret_block) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_tip);
    bind_network(stmt, network);
    return one_block(stmt, ret_block);
}

QUERY(block_at, "SELECT " BLOCK_COLUMNS " FROM block WHERE network_id = $1 AND height = $2");

struct result store_block_at(struct store_conn *conn, const struct network *network, int64_t height,
                             struct block_header *ret_block) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_at);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    return one_block(stmt, ret_block);
}

QUERY(block_lowest, "SELECT " BLOCK_COLUMNS " FROM block WHERE network_id = $1 "
                    "ORDER BY height LIMIT 1");

struct result store_block_lowest(struct store_conn *conn, const struct network *network,
                                 struct block_header *ret_block) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &block_lowest);
    bind_network(stmt, network);
    return one_block(stmt, ret_block);
}
