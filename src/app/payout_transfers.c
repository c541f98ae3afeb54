/* SPDX-License-Identifier: MIT */
#include "app/payout_transfers.h"

#include "app/app.h"
#include "app/payout_again.h"
#include "app/payout_lacks.h"
#include "app/payout_pick.h"
#include "app/payout_record.h"
#include "app/sender_use.h"
#include "app/sweep_look.h"
#include "app/sweep_terms.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/payout_source.h"
#include "ports/chain.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_payout.h"

enum {
    /* Addresses asked after for one payout: the first one is not enough if its issuer has blocked
     * it, or if it is short of coin for what the node then says the transfer takes. */
    SENDERS_TRIED_MAX = 8,
    /* A transfer of TRX to an address that has no account makes one, at its sender's cost. */
    TRON_OPENING_SUN = 1100000,
    HOLDERS_NAMED_MAX = 3, /* where what is to be paid lies, if no address can pay it */
};

struct choosing {
    const struct payout_export_wanted *wanted;
    struct payout_pick pick;
    struct sweep_look look;
    struct script from;            /* of length 0: whoever can */
    struct payout_source *sources; /* one for each candidate */
    uint64_t *nonces;
    struct script *receivers; /* of each payout */
    bool *opens;              /* its receiver may have no account yet (Tron) */
    struct payout_transfer *transfers;
    size_t count;
    struct payout_lacks lacks;
    struct payout_transfers made;
};

/* ---- what is asked for */

static size_t token_of(const struct sweep_plan *plan, const struct asset *asset) {
    for (size_t i = 0; i < plan->terms.token_count; i++) {
        if (plan->tokens[i]->asset == asset) {
            return i;
        }
    }
    return SWEEP_COIN;
}

/* Nobody is told to call a contract that is not the one that was first seen. */
static struct result add_asset(struct choosing *choosing, const struct asset *asset) {
    struct sweep_plan *plan = &choosing->look.plan;
    if (asset->kind == ASSET_COIN) {
        plan->terms.moves_coin = true;
        return RESULT_OK;
    }
    TRY(network_takes(plan->followed, asset));
    const struct token *token = token_by_asset(&plan->followed->tokens, asset);
    ENSURE(token != NULL, ERR_ASSET_UNAVAILABLE);
    if (token_of(plan, asset) == SWEEP_COIN) {
        plan->tokens[plan->terms.token_count++] = token;
    }
    return RESULT_OK;
}

static struct result read_receivers(struct choosing *choosing) {
    const struct payout_pick *pick = &choosing->pick;
    struct sweep_look *look = &choosing->look;
    choosing->receivers = ARENA_ARRAY(look->arena, struct script, pick->count);
    choosing->opens = ARENA_ARRAY(look->arena, bool, pick->count);
    for (size_t i = 0; i < pick->count; i++) {
        TRY(sweep_look_decode(look, pick->payouts[i].to_address, &choosing->receivers[i]));
        if (look->plan.network->kind != CHAIN_TRON) {
            continue;
        }
        struct chain_holding holding;
        struct chain_holdings_wanted wanted = {.programs = &choosing->receivers[i], .count = 1};
        TRY(look->chain->ops->accounts->holdings(look->chain, look->arena, &wanted, &holding));
        choosing->opens[i] = amount_is_zero(holding.coin);
    }
    return RESULT_OK;
}

/* ---- who could pay */

/* What something else counts on is no payout's. */
static struct result judge_use(struct choosing *choosing, size_t position,
                               const struct chain_holding *holding) {
    struct sender_use use;
    TRY(sender_use_find(&choosing->look, &choosing->look.candidates[position], holding, &use));
    choosing->sources[position].shut = use.verdict != SENDER_FREE;
    payout_lacks_note_use(&choosing->lacks, &use);
    return RESULT_OK;
}

