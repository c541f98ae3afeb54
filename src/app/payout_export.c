/* SPDX-License-Identifier: MIT */
#include "app/payout_export.h"

#include <string.h>

#include "app/account_cache.h"
#include "app/app.h"
#include "app/option_issue.h"
#include "app/payout_pick.h"
#include "app/payout_record.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "core/psbt.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"
#include "ports/store.h"
#include "ports/store_payment.h"
#include "ports/store_payout.h"

enum {
    /* Wallets that sign P2WPKH want the transactions before, too; one that pays thousands at once
     * they can do without. */
    PREVIOUS_TX_BYTES_MAX = 16 << 10,
    PREVIOUS_TXS_BYTES_MAX = 256 << 10,
    FETCH_BYTES_MAX = 64 << 20, /* a transaction of 8 MB, and what it takes to read it */
};

/* One export while it is put together. */
struct making {
    const struct app *app;
    struct store_conn *reader;
    struct arena *arena;
    const struct payout_export_wanted *wanted;
    struct payout_pick pick;
    struct followed_network *followed;
    const struct chain_params *params;
    struct chain *chain;
    struct block_header tip;
    struct wallet_row wallet;
    const struct account *account;
    struct spend spend;
    struct payout_coins coins;
    struct address_row change_row; /* issued for it; program of length 0: none */
    struct psbt_key change_key;
    struct script change_program;
    struct payout_export made;
};

/* ---- where from */

static struct result look_up_network(struct making *making) {
    const struct network *network = making->made.network;
    BUG_IF(network == NULL);
    making->followed = networks_find(&making->app->networks, network);
    ENSURE(making->followed != NULL, ERR_NETWORK_UNKNOWN);
    making->chain = making->followed->operators_chain;
    ENSURE(making->chain != NULL && making->chain->ops->coins != NULL, ERR_PAYOUT_UNSIGNABLE);
    making->params =
        chain_params_by_name(str_from_c(network->key), str_from_c(making->followed->chain_name));
    BUG_IF(making->params == NULL);
    struct network_health health = network_health_get(making->followed);
    if (health.blind) {
        return result_failf(making->arena, &ERR_NETWORK_NOT_READY, "%s is not seen well now: %s",
                            network->key, health.reason);
    }
    return RESULT_OK;
}

/* What is confirmed must be so for the node, too. */
static struct result compare_tips(struct making *making) {
    struct block_header theirs;
    TRY(store_block_tip(making->reader, making->made.network, &making->tip));
    TRY(making->chain->ops->tip(making->chain, making->arena, &theirs));
    if (!block_hash_eq(theirs.hash, making->tip.hash)) {
        return result_failf(making->arena, &ERR_NODE_NOT_READY,
                            "the node is at block %lld and we at %lld; ask again in a moment",
                            (long long)theirs.height, (long long)making->tip.height);
    }
    return RESULT_OK;
}

static struct result look_up_wallet(struct making *making) {
    TRY(payout_pick_wallet(&making->pick, making->wanted->wallet_id, &making->wallet));
    making->made.wallet_id = making->wallet.id;
    return account_cache_get(making->app->accounts, making->app, &making->wallet,
                             making->wallet.network->key, &making->account);
}

/* ---- what it costs */

static struct result choose_fee_rate(struct making *making) {
    uint64_t fee_rate = making->wanted->fee_rate;
    if (fee_rate == 0) {
        TRY(making->chain->ops->coins->fee_rate(making->chain, making->arena, FEE_TARGET_BLOCKS,
                                                &fee_rate));
        fee_rate = fee_rate < FEE_RATE_MIN ? FEE_RATE_MIN : fee_rate;
        ENSURE(fee_rate <= FEE_RATE_MAX, ERR_FEE_RATE_NEEDED);
    }
    making->made.fee_rate = fee_rate;
    spend_init(&making->spend, making->made.asset, fee_rate);
    return RESULT_OK;
}

static struct result pay_all(struct making *making, struct psbt_output *outputs) {
    for (size_t i = 0; i < making->made.payout_count; i++) {
        const struct payout_row *payout = &making->made.payouts[i];
        outputs[i].amount = payout->amount;
        TRY(address_decode(making->params, payout->to_address, &outputs[i].program));
        TRY(spend_pay(&making->spend, &outputs[i].program, payout->amount));
    }
    return RESULT_OK;
}

