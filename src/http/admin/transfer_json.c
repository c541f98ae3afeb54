/* SPDX-License-Identifier: MIT */
#include "http/admin/transfer_json.h"

#include "app/networks.h"
#include "app/sweep_plan.h"
#include "base/arena.h"
#include "http/admin/admin.h"

enum {
    TRANSFERS_VERSION = 1,
    REF_BYTES = 2,
    REF_HASH_BYTES = 8,
    EXPIRATION_MS = 12 * 3600 * 1000,
};

/* Numbers past 2^53 are texts, as JSON readers know only doubles. */
static void put_number(struct json_writer *json, struct arena *arena, const char *key,
                       uint64_t number) {
    admin_c_text(json, key, arena_printf(arena, "%llu", (unsigned long long)number));
}

void transfer_json_sum(struct json_writer *json, struct arena *arena, struct amount amount) {
    admin_c_text(json, "asset", amount.asset->code);
    admin_amount(json, arena, "amount", amount);
    admin_text(json, "units", amount_to_units(arena, amount));
}

void transfer_json_place(struct json_writer *json, const struct sweep_entry *entry) {
    admin_text(json, "address", address_str(&entry->address));
    admin_text(json, "path", entry->path);
}

/* ---- the head */

void transfer_json_head(struct json_writer *json, struct arena *arena,
                        const struct sweep_plan *plan, const char *format, int64_t now_ms) {
    bool is_tron = plan->network->kind == CHAIN_TRON;
    admin_c_text(json, "format", format);
    admin_i64(json, "version", TRANSFERS_VERSION);
    admin_time(json, "made_at", now_ms);
    admin_c_text(json, "network", plan->network->key);
    admin_c_text(json, "kind", is_tron ? "tron" : "evm");
    put_number(json, arena, "chain_id", plan->followed->chain_id);
    admin_i64(json, "wallet_id", plan->wallet.id);
    admin_text(json, "account", plan->wallet.descriptor);
    admin_text(json, "account_path", plan->account_path);
    admin_c_text(json, "account_path_is", plan->account_path_said ? "said" : "usual");
}

static void put_evm_fees(struct json_writer *json, struct arena *arena,
                         const struct sweep_plan *plan) {
    const struct chain_fees *fees = &plan->fees;
    if (fees->has_base_fee) {
        put_number(json, arena, "base_fee_per_gas", fees->base_fee);
        put_number(json, arena, "max_priority_fee_per_gas", fees->priority_fee);
        put_number(json, arena, "max_fee_per_gas", plan->max_fee_per_gas);
    } else {
        put_number(json, arena, "gas_price", plan->max_fee_per_gas);
    }
}

/* What a transaction of Tron names of the block that it builds on. */
static void put_tron_fees(struct json_writer *json, struct arena *arena,
                          const struct sweep_plan *plan) {
    const struct block_header *block = &plan->fees.block;
    put_number(json, arena, "energy_price_sun", plan->fees.energy_price);
    put_number(json, arena, "byte_price_sun", plan->fees.byte_price);
    admin_text(json, "ref_block_bytes",
               hex_encode(arena, (struct bytes){.ptr = block->hash.bytes + 6, .len = REF_BYTES}));
    admin_text(
        json, "ref_block_hash",
        hex_encode(arena, (struct bytes){.ptr = block->hash.bytes + 8, .len = REF_HASH_BYTES}));
    admin_i64(json, "timestamp", block->time_ms);
    admin_i64(json, "expiration", block->time_ms + EXPIRATION_MS);
}

void transfer_json_fees(struct json_writer *json, struct arena *arena,
                        const struct sweep_plan *plan) {
    admin_i64(json, "block_height", plan->fees.block.height);
    json_write_key(json, STR("fees"));
    json_write_object_begin(json);
    if (plan->network->kind == CHAIN_TRON) {
        put_tron_fees(json, arena, plan);
    } else {
        put_evm_fees(json, arena, plan);
    }
    json_write_object_end(json);
}

/* ---- a transfer */

void transfer_json(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                   const struct transfer_text *transfer) {
    bool is_tron = plan->network->kind == CHAIN_TRON;
    transfer_json_place(json, transfer->from);
    transfer_json_sum(json, arena, transfer->amount);
    json_write_key(json, STR("contract"));
    if (transfer->token == NULL) {
        json_write_null(json);
    } else {
        json_write_str(json, address_str(&transfer->token->text));
    }
    if (!is_tron) {
        put_number(json, arena, "nonce", transfer->nonce);
        put_number(json, arena, "gas_limit", transfer->effort);
    } else if (transfer->token != NULL) {
        put_number(json, arena, "energy", transfer->effort);
        put_number(json, arena, "fee_limit_sun", transfer->fee_limit);
    }
    admin_amount(json, arena, "fee", transfer->fee);
}