static struct result add_source(struct choosing *choosing, size_t position,
                                const struct chain_holding *holding) {
    struct payout_source *source = &choosing->sources[position];
    size_t token_count = choosing->look.plan.terms.token_count;
    bool has_some = choosing->look.plan.terms.moves_coin && !amount_is_zero(holding->coin);
    source->coin = holding->coin;
    for (size_t i = 0; i < token_count; i++) {
        source->tokens[i] = holding->tokens[i];
        has_some = has_some || !amount_is_zero(holding->tokens[i]);
    }
    choosing->nonces[position] = holding->nonce;
    source->shut = !has_some;
    if (has_some) {
        TRY(judge_use(choosing, position, holding));
    }
    return RESULT_OK;
}

static struct result look_at_all(struct choosing *choosing) {
    struct sweep_look *look = &choosing->look;
    TRY(choosing->from.len == 0 ? sweep_look_find(look, 0) : sweep_look_one(look, &choosing->from));
    choosing->sources = ARENA_ARRAY(look->arena, struct payout_source, look->candidate_count + 1);
    choosing->nonces = ARENA_ARRAY(look->arena, uint64_t, look->candidate_count + 1);
    for (size_t done = 0; done < look->candidate_count;) {
        struct chain_holding holdings[SWEEP_ASK_AT_ONCE];
        size_t left = look->candidate_count - done;
        size_t count = left < SWEEP_ASK_AT_ONCE ? left : SWEEP_ASK_AT_ONCE;
        TRY(sweep_look_ask(look, look->candidates + done, count, holdings));
        for (size_t i = 0; i < count; i++) {
            TRY(add_source(choosing, done + i, &holdings[i]));
        }
        done += count;
    }
    return RESULT_OK;
}

/* ---- what cannot be paid */

static struct result holder_of(const struct choosing *choosing, size_t position, size_t token,
                               struct payout_holder *ret_holder) {
    const struct payout_source *source = &choosing->sources[position];
    struct sweep_entry *entry = ARENA_NEW(choosing->look.arena, struct sweep_entry);
    TRY(sweep_look_place(&choosing->look, &choosing->look.candidates[position], entry));
    *ret_holder =
        (struct payout_holder){.address = address_str(&entry->address),
                               .held = token == SWEEP_COIN ? source->coin : source->tokens[token],
                               .coin = source->coin};
    return RESULT_OK;
}

/* What a transfer would take nobody has asked yet where no address can make it. */
static struct result reckon_fee(const struct choosing *choosing, size_t payout_at, size_t position,
                                struct payout_need *need) {
    const struct sweep_look *look = &choosing->look;
    const struct chain_move move = {.from = look->candidates[position].program,
                                    .to = choosing->receivers[payout_at],
                                    .token = look->plan.tokens[need->token],
                                    .amount = choosing->sources[position].tokens[need->token]};
    struct sweep_effort effort;
    TRY(sweep_terms_move(look->arena, look->chain, &look->plan, &move, &effort));
    need->fee = effort.refused ? need->fee : effort.fee;
    return RESULT_OK;
}

static struct result complain_of_sums(struct choosing *choosing, size_t payout_at,
                                      const struct payout_need *wanted,
                                      const struct payout_choice *choice) {
    const struct payout_row *payout = &choosing->pick.payouts[payout_at];
    struct payout_need need = *wanted;
    size_t positions[HOLDERS_NAMED_MAX];
    struct payout_holder holders[HOLDERS_NAMED_MAX];
    size_t count = payout_lacks_has_room(&choosing->lacks) ? HOLDERS_NAMED_MAX : 0;
    count = payout_source_largest(choosing->sources, choosing->look.candidate_count, need.token,
                                  positions, count);
    for (size_t i = 0; i < count; i++) {
        TRY(holder_of(choosing, positions[i], need.token, &holders[i]));
    }
    if (count > 0 && need.token != SWEEP_COIN) {
        TRY(reckon_fee(choosing, payout_at, positions[0], &need));
    }
    payout_lacks_add(&choosing->lacks, payout_text(&choosing->pick, payout), &need, choice, holders,
                     count);
    return RESULT_OK;
}

