/* SPDX-License-Identifier: MIT */
#include "http/admin/sweep_json.h"

#include "app/networks.h"
#include "app/sweep_plan.h"
#include "base/arena.h"
#include "http/admin/admin.h"

enum { VERSION = 1, REF_BYTES = 2, REF_HASH_BYTES = 8, EXPIRATION_MS = 12 * 3600 * 1000 };

static const char *const reasons[] = {
    [SWEEP_MOVE] = "",
    [SWEEP_BELOW_FEE] = "moving it costs more than it is",
    [SWEEP_NOT_WORTH] = "moving it costs more than it is worth",
    [SWEEP_REFUSED] = "the contract refuses the transfer",
};

/* Numbers past 2^53 are texts, as JSON readers know only doubles. */
static void put_number(struct json_writer *json, struct arena *arena, const char *key,
                       uint64_t number) {
    admin_c_text(json, key, arena_printf(arena, "%llu", (unsigned long long)number));
}

static void put_sum(struct json_writer *json, struct arena *arena, struct amount amount) {
    admin_c_text(json, "asset", amount.asset->code);
    admin_amount(json, arena, "amount", amount);
    admin_text(json, "units", amount_to_units(arena, amount));
}

/* ---- the head */

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

static void put_head(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                     int64_t now_ms) {
    bool is_tron = plan->network->kind == CHAIN_TRON;
    admin_c_text(json, "format", "till-sweep-plan");
    admin_i64(json, "version", VERSION);
    admin_time(json, "made_at", now_ms);
    admin_c_text(json, "network", plan->network->key);
    admin_c_text(json, "kind", is_tron ? "tron" : "evm");
    put_number(json, arena, "chain_id", plan->followed->chain_id);
    admin_i64(json, "wallet_id", plan->wallet.id);
    admin_text(json, "account", plan->wallet.descriptor);
    admin_text(json, "account_path", plan->account_path);
    admin_c_text(json, "account_path_is", plan->account_path_said ? "said" : "usual");
    json_write_key(json, STR("to"));
    if (plan->to.len > 0) {
        json_write_str(json, plan->to);
    } else {
        json_write_null(json);
    }
    admin_i64(json, "block_height", plan->fees.block.height);
    json_write_key(json, STR("fees"));
    json_write_object_begin(json);
    if (is_tron) {
        put_tron_fees(json, arena, plan);
    } else {
        put_evm_fees(json, arena, plan);
    }
    json_write_object_end(json);
}

/* ---- the lists */

struct sums {
    struct amount moved[SWEEP_LINES_MAX]; /* as lines name their asset */
    struct amount fees;
    struct amount top_ups;
    size_t transfers;
    size_t top_up_count;
    size_t left;
};

static void put_place(struct json_writer *json, const struct sweep_entry *entry) {
    admin_text(json, "address", address_str(&entry->address));
    admin_text(json, "path", entry->path);
}

static void put_effort(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                       const struct sweep_line *line) {
    bool is_coin = line->token == SWEEP_COIN;
    if (plan->network->kind != CHAIN_TRON) {
        put_number(json, arena, "gas_limit",
                   is_coin ? plan->coin_effort : plan->token_efforts[line->token]);
    } else if (!is_coin) {
        put_number(json, arena, "energy", plan->token_efforts[line->token]);
        put_number(json, arena, "fee_limit_sun", plan->token_fee_limits[line->token]);
    }
}

static void put_transfer(struct json_writer *json, struct arena *arena,
                         const struct sweep_plan *plan, const struct sweep_entry *entry,
                         const struct sweep_line *line, uint64_t nonce) {
    json_write_object_begin(json);
    put_place(json, entry);
    put_sum(json, arena, line->amount);
    json_write_key(json, STR("contract"));
    if (line->token == SWEEP_COIN) {
        json_write_null(json);
    } else {
        json_write_str(json, address_str(&plan->tokens[line->token]->text));
    }
    if (plan->network->kind != CHAIN_TRON) {
        put_number(json, arena, "nonce", nonce);
    }
    put_effort(json, arena, plan, line);
    admin_amount(json, arena, "fee", line->fee);
    json_write_object_end(json);
}