static struct result gather(struct making *making) {
    const struct payout_coins_wanted wanted = {
        .app = making->app,
        .reader = making->reader,
        .chain = making->chain,
        .wallet = &making->wallet,
        .account = making->account,
        .tip = &making->tip,
        .shop_id = making->made.payouts[0].shop_id,
        .export_ids = making->pick.export_ids,
        .export_count = making->pick.export_count,
    };
    struct result gathered =
        payout_coins_gather(&wanted, making->arena, &making->spend, &making->coins);
    /* Whatever came of it, nobody need ask after these again. */
    TRY(payout_record_spent(making->app, making->arena, &making->coins, making->tip.height));
    making->made.coins = making->coins.coins;
    making->made.coin_count = making->coins.count;
    return gathered;
}

/* ---- change */

/* An address of ours is used up only if there is change. */
static struct result issue_change(struct making *making) {
    struct address_row *row = &making->change_row;
    TRY(address_next(making->app, &making->wallet, making->made.asset, row));
    row->kind = ADDRESS_CHANGE;
    row->due = amount_zero(row->asset);
    row->issued_at_ms = app_now_ms(making->app);
    address_mac(making->app, row, row->mac);
    making->change_program = row->program;
    making->change_key.type = making->account->type;
    return account_key_place(making->account, row->address_index, &making->change_key.place);
}

static struct result settle(struct making *making) {
    bool is_given = making->wanted->change_address.len > 0;
    /* The size of the change is that of any address of the wallet. */
    struct script program;
    TRY(account_script_at(making->account, 0, &program));
    if (is_given) {
        TRY(address_decode(making->params, str_trim(making->wanted->change_address), &program));
    }
    struct spend_sums sums;
    TRY(spend_settle(&making->spend, &program, making->account->type, &sums));
    struct payout_export *made = &making->made;
    made->paid = making->spend.paid;
    made->fee = sums.fee;
    made->change = sums.change;
    made->vsize = sums.vsize;
    if (amount_less(made->paid, made->fee)) {
        struct str fee = amount_to_text(making->arena, made->fee);
        struct str paid = amount_to_text(making->arena, made->paid);
        return result_failf(making->arena, &ERR_FEE_TOO_HIGH,
                            "the fee would be %.*s %s to pay out %.*s; name a lower fee rate, or "
                            "pay more payouts at once",
                            STR_ARG(fee), made->asset->code, STR_ARG(paid));
    }
    if (amount_is_zero(sums.change)) {
        return RESULT_OK;
    }
    making->change_program = program;
    if (!is_given) {
        TRY(issue_change(making));
    }
    struct address_text *text = ARENA_NEW(making->arena, struct address_text);
    TRY(address_encode(making->params, &making->change_program, text));
    made->change_address = address_str(text);
    return RESULT_OK;
}

/* ---- the transaction */

static bool goes_before(const struct psbt_output *a, const struct psbt_output *b) {
    int sign = amount_compare(a->amount, b->amount);
    if (sign == 0) {
        sign = memcmp(a->program.bytes, b->program.bytes, sizeof a->program.bytes);
    }
    return sign < 0;
}

/* By amount, so that the change's place tells nobody which output it is. */
static void sort_outputs(struct psbt_output *outputs, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct psbt_output moved = outputs[i];
        size_t at = i;
        while (at > 0 && goes_before(&moved, &outputs[at - 1])) {
            outputs[at] = outputs[at - 1];
            at--;
        }
        outputs[at] = moved;
    }
}

static struct result refuse_unsignable(struct making *making, const struct spend_coin *coin,
                                       struct result fetched) {
    struct str txid = hex_encode(making->arena, BYTES_OF(coin->row.txid.bytes));
    return result_failf(making->arena, &ERR_PAYOUT_UNSIGNABLE,
                        "a P2PKH coin is signed only with the transaction that made it, and the "
                        "node does not have %.*s: %s",
                        STR_ARG(txid), result_text(fetched));
}

/* Payers decide how large it is, so only what is used is kept: one transaction of theirs may have
 * made hundreds of coins. */
static struct result fetch_previous(struct making *making, const struct spend_coin *coin,
                                    size_t *total, struct bytes *ret_bytes) {
    bool is_needed = coin->type == ACCOUNT_P2PKH;
    if (coin->type == ACCOUNT_P2TR) {
        return RESULT_OK;
    }
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(FETCH_BYTES_MAX);
    struct bytes bytes;
    struct result fetched = making->chain->ops->coins->transaction(
        making->chain, scratch, coin->row.txid, coin->row.block_hash, &bytes);
    if (!result_is_ok(fetched)) {
        return is_needed ? refuse_unsignable(making, coin, fetched) : RESULT_OK;
    }
    bool fits = bytes.len <= PREVIOUS_TX_BYTES_MAX && *total + bytes.len <= PREVIOUS_TXS_BYTES_MAX;
    if (is_needed || fits) {
        *total += bytes.len;
        ENSURE(*total <= PSBT_BYTES_MAX, ERR_PSBT_TOO_LARGE);
        ret_bytes->ptr = (const uint8_t *)arena_copy(making->arena, bytes.ptr, bytes.len);
        ret_bytes->len = bytes.len;
    }
    return RESULT_OK;
}