static struct result complain_of_fee(struct choosing *choosing, size_t payout_at,
                                     const struct payout_need *need,
                                     const struct payout_choice *choice) {
    struct payout_holder holder;
    TRY(holder_of(choosing, choice->source, need->token, &holder));
    payout_lacks_add_fee(&choosing->lacks,
                         payout_text(&choosing->pick, &choosing->pick.payouts[payout_at]), need,
                         choice, &holder);
    return RESULT_OK;
}

static struct result judge_lacks(const struct choosing *choosing) {
    size_t unseen = choosing->look.plan.more ? choosing->look.candidate_count : 0;
    return payout_lacks_judge(&choosing->lacks, unseen);
}

/* ---- who pays what */

static struct result pay_from(struct choosing *choosing, const struct payout_row *payout,
                              size_t position, const struct payout_need *need,
                              const struct sweep_effort *effort) {
    const struct sweep_look *look = &choosing->look;
    struct payout_transfer *transfer = &choosing->transfers[choosing->count];
    *transfer = (struct payout_transfer){
        .payout = payout,
        .token = need->token == SWEEP_COIN ? NULL : look->plan.tokens[need->token],
        .effort = effort->effort,
        .fee_limit = effort->fee_limit,
        .fee = need->fee,
    };
    TRY(sweep_look_place(look, &look->candidates[position], &transfer->from));
    transfer->from.nonce = choosing->nonces[position];
    choosing->nonces[position] += look->plan.network->kind == CHAIN_TRON ? 0 : 1;
    payout_source_take(&choosing->sources[position], need);
    choosing->count++;
    return RESULT_OK;
}

static struct payout_choice choose(const struct choosing *choosing,
                                   const struct payout_need *need) {
    return payout_source_choose(choosing->sources, choosing->look.candidate_count, need);
}

static struct result pay_coin(struct choosing *choosing, size_t payout_at) {
    const struct payout_row *payout = &choosing->pick.payouts[payout_at];
    const struct sweep_look *look = &choosing->look;
    const struct sweep_plan *plan = &look->plan;
    struct sweep_effort effort = {.effort = plan->coin_effort, .fee = plan->terms.coin_fee};
    if (look->candidate_count > 0) {
        TRY(sweep_terms_coin(look->arena, look->chain, plan, &look->candidates[0].program,
                             &choosing->receivers[payout_at], &effort));
    }
    struct payout_need need = {.token = SWEEP_COIN, .amount = payout->amount, .fee = effort.fee};
    if (choosing->opens[payout_at]) {
        TRY(amount_add(need.fee, amount_from_u64(plan->terms.coin, TRON_OPENING_SUN), &need.fee));
    }
    struct payout_choice choice = choose(choosing, &need);
    if (choice.verdict != PAYOUT_SOURCE_FOUND) {
        return complain_of_sums(choosing, payout_at, &need, &choice);
    }
    return pay_from(choosing, payout, choice.source, &need, &effort);
}

/* What nobody had the coin for counts as taken all the same, so that the next payout of the same
 * address is told what it lacks beyond that. */
static struct result refuse_choice(struct choosing *choosing, size_t payout_at,
                                   const struct payout_need *need,
                                   const struct payout_choice *choice) {
    if (choice->verdict != PAYOUT_SOURCE_LACKS_FEE) {
        return complain_of_sums(choosing, payout_at, need, choice);
    }
    TRY(complain_of_fee(choosing, payout_at, need, choice));
    payout_source_take(&choosing->sources[choice->source], need);
    return RESULT_OK;
}

/* An issuer blocks addresses: what one may not move, another may. `refused` are opened again for
 * the payouts that follow. */
