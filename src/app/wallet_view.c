/* SPDX-License-Identifier: MIT */
#include "app/wallet_view.h"

#include <string.h>

#include "app/account_cache.h"
#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_shop.h"

static bool replaces(const struct wallet_row *newer, const struct wallet_row *older) {
    return newer->id > older->id && newer->shop_id == older->shop_id &&
           newer->network == older->network && newer->asset == older->asset;
}

static bool is_in_use(const struct wallet_row *wallets, size_t count,
                      const struct wallet_row *wallet) {
    for (size_t i = 0; i < count; i++) {
        if (replaces(&wallets[i], wallet)) {
            return false;
        }
    }
    return true;
}

static const struct account_key_row *find_key(const struct account_key_row *keys, size_t count,
                                              int64_t id) {
    for (size_t i = 0; i < count; i++) {
        if (keys[i].id == id) {
            return &keys[i];
        }
    }
    return NULL;
}

struct result wallet_view_list(struct store_conn *reader, struct arena *arena, int64_t shop_id,
                               const struct wallet_view **ret_views, size_t *ret_count) {
    const struct wallet_row *wallets;
    const struct account_key_row *keys;
    size_t count;
    size_t key_count;
    TRY(store_wallet_list(reader, arena, shop_id, &wallets, &count));
    TRY(store_account_key_list(reader, arena, &keys, &key_count));
    struct wallet_view *views = ARENA_ARRAY(arena, struct wallet_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct store_index_use use;
        TRY(store_account_key_use(reader, wallets[i].account_key_id, &use));
        const struct account_key_row *key = find_key(keys, key_count, wallets[i].account_key_id);
        ENSURE(key != NULL, ERR_STORE_BROKEN);
        views[i] = (struct wallet_view){
            .wallet = wallets[i],
            .highest_issued = use.issued,
            .highest_used = use.paid,
            .in_use = is_in_use(wallets, count, &wallets[i]),
        };
        memcpy(views[i].fingerprint, key->fingerprint, sizeof views[i].fingerprint);
    }
    *ret_views = views;
    *ret_count = count;
    return RESULT_OK;
}

static int64_t max_of(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* A wallet program gives up after so many unused addresses in a row. */
static struct result gap_limit(struct store_conn *reader, const struct wallet_view *view,
                               int64_t *ret_limit) {
    int64_t longest;
    struct result counted =
        store_account_key_longest_gap(reader, view->wallet.account_key_id, &longest);
    if (counted.code == &ERR_STORE_BUSY) {
        /* Too many addresses to look through in time. This much is enough whatever they hold. */
        longest = view->highest_issued;
        counted = RESULT_OK;
    }
    TRY(counted);
    if (view->highest_used > view->highest_issued) {
        longest = view->highest_used; /* a quarantined address was paid: nobody counted below it */
    }
    int64_t tail = view->highest_issued - view->highest_used;
    *ret_limit = max_of(WALLET_GAP_LIMIT_MIN, max_of(longest + 1, tail));
    return RESULT_OK;
}

struct result wallet_first_addresses(const struct account *account,
                                     struct address_text ret_addresses[WALLET_FIRST_ADDRESSES]) {
    for (uint32_t i = 0; i < WALLET_FIRST_ADDRESSES; i++) {
        TRY(account_address_at(account, i, &ret_addresses[i]));
    }
    return RESULT_OK;
}

struct result wallet_view_load(const struct app *app, struct store_conn *reader,
                               struct arena *arena, int64_t wallet_id, struct wallet_view *ret_view,
                               struct wallet_detail *ret_detail) {
    const struct wallet_view *views;
    size_t count;
    TRY(wallet_view_list(reader, arena, 0, &views, &count));
    size_t at = 0;
    while (at < count && views[at].wallet.id != wallet_id) {
        at++;
    }
    ENSURE(at < count, ERR_NOT_FOUND);
    const struct wallet_row *wallet = &views[at].wallet;
    const struct network *chain = wallet->asset == NULL ? wallet->network : wallet->asset->network;
    const struct account *account;
    TRY(account_cache_get(app->accounts, app, wallet, chain->key, &account));
    struct wallet_detail detail;
    TRY(wallet_first_addresses(account, detail.first_addresses));
    TRY(gap_limit(reader, &views[at], &detail.gap_limit));
    *ret_view = views[at];
    *ret_detail = detail;
    return RESULT_OK;
}
