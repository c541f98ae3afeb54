/* SPDX-License-Identifier: MIT */
#include "app/account_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/wallet_add.h"
#include "base/bytes.h"
#include "core/chain_params.h"
#include "core/error.h"

enum { CACHE_BUCKETS = 1024 };

struct cached_account {
    struct cached_account *next;
    int64_t wallet_id;
    struct account account;
};

struct account_cache {
    pthread_rwlock_t lock; /* guards the buckets; entries are constant */
    struct cached_account *buckets[CACHE_BUCKETS];
};

struct account_cache *account_cache_new(void) {
    struct account_cache *cache = calloc(1, sizeof *cache);
    BUG_IF(cache == NULL);
    BUG_IF(pthread_rwlock_init(&cache->lock, NULL) != 0);
    return cache;
}

void account_cache_free(struct account_cache *cache) {
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < CACHE_BUCKETS; i++) {
        while (cache->buckets[i] != NULL) {
            struct cached_account *entry = cache->buckets[i];
            cache->buckets[i] = entry->next;
            free(entry);
        }
    }
    (void)pthread_rwlock_destroy(&cache->lock);
    free(cache);
}

static const struct account *find(struct account_cache *cache, int64_t wallet_id) {
    (void)pthread_rwlock_rdlock(&cache->lock);
    const struct cached_account *entry = cache->buckets[(uint64_t)wallet_id % CACHE_BUCKETS];
    while (entry != NULL && entry->wallet_id != wallet_id) {
        entry = entry->next;
    }
    (void)pthread_rwlock_unlock(&cache->lock);
    return entry == NULL ? NULL : &entry->account;
}

static struct result wallet_account(const struct app *app, const struct wallet_row *wallet,
                                    const char *asset_chain, struct account *ret_account) {
    uint8_t mac[MAC_BYTES];
    wallet_mac(app, wallet, mac);
    ENSURE(bytes_eq_secret(BYTES_OF(mac), BYTES_OF(wallet->mac)), ERR_ADDRESS_TAMPERED);
    const struct chain_params *params =
        chain_params_by_name(str_from_c(asset_chain), wallet->chain_name);
    ENSURE(params != NULL, ERR_NETWORK_UNKNOWN);
    return account_parse(params, wallet->descriptor, ACCOUNT_TYPE_UNSAID, ret_account);
}

static struct cached_account *entry_new(int64_t wallet_id, const struct account *account) {
    struct cached_account *entry = malloc(sizeof *entry);
    BUG_IF(entry == NULL);
    *entry = (struct cached_account){.wallet_id = wallet_id, .account = *account};
    return entry;
}

struct result account_cache_get(struct account_cache *cache, const struct app *app,
                                const struct wallet_row *wallet, const char *asset_chain,
                                const struct account **ret_account) {
    *ret_account = find(cache, wallet->id);
    if (*ret_account != NULL) {
        return RESULT_OK;
    }
    struct account account;
    TRY(wallet_account(app, wallet, asset_chain, &account));
    /* Two threads may both get here; the second entry is harmless. */
    struct cached_account *entry = entry_new(wallet->id, &account);
    (void)pthread_rwlock_wrlock(&cache->lock);
    struct cached_account **bucket = &cache->buckets[(uint64_t)wallet->id % CACHE_BUCKETS];
    entry->next = *bucket;
    *bucket = entry;
    (void)pthread_rwlock_unlock(&cache->lock);
    *ret_account = &entry->account;
    return RESULT_OK;
}