static struct amount add(struct amount sum, struct amount amount) {
    return amount_add_to_max(sum, amount);
}

static void put_transfers(struct json_writer *json, struct arena *arena,
                          const struct sweep_plan *plan, struct sums *sums) {
    json_write_key(json, STR("transfers"));
    json_write_array_begin(json);
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct sweep_entry *entry = &plan->entries[i];
        uint64_t nonce = entry->nonce;
        for (size_t at = 0; at < entry->account.line_count; at++) {
            const struct sweep_line *line = &entry->account.lines[at];
            if (line->verdict != SWEEP_MOVE) {
                continue;
            }
            put_transfer(json, arena, plan, entry, line, nonce++);
            sums->transfers++;
            sums->moved[line->token] = add(sums->moved[line->token], line->amount);
            sums->fees = add(sums->fees, line->fee);
        }
    }
    json_write_array_end(json);
}

static void put_top_ups(struct json_writer *json, struct arena *arena,
                        const struct sweep_plan *plan, struct sums *sums) {
    json_write_key(json, STR("top_ups"));
    json_write_array_begin(json);
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct sweep_entry *entry = &plan->entries[i];
        if (amount_is_zero(entry->account.top_up)) {
            continue;
        }
        json_write_object_begin(json);
        put_place(json, entry);
        put_sum(json, arena, entry->account.top_up);
        json_write_object_end(json);
        sums->top_ups = add(sums->top_ups, entry->account.top_up);
        sums->top_up_count++;
    }
    json_write_array_end(json);
}

static void put_left(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                     struct sums *sums) {
    json_write_key(json, STR("left"));
    json_write_array_begin(json);
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct sweep_entry *entry = &plan->entries[i];
        for (size_t at = 0; at < entry->account.line_count; at++) {
            const struct sweep_line *line = &entry->account.lines[at];
            if (line->verdict == SWEEP_MOVE) {
                continue;
            }
            json_write_object_begin(json);
            put_place(json, entry);
            put_sum(json, arena, line->amount);
            admin_amount(json, arena, "fee", line->fee);
            admin_c_text(json, "why", reasons[line->verdict]);
            json_write_object_end(json);
            sums->left++;
        }
    }
    json_write_array_end(json);
}

static void put_totals(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                       const struct sums *sums) {
    json_write_key(json, STR("totals"));
    json_write_array_begin(json);
    for (size_t i = 0; i < SWEEP_LINES_MAX; i++) {
        if (sums->moved[i].asset != NULL && !amount_is_zero(sums->moved[i])) {
            json_write_object_begin(json);
            put_sum(json, arena, sums->moved[i]);
            json_write_object_end(json);
        }
    }
    json_write_array_end(json);
    admin_amount(json, arena, "total_fee", sums->fees);
    admin_amount(json, arena, "total_top_up", sums->top_ups);
    admin_c_text(json, "fee_asset", plan->terms.coin->code);
    admin_i64(json, "transfer_count", (int64_t)sums->transfers);
    admin_i64(json, "top_up_count", (int64_t)sums->top_up_count);
    admin_i64(json, "left_count", (int64_t)sums->left);
    admin_i64(json, "left_unlisted", (int64_t)plan->left_unlisted);
    admin_i64(json, "looked_at", (int64_t)plan->looked_at);
    json_write_key(json, STR("more"));
    json_write_bool(json, plan->more);
    json_write_key(json, STR("next"));
    if (plan->more) {
        json_write_i64(json, plan->next);
    } else {
        json_write_null(json);
    }
}

void sweep_json(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                int64_t now_ms) {
    struct sums sums = {.fees = amount_zero(plan->terms.coin),
                        .top_ups = amount_zero(plan->terms.coin)};
    for (size_t i = 0; i < plan->terms.token_count; i++) {
        sums.moved[i] = amount_zero(plan->tokens[i]->asset);
    }
    sums.moved[SWEEP_COIN] = amount_zero(plan->terms.coin);
    json_write_object_begin(json);
    put_head(json, arena, plan, now_ms);
    put_transfers(json, arena, plan, &sums);
    put_top_ups(json, arena, plan, &sums);
    put_left(json, arena, plan, &sums);
    put_totals(json, arena, plan, &sums);
    json_write_object_end(json);
}
