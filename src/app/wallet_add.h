/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_WALLET_ADD_H
#define TILL_APP_WALLET_ADD_H

/* Gives a shop a wallet: an account public key on a network. Two wallets with the same keys share
 * one counter. */

#include "app/job.h"
#include "core/account.h"
#include "ports/rows.h"

struct app;

struct wallet_add {
    struct wallet_row wallet; /* filled by wallet_prepare but for the ids */
    struct account account;
    int64_t first_index;
    /* out */
    int64_t wallet_id;
    int64_t account_key_id;
};

struct wallet_wanted {
    int64_t shop_id;
    const struct network *network;
    struct str text; /* an extended public key or a descriptor */
    enum account_type type;
    int64_t first_index;
};

/* ERR_KEY_*, ERR_DESCRIPTOR_INVALID, ERR_NETWORK_UNKNOWN if this instance does not follow it. */
struct result wallet_prepare(const struct app *app, struct arena *arena,
                             const struct wallet_wanted *wanted, struct wallet_add *ret_add);
extern const struct use_case wallet_add_use_case;

/* What the MAC of a wallet covers, and of an address: any change outside the program is noticed. */
void wallet_mac(const struct app *app, const struct wallet_row *wallet, uint8_t ret_mac[MAC_BYTES]);
void address_mac(const struct app *app, const struct address_row *address,
                 uint8_t ret_mac[MAC_BYTES]);

#endif