static struct result try_senders(struct choosing *choosing, size_t payout_at, size_t *refused,
                                 size_t *refused_count) {
    const struct payout_row *payout = &choosing->pick.payouts[payout_at];
    struct sweep_look *look = &choosing->look;
    struct payout_need need = {.token = token_of(&look->plan, payout->amount.asset),
                               .amount = payout->amount,
                               .fee = amount_zero(look->plan.terms.coin)};
    for (int tried = 0; tried < SENDERS_TRIED_MAX; tried++) {
        struct payout_choice choice = choose(choosing, &need);
        bool is_known = choice.verdict == PAYOUT_SOURCE_FOUND;
        if (!is_known && choice.verdict != PAYOUT_SOURCE_LACKS_FEE && *refused_count > 0) {
            break;
        }
        if (!is_known) {
            return refuse_choice(choosing, payout_at, &need, &choice);
        }
        const struct chain_move move = {.from = look->candidates[choice.source].program,
                                        .to = choosing->receivers[payout_at],
                                        .token = look->plan.tokens[need.token],
                                        .amount = payout->amount};
        struct sweep_effort effort;
        TRY(sweep_terms_move(look->arena, look->chain, &look->plan, &move, &effort));
        if (effort.refused) {
            choosing->sources[choice.source].shut = true;
            refused[(*refused_count)++] = choice.source;
            continue;
        }
        bool has_the_fee = !amount_less(choosing->sources[choice.source].coin, effort.fee);
        need.fee = has_the_fee || amount_less(need.fee, effort.fee) ? effort.fee : need.fee;
        if (has_the_fee) {
            return pay_from(choosing, payout, choice.source, &need, &effort);
        }
    }
    payout_lacks_add_refusal(&choosing->lacks, payout_text(&choosing->pick, payout));
    return RESULT_OK;
}

static struct result pay_token(struct choosing *choosing, size_t payout_at) {
    size_t refused[SENDERS_TRIED_MAX];
    size_t refused_count = 0;
    TRY(try_senders(choosing, payout_at, refused, &refused_count));
    for (size_t i = 0; i < refused_count; i++) {
        choosing->sources[refused[i]].shut = false;
    }
    return RESULT_OK;
}

/* ---- in which order */

/* Tokens first, since their fees need coin; then the largest, which find the fewest addresses. */
static bool goes_before(const struct choosing *choosing, size_t a, size_t b) {
    const struct payout_row *one = &choosing->pick.payouts[a];
    const struct payout_row *other = &choosing->pick.payouts[b];
    size_t token_of_one = token_of(&choosing->look.plan, one->amount.asset);
    size_t token_of_other = token_of(&choosing->look.plan, other->amount.asset);
    if (token_of_one != token_of_other) {
        return token_of_one < token_of_other;
    }
    int sign = amount_compare(one->amount, other->amount);
    return sign == 0 ? one->id < other->id : sign > 0;
}

static size_t *sequence_of(struct choosing *choosing) {
    size_t *sequence = ARENA_ARRAY(choosing->look.arena, size_t, choosing->pick.count);
    for (size_t i = 0; i < choosing->pick.count; i++) {
        size_t at = i;
        while (at > 0 && goes_before(choosing, i, sequence[at - 1])) {
            sequence[at] = sequence[at - 1];
            at--;
        }
        sequence[at] = i;
    }
    return sequence;
}

static struct result pay_all(struct choosing *choosing) {
    const struct payout_pick *pick = &choosing->pick;
    struct arena *arena = choosing->look.arena;
    choosing->transfers = ARENA_ARRAY(arena, struct payout_transfer, pick->count);
    const size_t *sequence = sequence_of(choosing);
    for (size_t i = 0; i < pick->count; i++) {
        bool is_coin = pick->payouts[sequence[i]].amount.asset->kind == ASSET_COIN;
        TRY(is_coin ? pay_coin(choosing, sequence[i]) : pay_token(choosing, sequence[i]));
    }
    TRY(judge_lacks(choosing));
    BUG_IF(choosing->count != pick->count);
    struct payout_transfers *made = &choosing->made;
    made->plan = choosing->look.plan;
    made->transfers = choosing->transfers;
    made->count = choosing->count;
    made->fee = amount_zero(made->plan.terms.coin);
    for (size_t i = 0; i < made->count; i++) {
        TRY(amount_add(made->fee, made->transfers[i].fee, &made->fee));
    }
    return RESULT_OK;
}

/* ---- all of it */

