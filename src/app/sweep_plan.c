/* SPDX-License-Identifier: MIT */
#include "app/sweep_plan.h"

#include "app/account_cache.h"
#include "app/app.h"
#include "app/sweep_terms.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/account.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "core/hash.h"
#include "ports/chain.h"
#include "ports/store.h"
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"

enum {
    PAYMENTS_AT_ONCE = 2000,
    PAYMENT_PAGES_MAX = 1000,
    PAGE_BYTES_MAX = 4 << 20,
    ASK_AT_ONCE = 50,  /* addresses */
    REFUSALS_MAX = 20, /* then the token itself is held back, and not this or that address */
};

struct planning {
    const struct app *app;
    struct store_conn *reader;
    struct arena *arena;
    const struct sweep_plan_wanted *wanted;
    const struct account *account;
    struct chain *chain;
    struct script to; /* what fees are reckoned with */
    struct address_row *candidates;
    size_t candidate_count;
    size_t candidates_max;
    int64_t start; /* the payment that the search began with */
    size_t refusals[TOKENS_MAX];
    struct sweep_plan plan;
};

/* ---- the wallet and its network */

static struct result look_up_wallet(struct planning *planning) {
    struct sweep_plan *plan = &planning->plan;
    TRY(store_wallet_by_id(planning->reader, planning->arena, planning->wanted->wallet_id,
                           &plan->wallet));
    plan->network = plan->wallet.network;
    struct followed_network *followed =
        networks_find(&planning->app->networks, plan->wallet.network);
    ENSURE(followed != NULL, ERR_NETWORK_UNKNOWN);
    plan->followed = followed;
    planning->chain = followed->operators_chain;
    ENSURE(planning->chain != NULL && planning->chain->ops->accounts != NULL,
           ERR_SWEEP_UNPLANNABLE);
    struct network_health health = network_health_get(followed);
    if (health.blind) {
        return result_failf(planning->arena, &ERR_NETWORK_NOT_READY, "%s is not seen well now: %s",
                            plan->network->key, health.reason);
    }
    return account_cache_get(planning->app->accounts, planning->app, &plan->wallet,
                             plan->network->key, &planning->account);
}

static struct str steps_text(struct arena *arena, const char *root, const uint32_t *steps,
                             size_t count) {
    struct buf out = buf_in(arena);
    buf_puts(&out, root);
    for (size_t i = 0; i < count; i++) {
        bool hardened = (steps[i] & CHILD_HARDENED) != 0;
        buf_putf(&out, "%s%u%s", out.len == 0 ? "" : "/", steps[i] & ~CHILD_HARDENED,
                 hardened ? "'" : "");
    }
    return buf_str(&out);
}

/* Where wallets keep the accounts of these chains, unless this one's text says otherwise. */
static void tell_account_path(struct planning *planning) {
    const struct key_origin *origin = &planning->account->origin;
    struct sweep_plan *plan = &planning->plan;
    plan->account_path_said = origin->present;
    if (origin->present) {
        plan->account_path = steps_text(planning->arena, "m", origin->steps, origin->step_count);
        return;
    }
    plan->account_path =
        plan->network->kind == CHAIN_TRON ? STR("m/44'/195'/0'") : STR("m/44'/60'/0'");
}

