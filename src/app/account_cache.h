/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ACCOUNT_CACHE_H
#define TILL_APP_ACCOUNT_CACHE_H

/* Wallets never change, and parsing one costs more than deriving an address: each is checked
 * against its MAC and parsed once, and then shared by all threads. */

#include "base/result.h"
#include "core/account.h"

struct account_cache;
struct app;
struct wallet_row;

struct account_cache *account_cache_new(void);
void account_cache_free(struct account_cache *cache);

/* `asset_chain` is the chain whose address form the wallet has ("btc"). Valid as long as the cache.
 * ERR_ADDRESS_TAMPERED if the row was changed outside the program. */
struct result account_cache_get(struct account_cache *cache, const struct app *app,
                                const struct wallet_row *wallet, const char *asset_chain,
                                const struct account **ret_account);

#endif
