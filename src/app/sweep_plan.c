/* SPDX-License-Identifier: MIT */
#include "app/sweep_plan.h"

#include "app/app.h"
#include "app/sender_use.h"
#include "app/sweep_look.h"
#include "app/sweep_terms.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/hash.h"
#include "ports/chain.h"
#include "ports/store.h"
#include "ports/store_invoice.h"

enum { REFUSALS_MAX = 20 /* then the token itself is held back, and not this or that address */ };

struct planning {
    const struct sweep_plan_wanted *wanted;
    struct script to; /* what fees are reckoned with */
    size_t refusals[TOKENS_MAX];
    struct sweep_look look;
};

/* What comes to an address that was given out pays its invoice, whoever sent it. */
static struct result check_receiver(const struct sweep_look *look, const struct script *to) {
    const struct address_row *const *rows;
    TRY(store_address_match(look->reader, look->arena, look->plan.network, &to, 1, &rows));
    if (rows[0] != NULL) {
        return result_failf(look->arena, &ERR_FIELD_INVALID,
                            "%.*s was given to a payer: what comes there counts as paid",
                            STR_ARG(look->plan.to));
    }
    return RESULT_OK;
}

/* Fees are reckoned with a receiver that holds nothing yet, the dearest case. */
static struct result choose_receiver(struct planning *planning) {
    struct sweep_plan *plan = &planning->look.plan;
    plan->to = planning->wanted->to;
    if (plan->to.len > 0) {
        TRY(sweep_look_decode(&planning->look, plan->to, &planning->to));
        return check_receiver(&planning->look, &planning->to);
    }
    uint8_t digest[HASH_256_BYTES];
    hash_keccak256(bytes_from_str(STR("where nothing was ever sent")), digest);
    planning->to = (struct script){.len = SCRIPT_EVM_BYTES};
    memcpy(planning->to.bytes, digest, SCRIPT_EVM_BYTES);
    return RESULT_OK;
}

/* A token whose contract the node does not know, or that counts otherwise, has nothing to move; the
 * alarm `token_unusable` tells of it. */
static struct result choose_assets(struct planning *planning) {
    struct sweep_plan *plan = &planning->look.plan;
    const struct asset *asset = planning->wanted->asset;
    const struct token_list *list = &plan->followed->tokens;
    for (size_t i = 0; i < list->count; i++) {
        const struct asset *token = list->tokens[i].asset;
        enum chain_token_fault fault = network_token_fault(plan->followed, token);
        if (asset != NULL && asset == token && fault != CHAIN_TOKEN_FINE) {
            return result_failf(planning->look.arena, &ERR_FIELD_INVALID, "%s: %s", asset->code,
                                token_fault_text(fault));
        }
        if (asset == token || (asset == NULL && fault == CHAIN_TOKEN_FINE)) {
            plan->tokens[plan->terms.token_count++] = &list->tokens[i];
        }
    }
    plan->terms.moves_coin =
        asset == NULL || (asset->kind == ASSET_COIN && asset->network == plan->network);
    if (plan->terms.token_count == 0 && !plan->terms.moves_coin) {
        return result_failf(planning->look.arena, &ERR_FIELD_INVALID,
                            "%s is no asset of network %s", asset->code, plan->network->key);
    }
    return RESULT_OK;
}

/* ---- what is there */

static bool holds_something(const struct sweep_plan *plan, const struct chain_holding *holding) {
    bool something = plan->terms.moves_coin && !amount_is_zero(holding->coin);
    for (size_t i = 0; i < plan->terms.token_count; i++) {
        something = something || !amount_is_zero(holding->tokens[i]);
    }
    return something;
}

/* What one address may not move, another may: an issuer blocks addresses. */
static struct result reckon_tokens(struct planning *planning, const struct address_row *row,
                                   const struct chain_holding *holding) {
    struct sweep_plan *plan = &planning->look.plan;
    for (size_t i = 0; i < plan->terms.token_count; i++) {
        bool is_known = plan->token_efforts[i] != 0 || planning->refusals[i] == REFUSALS_MAX;
        if (is_known || amount_is_zero(holding->tokens[i])) {
            continue;
        }
        struct chain_move move = {.from = row->program,
                                  .to = planning->to,
                                  .token = plan->tokens[i],
                                  .amount = holding->tokens[i]};
        TRY(sweep_terms_token(planning->look.arena, planning->look.chain, &move, i, plan));
        planning->refusals[i] += plan->terms.token_refused[i] ? 1 : 0;
    }
    return RESULT_OK;
}