/* Fees are reckoned with a receiver that holds nothing yet, the dearest case. */
static struct result choose_receiver(struct planning *planning) {
    struct sweep_plan *plan = &planning->plan;
    plan->to = planning->wanted->to;
    if (plan->to.len > 0) {
        const struct chain_params *params = chain_params_by_name(
            str_from_c(plan->network->key), str_from_c(plan->followed->chain_name));
        BUG_IF(params == NULL);
        return address_decode(params, plan->to, &planning->to);
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
    struct sweep_plan *plan = &planning->plan;
    const struct asset *asset = planning->wanted->asset;
    const struct token_list *list = &plan->followed->tokens;
    for (size_t i = 0; i < list->count; i++) {
        const struct asset *token = list->tokens[i].asset;
        enum chain_token_fault fault = network_token_fault(plan->followed, token);
        if (asset != NULL && asset == token && fault != CHAIN_TOKEN_FINE) {
            return result_failf(planning->arena, &ERR_FIELD_INVALID, "%s: %s", asset->code,
                                token_fault_text(fault));
        }
        if (asset == token || (asset == NULL && fault == CHAIN_TOKEN_FINE)) {
            plan->tokens[plan->terms.token_count++] = &list->tokens[i];
        }
    }
    plan->terms.moves_coin =
        asset == NULL || (asset->kind == ASSET_COIN && asset->network == plan->network);
    if (plan->terms.token_count == 0 && !plan->terms.moves_coin) {
        return result_failf(planning->arena, &ERR_FIELD_INVALID, "%s is no asset of network %s",
                            asset->code, plan->network->key);
    }
    return RESULT_OK;
}

/* ---- where to look */

static bool is_known(const struct planning *planning, int64_t address_id) {
    for (size_t i = 0; i < planning->candidate_count; i++) {
        if (planning->candidates[i].id == address_id) {
            return true;
        }
    }
    return false;
}

static void add_candidates(struct planning *planning, const struct address_row *rows,
                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].wallet_id != planning->plan.wallet.id || is_known(planning, rows[i].id)) {
            continue;
        }
        if (planning->candidate_count == planning->candidates_max) {
            planning->plan.more = true;
            return;
        }
        planning->candidates[planning->candidate_count++] = rows[i];
    }
}

static struct result add_inflows(struct planning *planning) {
    const struct native_inflow_row *inflows;
    size_t count;
    TRY(store_native_inflow_after(planning->reader, planning->arena, planning->plan.network, 0,
                                  SWEEP_CANDIDATES_MAX, &inflows, &count));
    for (size_t i = 0; i < count; i++) {
        struct address_row row;
        TRY(store_address_by_id(planning->reader, inflows[i].address_id, &row));
        add_candidates(planning, &row, 1);
    }
    return RESULT_OK;
}

/* The addresses that were paid to, page by page down from the latest payment or from where an
 * earlier plan ended. */
