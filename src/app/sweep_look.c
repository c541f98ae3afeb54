/* SPDX-License-Identifier: MIT */
#include "app/sweep_look.h"

#include "app/account_cache.h"
#include "app/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/account.h"
#include "core/chain_params.h"
#include "core/error.h"
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
};

/* ---- the wallet and its network */

static struct result look_up_wallet(struct sweep_look *look, int64_t wallet_id) {
    struct sweep_plan *plan = &look->plan;
    TRY(store_wallet_by_id(look->reader, look->arena, wallet_id, &plan->wallet));
    plan->network = plan->wallet.network;
    struct followed_network *followed = networks_find(&look->app->networks, plan->wallet.network);
    ENSURE(followed != NULL, ERR_NETWORK_UNKNOWN);
    plan->followed = followed;
    look->chain = followed->operators_chain;
    ENSURE(look->chain != NULL && look->chain->ops->accounts != NULL, ERR_SWEEP_UNPLANNABLE);
    struct network_health health = network_health_get(followed);
    if (health.blind) {
        return result_failf(look->arena, &ERR_NETWORK_NOT_READY, "%s is not seen well now: %s",
                            plan->network->key, health.reason);
    }
    return account_cache_get(look->app->accounts, look->app, &plan->wallet, plan->network->key,
                             &look->account);
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
static void tell_account_path(struct sweep_look *look) {
    const struct key_origin *origin = &look->account->origin;
    struct sweep_plan *plan = &look->plan;
    plan->account_path_said = origin->present;
    if (origin->present) {
        plan->account_path = steps_text(look->arena, "m", origin->steps, origin->step_count);
        return;
    }
    plan->account_path =
        plan->network->kind == CHAIN_TRON ? STR("m/44'/195'/0'") : STR("m/44'/60'/0'");
}

struct result sweep_look_open(struct sweep_look *look, int64_t wallet_id) {
    TRY(look_up_wallet(look, wallet_id));
    tell_account_path(look);
    return RESULT_OK;
}

struct result sweep_look_decode(const struct sweep_look *look, struct str address,
                                struct script *ret_program) {
    const struct sweep_plan *plan = &look->plan;
    const struct chain_params *params = chain_params_by_name(
        str_from_c(plan->network->key), str_from_c(plan->followed->chain_name));
    BUG_IF(params == NULL);
    return address_decode(params, address, ret_program);
}

/* ---- where to look */

static bool is_known(const struct sweep_look *look, int64_t address_id) {
    for (size_t i = 0; i < look->candidate_count; i++) {
        if (look->candidates[i].id == address_id) {
            return true;
        }
    }
    return false;
}

static void add_candidates(struct sweep_look *look, const struct address_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].wallet_id != look->plan.wallet.id || is_known(look, rows[i].id)) {
            continue;
        }
        if (look->candidate_count == look->candidates_max) {
            look->plan.more = true;
            return;
        }
        look->candidates[look->candidate_count++] = rows[i];
    }
}

static struct result add_inflows(struct sweep_look *look) {
    const struct native_inflow_row *inflows;
    size_t count;
    TRY(store_native_inflow_after(look->reader, look->arena, look->plan.network, 0,
                                  SWEEP_CANDIDATES_MAX, &inflows, &count));
    for (size_t i = 0; i < count; i++) {
        struct address_row row;
        TRY(store_address_by_id(look->reader, inflows[i].address_id, &row));
        add_candidates(look, &row, 1);
    }
    return RESULT_OK;
}

/* The addresses that were paid to, page by page down from the latest payment or from where an
 * earlier plan ended. */
struct result sweep_look_find(struct sweep_look *look, int64_t start) {
    CLEANUP(arena_cleanup) struct arena *page_arena = arena_new(PAGE_BYTES_MAX);
    struct sweep_plan *plan = &look->plan;
    bool is_tron = plan->network->kind == CHAIN_TRON;
    look->candidates_max = is_tron ? SWEEP_CANDIDATES_TRON_MAX : SWEEP_CANDIDATES_MAX;
    look->candidates = ARENA_ARRAY(look->arena, struct address_row, SWEEP_CANDIDATES_MAX);
    plan->next = start;
    if (plan->next == 0) {
        TRY(add_inflows(look));
        TRY(store_payment_highest_id(look->reader, &plan->next));
    }
    look->start = plan->next;
    for (int page = 0; plan->next > 0 && !plan->more; page++) {
        const struct address_row *rows;
        size_t count;
        struct store_payment_range range = {.after_id = plan->next - PAYMENTS_AT_ONCE,
                                            .until_id = plan->next};
        arena_reset(page_arena);
        TRY(store_address_paid_in(look->reader, page_arena, plan->wallet.id, range, &rows, &count));
        add_candidates(look, rows, count);
        plan->more = plan->more || page == PAYMENT_PAGES_MAX;
        plan->next = plan->more ? plan->next : range.after_id;
    }
    return RESULT_OK;
}

struct result sweep_look_one(struct sweep_look *look, const struct script *program) {
    const struct address_row *const *rows;
    TRY(store_address_match(look->reader, look->arena, look->plan.network, &program, 1, &rows));
    if (rows[0] == NULL || rows[0]->wallet_id != look->plan.wallet.id) {
        return result_failf(look->arena, &ERR_FIELD_INVALID,
                            "that is no address that wallet %lld gave out on %s",
                            (long long)look->plan.wallet.id, look->plan.network->key);
    }
    look->candidates = ARENA_NEW(look->arena, struct address_row);
    look->candidates[0] = *rows[0];
    look->candidate_count = 1;
    return RESULT_OK;
}

/* ---- what is there */

struct result sweep_look_ask(struct sweep_look *look, const struct address_row *rows, size_t count,
                             struct chain_holding *ret_holdings) {
    struct script programs[SWEEP_ASK_AT_ONCE];
    BUG_IF(count > SWEEP_ASK_AT_ONCE);
    for (size_t i = 0; i < count; i++) {
        programs[i] = rows[i].program;
    }
    struct chain_holdings_wanted wanted = {.programs = programs,
                                           .count = count,
                                           .tokens = look->plan.tokens,
                                           .token_count = look->plan.terms.token_count};
    return look->chain->ops->accounts->holdings(look->chain, look->arena, &wanted, ret_holdings);
}

/* An address that was jumped over after a restore has no option, and its money is moved like any
 * other. */
struct result sweep_look_place(const struct sweep_look *look, const struct address_row *row,
                               struct sweep_entry *ret_entry) {
    struct script derived;
    TRY(account_script_at(look->account, row->address_index, &derived));
    ENSURE(script_eq(&derived, &row->program), ERR_ADDRESS_TAMPERED);
    uint32_t steps[] = {0, row->address_index};
    bool below = look->account->branch == ACCOUNT_BRANCH_EXTERNAL;
    ret_entry->row = *row;
    ret_entry->path = steps_text(look->arena, "", below ? steps : steps + 1, below ? 2 : 1);
    return account_address_at(look->account, row->address_index, &ret_entry->address);
}
