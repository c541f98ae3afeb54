/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_payment.h"

QUERY(chain_insert, "INSERT INTO chain (network_id, genesis, chain_name, started_at_ms) "
                    "VALUES ($1, $2, $3, $4)");

struct result store_chain_insert(struct store_conn *conn, const struct chain_row *chain) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &chain_insert);
    bind_network(stmt, chain->network);
    bind_bytes(stmt, chain->genesis.bytes, sizeof(chain->genesis.bytes));
    bind_str(stmt, chain->chain_name);
    bind_i64(stmt, chain->started_at_ms);
    return stmt_run(stmt);
}

QUERY(chain_by_network, "SELECT network_id, genesis, chain_name, started_at_ms FROM chain "
                        "WHERE network_id = $1");

struct result store_chain_by_network(struct store_conn *conn, struct arena *arena,
                                     const struct network *network, struct chain_row *ret_chain) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &chain_by_network);
    bind_network(stmt, network);
    struct chain_row chain = {0};
    if (stmt_next(stmt)) {
        chain.network = take_network(stmt);
        take_bytes(stmt, chain.genesis.bytes, sizeof(chain.genesis.bytes));
        chain.chain_name = take_str(stmt, arena);
        chain.started_at_ms = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_chain = chain;
    return RESULT_OK;
}
