/* SPDX-License-Identifier: MIT */
#include "http/admin/sweep_json.h"

#include "app/sweep_plan.h"
#include "base/arena.h"
#include "http/admin/admin.h"
#include "http/admin/transfer_json.h"

static const char *const reasons[] = {
    [SWEEP_MOVE] = "",
    [SWEEP_BELOW_FEE] = "moving it costs more than it is",
    [SWEEP_NOT_WORTH] = "moving it costs more than it is worth",
    [SWEEP_REFUSED] = "the contract refuses the transfer",
    [SWEEP_IN_USE] = "", /* each says by what */
};

static void put_head(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                     int64_t now_ms) {
    transfer_json_head(json, arena, plan, "till-sweep-plan", now_ms);
    json_write_key(json, STR("plan_id"));
    if (plan->id != 0) {
        json_write_i64(json, plan->id);
    } else {
        json_write_null(json);
    }
    json_write_key(json, STR("to"));
    if (plan->to.len > 0) {
        json_write_str(json, plan->to);
    } else {
        json_write_null(json);
    }
    transfer_json_fees(json, arena, plan);
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

static void put_transfer(struct json_writer *json, struct arena *arena,
                         const struct sweep_plan *plan, const struct sweep_entry *entry,
                         const struct sweep_line *line, uint64_t nonce) {
    bool is_coin = line->token == SWEEP_COIN;
    const struct transfer_text transfer = {
        .from = entry,
        .amount = line->amount,
        .token = is_coin ? NULL : plan->tokens[line->token],
        .nonce = nonce,
        .effort = is_coin ? plan->coin_effort : plan->token_efforts[line->token],
        .fee_limit = is_coin ? 0 : plan->token_fee_limits[line->token],
        .fee = line->fee,
    };
    json_write_object_begin(json);
    transfer_json(json, arena, plan, &transfer);
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
        transfer_json_place(json, entry);
        transfer_json_sum(json, arena, entry->account.top_up);
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
            transfer_json_place(json, entry);
            transfer_json_sum(json, arena, line->amount);
            admin_amount(json, arena, "fee", line->fee);
            bool in_use = line->verdict == SWEEP_IN_USE;
            admin_c_text(json, "why", in_use ? entry->in_use : reasons[line->verdict]);
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
            transfer_json_sum(json, arena, sums->moved[i]);
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