static struct result make_inputs(struct making *making, struct psbt_input *inputs) {
    size_t total = 0;
    for (size_t i = 0; i < making->coins.count; i++) {
        const struct spend_coin *coin = &making->coins.coins[i];
        inputs[i] = (struct psbt_input){.txid = coin->row.txid,
                                        .vout = coin->row.vout,
                                        .amount = coin->row.amount,
                                        .program = coin->row.program,
                                        .key = {coin->type, coin->place}};
        TRY(fetch_previous(making, coin, &total, &inputs[i].previous_tx));
    }
    return RESULT_OK;
}

static struct result write_psbt(struct making *making, struct psbt_output *outputs) {
    struct psbt_input *inputs = ARENA_ARRAY(making->arena, struct psbt_input, making->coins.count);
    TRY(make_inputs(making, inputs));
    size_t count = making->made.payout_count;
    if (!amount_is_zero(making->made.change)) {
        outputs[count++] = (struct psbt_output){
            .program = making->change_program,
            .amount = making->made.change,
            .key = making->change_row.program.len > 0 ? &making->change_key : NULL};
    }
    sort_outputs(outputs, count);
    const struct psbt psbt = {inputs, making->coins.count, outputs, count};
    TRY(psbt_encode(making->arena, &psbt, &making->made.psbt));
    ENSURE(making->made.psbt.len <= PSBT_BYTES_MAX, ERR_PSBT_TOO_LARGE);
    return RESULT_OK;
}

static struct result record(struct making *making) {
    struct payout_record record = {
        .payouts = making->made.payouts,
        .payout_count = making->made.payout_count,
        .coins = making->coins.coins,
        .coin_count = making->coins.count,
        .export_ids = making->pick.export_ids,
        .export_count = making->pick.export_count,
        .change = making->change_row.program.len > 0 ? &making->change_row : NULL,
        .fee = making->made.fee,
    };
    TRY(job_run(making->app->queue, &payout_record_use_case, &record, making->arena));
    making->made.id = record.export_id;
    return RESULT_OK;
}

static struct result load_payouts(struct making *making) {
    making->pick = (struct payout_pick){.app = making->app,
                                        .reader = making->reader,
                                        .arena = making->arena,
                                        .payout_ids = making->wanted->payout_ids,
                                        .count = making->wanted->count};
    TRY(payout_pick_load(&making->pick));
    making->made.payouts = making->pick.payouts;
    making->made.payout_count = making->pick.count;
    making->made.network = making->pick.payouts[0].network;
    making->made.asset = making->pick.payouts[0].amount.asset;
    return RESULT_OK;
}

static struct result make(struct making *making) {
    TRY(load_payouts(making));
    if (making->wanted->from_address.len > 0) {
        return result_failf(making->arena, &ERR_FIELD_INVALID,
                            "on %s coins are spent, wherever they lie: no address can be named",
                            making->made.network->key);
    }
    TRY(look_up_network(making));
    TRY(look_up_wallet(making));
    TRY(compare_tips(making));
    TRY(choose_fee_rate(making));
    /* The change is one more. */
    struct psbt_output *outputs =
        ARENA_ARRAY(making->arena, struct psbt_output, making->made.payout_count + 1);
    TRY(pay_all(making, outputs));
    TRY(gather(making));
    TRY(settle(making));
    TRY(write_psbt(making, outputs));
    return record(making);
}

struct result payout_export_make(const struct app *app, struct arena *arena,
                                 const struct payout_export_wanted *wanted,
                                 struct payout_export *ret_export) {
    struct making *making = ARENA_NEW(arena, struct making);
    making->app = app;
    making->arena = arena;
    making->wanted = wanted;
    TRY(store_reader_open(app->store, &making->reader));
    struct result done = make(making);
    if (!result_is_ok(done) && done.detail != NULL) {
        done.detail = arena_printf(arena, "%s", done.detail); /* it may live in the reader */
    }
    store_reader_close(making->reader);
    TRY(done);
    *ret_export = making->made;
    return RESULT_OK;
}
