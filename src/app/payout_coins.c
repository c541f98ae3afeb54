/* SPDX-License-Identifier: MIT */
#include "app/payout_coins.h"

#include "app/account_cache.h"
#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"
#include "ports/store_payout.h"
#include "ports/store_shop.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

int64_t payout_done_since_ms(int64_t now_ms) {
    return now_ms - DONE_HOLD_DAYS * (int64_t)DAY_MS;
}

struct gathering {
    const struct payout_coins_wanted *wanted;
    struct arena *arena;
    struct spend *spend;
    struct payout_coins *coins;
    int64_t *spent;
    size_t asked;
    size_t worthless;
};

static const char *outpoint_text(struct arena *arena, const struct coin_row *coin) {
    struct str txid = hex_encode(arena, BYTES_OF(coin->txid.bytes));
    return arena_printf(arena, "%.*s:%u", STR_ARG(txid), coin->vout);
}

/* ---- what a coin is */

static struct result own_account(const struct gathering *gathering, const struct coin_row *row,
                                 const struct account **ret_account) {
    const struct payout_coins_wanted *wanted = gathering->wanted;
    struct wallet_row wallet;
    TRY(store_wallet_by_id(wanted->reader, gathering->arena, row->wallet_id, &wallet));
    return account_cache_get(wanted->app->accounts, wanted->app, &wallet, wallet.network->key,
                             ret_account);
}

/* The row says which key it is; the key must say the same. A wallet that was added again may know
 * the key's origin, which the one before did not. */
static struct result look_up_key(const struct gathering *gathering, const struct coin_row *row,
                                 struct spend_coin *ret_coin) {
    const struct account *account = gathering->wanted->account;
    struct script program;
    TRY(account_script_at(account, row->address_index, &program));
    if (!script_eq(&program, &row->program)) {
        TRY(own_account(gathering, row, &account));
        TRY(account_script_at(account, row->address_index, &program));
        ENSURE(script_eq(&program, &row->program), ERR_ADDRESS_TAMPERED);
    }
    ret_coin->row = *row;
    ret_coin->type = account->type;
    return account_key_place(account, row->address_index, &ret_coin->place);
}

/* As deep as it must be, by the node's own count. */
static bool is_ripe(const struct network *network, const struct chain_coin *found) {
    int64_t least = network->coin_maturity_blocks > 1 ? network->coin_maturity_blocks : 1;
    if (found->coinbase && least < network->coinbase_maturity_blocks) {
        least = network->coinbase_maturity_blocks;
    }
    return found->confirmations >= least;
}

static bool is_ours(const struct coin_row *row, const struct chain_coin *found) {
    return found->amount.asset == row->amount.asset && amount_eq(found->amount, row->amount) &&
           script_eq(&found->program, &row->program);
}

static struct result ask(struct gathering *gathering, const struct coin_row *row,
                         bool *ret_usable) {
    struct chain *chain = gathering->wanted->chain;
    struct chain_coin found;
    struct outpoint outpoint = {row->txid, row->vout};
    /* The node's answer is small; what it takes to read it is not kept. */
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(4 << 20);
    struct result asked = chain->ops->coins->find(chain, scratch, outpoint, &found);
    if (!result_is_ok(asked)) {
        return result_failf(gathering->arena, asked.code, "%s", result_text(asked));
    }
    gathering->asked++;
    if (found.state == COIN_SPENT) {
        gathering->spent[gathering->coins->spent_count++] = row->payment_id;
    }
    *ret_usable =
        found.state == COIN_UNSPENT && is_ours(row, &found) && is_ripe(chain->network, &found);
    return RESULT_OK;
}

static struct result take(struct gathering *gathering, const struct spend_coin *coin) {
    if (gathering->coins->count == SPEND_COINS_MAX) {
        return result_failf(gathering->arena, &ERR_PSBT_TOO_LARGE,
                            "more than %d coins would be needed; pay fewer payouts at once, or put "
                            "small coins together in your wallet first",
                            SPEND_COINS_MAX);
    }
    TRY(spend_gather(gathering->spend, coin->type, coin->row.amount));
    gathering->coins->coins[gathering->coins->count++] = *coin;
    return RESULT_OK;
}

/* ---- the coins of earlier exports */