/* Dust that nobody moves must not keep the others out. */
static void keep_entry(struct sweep_plan *plan, const struct sweep_entry *entry) {
    if (entry->account.line_count == 0) {
        return;
    }
    bool moves = sweep_move_count(&entry->account) > 0;
    if (!moves && plan->entry_count - plan->moved_from == SWEEP_LEFT_MAX) {
        plan->left_unlisted++;
        return;
    }
    plan->moved_from += moves ? 1 : 0;
    plan->entry_count++;
}

static struct result add_entry(struct planning *planning, const struct address_row *row,
                               const struct chain_holding *holding) {
    struct sweep_plan *plan = &planning->look.plan;
    struct sweep_entry *entry = &plan->entries[plan->entry_count];
    struct sweep_holding held = {.coin = holding->coin, .tokens = holding->tokens};
    struct sender_use use;
    *entry = (struct sweep_entry){.nonce = holding->nonce};
    TRY(sweep_look_place(&planning->look, row, entry));
    TRY(sender_use_find(&planning->look, row, holding, &use));
    if (use.verdict == SENDER_FREE || use.verdict == SENDER_PLANNED) {
        TRY(reckon_tokens(planning, row, holding));
        TRY(sweep_judge(&plan->terms, &held, &entry->account));
    } else {
        entry->account = sweep_leave(&plan->terms, &held);
        entry->in_use = sender_use_text(&planning->look, &use);
    }
    keep_entry(plan, entry);
    return RESULT_OK;
}

/* What this plan moves is not there any more when the next one looks at the same addresses. */
static struct result begin_again(struct planning *planning) {
    planning->look.plan.more = true;
    planning->look.plan.next = planning->look.start;
    return RESULT_OK;
}

static struct result look_at(struct planning *planning, const struct address_row *rows,
                             size_t count) {
    struct sweep_plan *plan = &planning->look.plan;
    struct chain_holding holdings[SWEEP_ASK_AT_ONCE];
    TRY(sweep_look_ask(&planning->look, rows, count, holdings));
    for (size_t i = 0; i < count; i++) {
        if (!holds_something(plan, &holdings[i])) {
            continue;
        }
        if (plan->moved_from == SWEEP_ADDRESSES_MAX) {
            return begin_again(planning);
        }
        TRY(add_entry(planning, &rows[i], &holdings[i]));
    }
    plan->looked_at += count;
    return RESULT_OK;
}

static struct result look_at_all(struct planning *planning) {
    struct sweep_plan *plan = &planning->look.plan;
    plan->entries = ARENA_ARRAY(planning->look.arena, struct sweep_entry,
                                SWEEP_ADDRESSES_MAX + SWEEP_LEFT_MAX + 1);
    for (size_t done = 0; done < planning->look.candidate_count;) {
        size_t left = planning->look.candidate_count - done;
        size_t count = left < SWEEP_ASK_AT_ONCE ? left : SWEEP_ASK_AT_ONCE;
        if (plan->moved_from == SWEEP_ADDRESSES_MAX) {
            return begin_again(planning);
        }
        TRY(look_at(planning, planning->look.candidates + done, count));
        done += count;
    }
    return RESULT_OK;
}

static struct result reckon_coin(struct planning *planning) {
    struct sweep_look *look = &planning->look;
    struct sweep_effort effort;
    if (look->candidate_count == 0) {
        return RESULT_OK;
    }
    TRY(sweep_terms_coin(look->arena, look->chain, &look->plan, &look->candidates[0].program,
                         &planning->to, &effort));
    look->plan.coin_effort = effort.effort;
    look->plan.terms.coin_fee = effort.fee;
    return RESULT_OK;
}

static struct result make(struct planning *planning) {
    struct sweep_look *look = &planning->look;
    TRY(sweep_look_open(look, planning->wanted->wallet_id));
    TRY(choose_receiver(planning));
    TRY(choose_assets(planning));
    TRY(sweep_look_find(look, planning->wanted->start));
    TRY(sweep_terms_open(look->app, look->arena, look->chain, &look->plan));
    TRY(reckon_coin(planning));
    return look_at_all(planning);
}

struct result sweep_plan_make(const struct app *app, struct arena *arena,
                              const struct sweep_plan_wanted *wanted, struct sweep_plan *ret_plan) {
    struct planning *planning = ARENA_NEW(arena, struct planning);
    *planning = (struct planning){.wanted = wanted, .look = {.app = app, .arena = arena}};
    TRY(store_reader_open(app->store, &planning->look.reader));
    struct result made = make(planning);
    if (made.detail != NULL) {
        made.detail = str_to_c(arena, str_from_c(made.detail));
    }
    store_reader_close(planning->look.reader);
    *ret_plan = planning->look.plan;
    return made;
}
