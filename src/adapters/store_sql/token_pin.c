/* SPDX-License-Identifier: MIT */
#include "ports/store_token.h"

#include "adapters/store_sql/values.h"

static void bind_contract(struct stmt *stmt, const struct token_contract *contract) {
    bind_bytes(stmt, contract->address, sizeof contract->address);
    bind_bytes(stmt, contract->code_hash, sizeof contract->code_hash);
    if (contract->has_implementation) {
        bind_bytes(stmt, contract->implementation, sizeof contract->implementation);
    } else {
        bind_null(stmt);
    }
}

static void bind_told(struct stmt *stmt, const struct token_pin_row *pin) {
    if (pin->has_changed) {
        bind_contract(stmt, &pin->told);
        return;
    }
    bind_null(stmt);
    bind_null(stmt);
    bind_null(stmt);
}

static void take_contract(struct stmt *stmt, struct token_contract *contract) {
    take_bytes(stmt, contract->address, sizeof contract->address);
    take_bytes(stmt, contract->code_hash, sizeof contract->code_hash);
    contract->has_implementation = !take_is_null(stmt);
    take_bytes(stmt, contract->implementation, sizeof contract->implementation);
}

QUERY(token_pin_insert,
      "INSERT INTO token_pin (network_id, asset, contract, code_hash, implementation, "
      "pinned_at_ms, told_contract, told_code_hash, told_implementation) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

struct result store_token_pin_insert(struct store_conn *conn, const struct token_pin_row *pin) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &token_pin_insert);
    bind_network(stmt, pin->network);
    bind_asset(stmt, pin->asset);
    bind_contract(stmt, &pin->pinned);
    bind_i64(stmt, pin->pinned_at_ms);
    bind_told(stmt, pin);
    return stmt_run(stmt);
}

QUERY(token_pin_update,
      "UPDATE token_pin SET contract = $1, code_hash = $2, implementation = $3, "
      "pinned_at_ms = $4, told_contract = $5, told_code_hash = $6, told_implementation = $7 "
      "WHERE network_id = $8 AND asset = $9");

struct result store_token_pin_update(struct store_conn *conn, const struct token_pin_row *pin) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &token_pin_update);
    bind_contract(stmt, &pin->pinned);
    bind_i64(stmt, pin->pinned_at_ms);
    bind_told(stmt, pin);
    bind_network(stmt, pin->network);
    bind_asset(stmt, pin->asset);
    return stmt_run_one(stmt);
}

QUERY(token_pin_by_asset,
      "SELECT contract, code_hash, implementation, pinned_at_ms, told_contract IS NOT NULL, "
      "told_contract, told_code_hash, told_implementation FROM token_pin WHERE network_id = $1 AND "
      "asset = $2");

struct result store_token_pin_by_asset(struct store_conn *conn, const struct asset *asset,
                                       struct token_pin_row *ret_pin) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &token_pin_by_asset);
    bind_network(stmt, asset->network);
    bind_asset(stmt, asset);
    struct token_pin_row pin = {.network = asset->network, .asset = asset};
    if (stmt_next(stmt)) {
        take_contract(stmt, &pin.pinned);
        pin.pinned_at_ms = take_i64(stmt);
        pin.has_changed = take_bool(stmt);
        take_contract(stmt, &pin.told);
    }
    TRY(stmt_found(stmt));
    *ret_pin = pin;
    return RESULT_OK;
}
