/* SPDX-License-Identifier: MIT */
#ifndef TILL_SANDBOX_ACCOUNTS_H
#define TILL_SANDBOX_ACCOUNTS_H

/* The wallets of the sandbox: m/84'/1'/N' of the published mnemonic "abandon ... about", an account
 * for each asset. Everybody knows the keys, and what lies in the sandbox is worth nothing. */

#include <stddef.h>

#include "core/account_key.h"

struct sandbox_account {
    const char *asset;
    enum account_type type;
    const char *key;
};

extern const struct sandbox_account sandbox_accounts[];
extern const size_t sandbox_account_count;

#endif
