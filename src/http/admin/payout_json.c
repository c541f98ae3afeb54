/* SPDX-License-Identifier: MIT */
#include "http/admin/payout_json.h"

#include "app/payout_transfers.h"
#include "http/admin/admin.h"
#include "http/admin/transfer_json.h"

/* Two transfers of Tron that are the same to the byte are one transaction to the network, so each
 * has a time of its own. */
static int64_t timestamp_of(const struct payout_transfers *transfers, size_t position) {
    return transfers->plan.fees.block.time_ms + (int64_t)position;
}

static void put_transfer(struct json_writer *json, const struct admin_call *call,
                         const struct payout_transfers *transfers, size_t position) {
    const struct payout_transfer *transfer = &transfers->transfers[position];
    const struct transfer_text text = {
        .from = &transfer->from,
        .amount = transfer->payout->amount,
        .token = transfer->token,
        .nonce = transfer->from.nonce,
        .effort = transfer->effort,
        .fee_limit = transfer->fee_limit,
        .fee = transfer->fee,
    };
    json_write_object_begin(json);
    admin_invoice_id(json, call, "payout_id", transfer->payout->id);
    admin_text(json, "to", transfer->payout->to_address);
    transfer_json(json, call->arena, &transfers->plan, &text);
    if (transfers->plan.network->kind == CHAIN_TRON) {
        admin_i64(json, "timestamp", timestamp_of(transfers, position));
    }
    json_write_object_end(json);
}

/* Coins and tokens of one file are few. */
static void put_totals(struct json_writer *json, const struct admin_call *call,
                       const struct payout_transfers *transfers) {
    struct amount totals[SWEEP_LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < transfers->count; i++) {
        struct amount amount = transfers->transfers[i].payout->amount;
        size_t at = 0;
        while (at < count && totals[at].asset != amount.asset) {
            at++;
        }
        totals[at] = at < count ? amount_add_to_max(totals[at], amount) : amount;
        count += at == count ? 1 : 0;
    }
    json_write_key(json, STR("totals"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(json);
        transfer_json_sum(json, call->arena, totals[i]);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

void payout_transfers_json(struct json_writer *json, const struct admin_call *call,
                           const struct payout_transfers *transfers, int64_t now_ms) {
    const struct sweep_plan *plan = &transfers->plan;
    json_write_object_begin(json);
    transfer_json_head(json, call->arena, plan, "till-payout-transfers", now_ms);
    transfer_json_fees(json, call->arena, plan);
    json_write_key(json, STR("transfers"));
    json_write_array_begin(json);
    for (size_t i = 0; i < transfers->count; i++) {
        put_transfer(json, call, transfers, i);
    }
    json_write_array_end(json);
    put_totals(json, call, transfers);
    admin_amount(json, call->arena, "total_fee", transfers->fee);
    admin_c_text(json, "fee_asset", plan->terms.coin->code);
    admin_i64(json, "transfer_count", (int64_t)transfers->count);
    json_write_object_end(json);
}