static struct result open(struct choosing *choosing) {
    struct wallet_row wallet;
    TRY(payout_pick_load(&choosing->pick));
    if (choosing->wanted->fee_rate != 0 || choosing->wanted->change_address.len > 0) {
        return result_failf(choosing->look.arena, &ERR_FIELD_INVALID,
                            "a fee rate and an address for the change are for Bitcoin and "
                            "Litecoin, and these payouts are on %s",
                            choosing->pick.payouts[0].network->key);
    }
    TRY(payout_pick_wallet(&choosing->pick, choosing->wanted->wallet_id, &wallet));
    TRY(sweep_look_open(&choosing->look, wallet.id));
    struct str from = str_trim(choosing->wanted->from_address);
    return from.len == 0 ? RESULT_OK : sweep_look_decode(&choosing->look, from, &choosing->from);
}

static struct result make(struct choosing *choosing) {
    struct sweep_look *look = &choosing->look;
    TRY(open(choosing));
    if (choosing->pick.export_count > 0) {
        return payout_again_file(&choosing->pick, &choosing->look, &choosing->from,
                                 &choosing->made.file);
    }
    for (size_t i = 0; i < choosing->pick.count; i++) {
        TRY(add_asset(choosing, choosing->pick.payouts[i].amount.asset));
    }
    TRY(read_receivers(choosing));
    TRY(look_at_all(choosing));
    TRY(sweep_terms_open(look->app, look->arena, look->chain, &look->plan));
    return pay_all(choosing);
}

struct result payout_transfers_make(const struct app *app, struct arena *arena,
                                    const struct payout_export_wanted *wanted,
                                    struct payout_transfers *ret_transfers) {
    struct choosing *choosing = ARENA_NEW(arena, struct choosing);
    struct store_conn *reader;
    TRY(store_reader_open(app->store, &reader));
    *choosing = (struct choosing){
        .wanted = wanted,
        .pick = {.app = app,
                 .reader = reader,
                 .arena = arena,
                 .payout_ids = wanted->payout_ids,
                 .count = wanted->count},
        .look = {.app = app, .reader = reader, .arena = arena},
        .lacks = payout_lacks_in(arena),
    };
    struct result done = make(choosing);
    if (!result_is_ok(done) && done.detail != NULL) {
        done.detail = arena_printf(arena, "%s", done.detail); /* it may live in the reader */
    }
    store_reader_close(reader);
    TRY(done);
    *ret_transfers = choosing->made;
    return RESULT_OK;
}

struct result payout_transfers_record(const struct app *app, struct arena *arena,
                                      const struct payout_transfers *transfers, struct str file) {
    struct payout_row *payouts = ARENA_ARRAY(arena, struct payout_row, transfers->count);
    struct payout_transfer_row *rows =
        ARENA_ARRAY(arena, struct payout_transfer_row, transfers->count);
    for (size_t i = 0; i < transfers->count; i++) {
        const struct payout_transfer *transfer = &transfers->transfers[i];
        payouts[i] = *transfer->payout;
        rows[i] = (struct payout_transfer_row){.payout_id = transfer->payout->id,
                                               .address_id = transfer->from.row.id,
                                               .nonce = transfer->from.nonce};
    }
    struct payout_record record = {
        .payouts = payouts,
        .payout_count = transfers->count,
        .transfers = rows,
        .transfer_count = transfers->count,
        .file = file,
        .fee = transfers->fee,
    };
    return job_run(app->queue, &payout_record_use_case, &record, arena);
}

struct result payout_is_transfer(const struct app *app, struct arena *arena, int64_t payout_id,
                                 bool *ret_is_transfer) {
    struct store_conn *reader;
    struct payout_row payout;
    TRY(store_reader_open(app->store, &reader));
    struct result found = store_payout_by_id(reader, arena, payout_id, &payout);
    store_reader_close(reader);
    bool is_there = result_is_ok(found);
    ENSURE(is_there || found.code == &ERR_NOT_FOUND, *found.code);
    *ret_is_transfer =
        is_there && (payout.network->kind == CHAIN_EVM || payout.network->kind == CHAIN_TRON);
    return RESULT_OK;
}