static struct result find_candidates(struct planning *planning) {
    CLEANUP(arena_cleanup) struct arena *page_arena = arena_new(PAGE_BYTES_MAX);
    struct sweep_plan *plan = &planning->plan;
    bool is_tron = plan->network->kind == CHAIN_TRON;
    planning->candidates_max = is_tron ? SWEEP_CANDIDATES_TRON_MAX : SWEEP_CANDIDATES_MAX;
    planning->candidates = ARENA_ARRAY(planning->arena, struct address_row, SWEEP_CANDIDATES_MAX);
    plan->next = planning->wanted->start;
    if (plan->next == 0) {
        TRY(add_inflows(planning));
        TRY(store_payment_highest_id(planning->reader, &plan->next));
    }
    planning->start = plan->next;
    for (int page = 0; plan->next > 0 && !plan->more; page++) {
        const struct address_row *rows;
        size_t count;
        struct store_payment_range range = {.after_id = plan->next - PAYMENTS_AT_ONCE,
                                            .until_id = plan->next};
        arena_reset(page_arena);
        TRY(store_address_paid_in(planning->reader, page_arena, plan->wallet.id, range, &rows,
                                  &count));
        add_candidates(planning, rows, count);
        plan->more = plan->more || page == PAYMENT_PAGES_MAX;
        plan->next = plan->more ? plan->next : range.after_id;
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
    struct sweep_plan *plan = &planning->plan;
    for (size_t i = 0; i < plan->terms.token_count; i++) {
        bool is_known = plan->token_efforts[i] != 0 || planning->refusals[i] == REFUSALS_MAX;
        if (is_known || amount_is_zero(holding->tokens[i])) {
            continue;
        }
        struct chain_move move = {.from = row->program,
                                  .to = planning->to,
                                  .token = plan->tokens[i],
                                  .amount = holding->tokens[i]};
        TRY(sweep_terms_token(planning->arena, planning->chain, &move, i, plan));
        planning->refusals[i] += plan->terms.token_refused[i] ? 1 : 0;
    }
    return RESULT_OK;
}

/* By the account key itself: a row changed behind our back is in no plan. An address that was
 * jumped over after a restore has no option, and its money is moved like any other. */
static struct result check_address(const struct planning *planning, const struct address_row *row,
                                   struct address_text *ret_text) {
    struct script derived;
    TRY(account_script_at(planning->account, row->address_index, &derived));
    ENSURE(script_eq(&derived, &row->program), ERR_ADDRESS_TAMPERED);
    return account_address_at(planning->account, row->address_index, ret_text);
}

static bool moves_something(const struct sweep_account *account) {
    for (size_t i = 0; i < account->line_count; i++) {
        if (account->lines[i].verdict == SWEEP_MOVE) {
            return true;
        }
    }
    return false;
}

/* Dust that nobody moves must not keep the others out. */
static void keep_entry(struct sweep_plan *plan, const struct sweep_entry *entry) {
    if (entry->account.line_count == 0) {
        return;
    }
    bool moves = moves_something(&entry->account);
    if (!moves && plan->entry_count - plan->moved_from == SWEEP_LEFT_MAX) {
        plan->left_unlisted++;
        return;
    }
    plan->moved_from += moves ? 1 : 0;
    plan->entry_count++;
}

static struct result add_entry(struct planning *planning, const struct address_row *row,
                               const struct chain_holding *holding) {
    struct sweep_plan *plan = &planning->plan;
    TRY(reckon_tokens(planning, row, holding));
    struct sweep_entry *entry = &plan->entries[plan->entry_count];
    *entry = (struct sweep_entry){.row = *row, .nonce = holding->nonce};
    TRY(check_address(planning, row, &entry->address));
    uint32_t steps[] = {0, row->address_index};
    bool below = planning->account->branch == ACCOUNT_BRANCH_EXTERNAL;
    entry->path = steps_text(planning->arena, "", below ? steps : steps + 1, below ? 2 : 1);
    struct sweep_holding held = {.coin = holding->coin, .tokens = holding->tokens};
    TRY(sweep_judge(&plan->terms, &held, &entry->account));
    keep_entry(plan, entry);
    return RESULT_OK;
}

/* What this plan moves is not there any more when the next one looks at the same addresses. */
static struct result begin_again(struct planning *planning) {
    planning->plan.more = true;
    planning->plan.next = planning->start;
    return RESULT_OK;
}

static struct result look_at(struct planning *planning, const struct address_row *rows,
                             size_t count) {
    struct sweep_plan *plan = &planning->plan;
    struct script programs[ASK_AT_ONCE];
    struct chain_holding holdings[ASK_AT_ONCE];
    for (size_t i = 0; i < count; i++) {
        programs[i] = rows[i].program;
    }
    struct chain_holdings_wanted wanted = {.programs = programs,
                                           .count = count,
                                           .tokens = plan->tokens,
                                           .token_count = plan->terms.token_count};
    TRY(planning->chain->ops->accounts->holdings(planning->chain, planning->arena, &wanted,
                                                 holdings));
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
    struct sweep_plan *plan = &planning->plan;
    plan->entries =
        ARENA_ARRAY(planning->arena, struct sweep_entry, SWEEP_ADDRESSES_MAX + SWEEP_LEFT_MAX + 1);
    for (size_t done = 0; done < planning->candidate_count;) {
        size_t left = planning->candidate_count - done;
        size_t count = left < ASK_AT_ONCE ? left : ASK_AT_ONCE;
        if (plan->moved_from == SWEEP_ADDRESSES_MAX) {
            return begin_again(planning);
        }
        TRY(look_at(planning, planning->candidates + done, count));
        done += count;
    }
    return RESULT_OK;
}

static struct result make(struct planning *planning) {
    TRY(look_up_wallet(planning));
    tell_account_path(planning);
    TRY(choose_receiver(planning));
    TRY(choose_assets(planning));
    TRY(find_candidates(planning));
    TRY(sweep_terms_open(planning->app, planning->arena, planning->chain, &planning->plan));
    return look_at_all(planning);
}

struct result sweep_plan_make(const struct app *app, struct arena *arena,
                              const struct sweep_plan_wanted *wanted, struct sweep_plan *ret_plan) {
    struct planning *planning = ARENA_NEW(arena, struct planning);
    *planning = (struct planning){.app = app, .arena = arena, .wanted = wanted};
    TRY(store_reader_open(app->store, &planning->reader));
    struct result made = make(planning);
    if (made.detail != NULL) {
        made.detail = str_to_c(arena, str_from_c(made.detail));
    }
    store_reader_close(planning->reader);
    *ret_plan = planning->plan;
    return made;
}