static struct result take_held(struct gathering *gathering, const struct coin_row *row) {
    struct spend_coin coin;
    bool usable = false;
    TRY(look_up_key(gathering, row, &coin));
    TRY(ask(gathering, row, &usable));
    if (!usable) {
        return result_failf(
            gathering->arena, &ERR_PAYOUT_SENT,
            "the last export spends %s, which is spent, or waits for a block again: it was "
            "probably sent (then: "
            "till payout done); if not, cancel the payout and let the shop ask again",
            outpoint_text(gathering->arena, row));
    }
    return take(gathering, &coin);
}

static struct result take_all_held(struct gathering *gathering) {
    const struct payout_coins_wanted *wanted = gathering->wanted;
    for (size_t i = 0; i < wanted->export_count; i++) {
        const struct coin_row *rows;
        size_t count;
        TRY(store_coin_of_export(wanted->reader, gathering->arena, wanted->export_ids[i], &rows,
                                 &count));
        for (size_t j = 0; j < count; j++) {
            TRY(take_held(gathering, &rows[j]));
        }
    }
    return RESULT_OK;
}

/* ---- free coins, the largest first */

static struct result take_if_free(struct gathering *gathering, const struct coin_row *row) {
    struct spend_coin coin;
    bool usable = false;
    TRY(look_up_key(gathering, row, &coin));
    if (!amount_less(spend_cost_of_input(gathering->spend, coin.type), row->amount)) {
        gathering->worthless++;
        return RESULT_OK;
    }
    TRY(ask(gathering, row, &usable));
    return usable ? take(gathering, &coin) : RESULT_OK;
}

static struct result report_lack(const struct gathering *gathering, bool asked_all) {
    struct arena *arena = gathering->arena;
    struct str has = amount_to_text(arena, gathering->spend->gathered);
    struct str lacks = amount_to_text(arena, spend_lacks(gathering->spend));
    const char *code = gathering->spend->coin->code;
    const char *rest = "";
    if (!asked_all) {
        rest = "; the largest coins are asked after first: ask again to go on with the others";
    } else if (gathering->worthless > 0) {
        rest = arena_printf(arena, "; coins that cost more than they are worth: %zu",
                            gathering->worthless);
    }
    return result_failf(arena, &ERR_FUNDS_INSUFFICIENT,
                        "%.*s %s are there to spend, %.*s %s are lacking for the payouts and the "
                        "fee%s",
                        STR_ARG(has), code, STR_ARG(lacks), code, rest);
}

static struct result take_free(struct gathering *gathering) {
    const struct payout_coins_wanted *wanted = gathering->wanted;
    const struct network *network = wanted->wallet->network;
    int64_t maturity = network->coin_maturity_blocks > 1 ? network->coin_maturity_blocks : 1;
    struct store_coin_filter filter = {
        .network = network,
        .shop_id = wanted->shop_id,
        .account_key_id = wanted->wallet->account_key_id,
        .done_since_ms = payout_done_since_ms(app_now_ms(wanted->app)),
        .height_max = wanted->tip->height - maturity + 1,
        .limit = COINS_ASKED_MAX,
    };
    const struct coin_row *rows;
    size_t count;
    TRY(store_coin_list(wanted->reader, gathering->arena, &filter, &rows, &count));
    for (size_t i = 0; i < count && !amount_is_zero(spend_lacks(gathering->spend)); i++) {
        TRY(take_if_free(gathering, &rows[i]));
    }
    return amount_is_zero(spend_lacks(gathering->spend))
               ? RESULT_OK
               : report_lack(gathering, count < COINS_ASKED_MAX);
}

struct result payout_coins_gather(const struct payout_coins_wanted *wanted, struct arena *arena,
                                  struct spend *spend, struct payout_coins *ret_coins) {
    *ret_coins = (struct payout_coins){
        .coins = ARENA_ARRAY(arena, struct spend_coin, SPEND_COINS_MAX),
    };
    struct gathering gathering = {
        .wanted = wanted,
        .arena = arena,
        .spend = spend,
        .coins = ret_coins,
        .spent = ARENA_ARRAY(arena, int64_t, COINS_ASKED_MAX + SPEND_COINS_MAX + 1),
    };
    ret_coins->spent = gathering.spent;
    TRY(take_all_held(&gathering));
    return take_free(&gathering);
}
