/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_SHOP_H
#define TILL_PORTS_ROWS_SHOP_H

/* Shops, their keys and their wallets: see rows.h. */

#include "base/bytes.h"
#include "base/str.h"
#include "core/account.h"
#include "core/account_key.h"
#include "core/asset.h"
#include "core/commission.h"
#include "core/key_scope.h"

enum { MAC_BYTES = 16, API_KEY_HASH_BYTES = 32 };

enum postback_format { POSTBACK_JSON, POSTBACK_FORM };

struct shop_row {
    int64_t id;
    struct str public_id; /* 16 characters */
    struct str name;
    struct str notify_url; /* empty: none */
    struct str success_url;
    struct str fail_url;
    enum postback_format postback_format;
    struct bytes secret_sealed; /* the postback secret under the key file's sealing key */
    bool test;
    struct str underpaid_tolerance; /* core/tolerance.h text; empty: none */
    struct str overpaid_tolerance;
    struct str auto_confirm; /* a shortfall within it is paid; core/tolerance.h text; empty: none */
    bool accept_late;        /* credits late money without an operator */
    enum fee_side transfer_side;
    enum fee_side service_side;
    struct str transfer_fee; /* core/commission.h text; empty: none */
    struct str service_fee;
    struct str amount_min_usd; /* smallest price; empty: what the assets allow */
    struct str assets; /* accepted asset codes, space separated; empty: every one with a wallet */
    int64_t invoice_ttl_s;
    int64_t created_at_ms;
};

struct api_key_row {
    int64_t id;
    int64_t shop_id;
    uint8_t hash[API_KEY_HASH_BYTES]; /* keyed; the key itself is shown once and not kept */
    struct str hint;                  /* its last four characters */
    enum key_scope scope;
    int64_t created_at_ms;
    int64_t revoked_at_ms;
    int64_t last_used_at_ms; /* coarse: may lie an hour back */
};

/* A counter of address indexes: one for each sequence of child keys, however many wallets use it.
 */
struct account_key_row {
    int64_t id;
    uint8_t account_id[ACCOUNT_ID_BYTES];
    uint8_t fingerprint[FINGERPRINT_BYTES];
    int64_t next_index; /* above every index that is in an address row or was jumped over */
};

struct wallet_row {
    int64_t id;
    int64_t shop_id; /* 0: the sandbox's own */
    const struct network *network;
    const struct asset *asset; /* only the sandbox has a wallet for each asset; else NULL */
    int64_t account_key_id;
    struct str descriptor; /* canonical, with checksum */
    struct str chain_name; /* "main", "regtest", ... of the addresses */
    uint8_t mac[MAC_BYTES];
    int64_t created_at_ms;
};

#endif
