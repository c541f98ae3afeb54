/* SPDX-License-Identifier: MIT */
#include "app/index_jump.h"

#include "app/account_cache.h"
#include "app/app.h"
#include "app/ledger.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"

/* Wallets that derive the same addresses, as of two shops or with another key origin written before
 * the key, share them: each stands once. */
static struct result is_watched(struct ledger *ledger, const struct address_row *address,
                                bool *ret_watched) {
    const struct script *program = &address->program;
    const struct address_row *const *rows;
    TRY(store_address_match(ledger_conn(ledger), ledger_arena(ledger), address->network, &program,
                            1, &rows));
    *ret_watched = rows[0] != NULL;
    return RESULT_OK;
}

static struct result quarantine(struct ledger *ledger, const struct wallet_row *wallet,
                                const struct account *account, int64_t index) {
    struct address_row address = {
        .kind = ADDRESS_QUARANTINED,
        .network = wallet->network,
        .wallet_id = wallet->id,
        .account_key_id = wallet->account_key_id,
        .address_index = (uint32_t)index,
        .issued_at_ms = ledger_now_ms(ledger),
    };
    struct result derived = account_script_at(account, address.address_index, &address.program);
    if (derived.code == &ERR_INDEX_INVALID) {
        return RESULT_OK;
    }
    TRY(derived);
    bool watched;
    TRY(is_watched(ledger, &address, &watched));
    int64_t id;
    return watched ? RESULT_OK : store_address_insert(ledger_conn(ledger), &address, &id);
}

static struct result quarantine_wallet(struct ledger *ledger, const struct index_jump *jump,
                                       const struct wallet_row *wallet) {
    const struct app *app = ledger_app(ledger);
    const char *chain = wallet->asset == NULL ? wallet->network->key : wallet->asset->network->key;
    const struct account *account;
    TRY(account_cache_get(app->accounts, app, wallet, chain, &account));
    for (int64_t index = jump->from_index; index < jump->to_index; index++) {
        TRY(quarantine(ledger, wallet, account, index));
    }
    return RESULT_OK;
}

static struct result index_jump_apply(void *input, struct ledger *ledger) {
    const struct index_jump *jump = input;
    BUG_IF(jump->to_index - jump->from_index > INDEX_JUMP_MAX);
    const struct wallet_row *wallets;
    size_t count;
    TRY(store_wallet_list(ledger_conn(ledger), ledger_arena(ledger), 0, &wallets, &count));
    for (size_t i = 0; i < count; i++) {
        if (wallets[i].account_key_id == jump->account_key_id) {
            TRY(quarantine_wallet(ledger, jump, &wallets[i]));
        }
    }
    return store_account_key_raise(ledger_conn(ledger), jump->account_key_id, jump->to_index);
}

const struct use_case index_jump_use_case = {
    .name = "index_jump",
    .job_class = JOB_OPERATOR,
    .apply = index_jump_apply,
};
