/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_H
#define TILL_PORTS_ROWS_H

/* The rows of the store as the use cases see them: one struct for each table, plain values. Texts
 * live in the arena of whoever read or made the row. Ids are 64-bit, never 0, never used twice;
 * a time of 0 means "not yet". */

#include "base/str.h"
#include "core/account.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/asset.h"
#include "core/chain_types.h"
#include "core/invoice.h"

enum { MAC_BYTES = 16, API_KEY_HASH_BYTES = 32, DELIVERY_KEY_BYTES = 16, SEALED_BYTES_MAX = 256 };

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
    struct str assets; /* accepted asset codes, space separated; empty: every one with a wallet */
    int64_t invoice_ttl_s;
    int64_t created_at_ms;
};

struct api_key_row {
    int64_t id;
    int64_t shop_id;
    uint8_t hash[API_KEY_HASH_BYTES]; /* keyed; the key itself is shown once and not kept */
    struct str hint;                  /* its last four characters */
    int64_t created_at_ms;
    int64_t revoked_at_ms;
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

struct rate_quote_row {
    int64_t id;
    struct str pair; /* "BTC_USD" */
    struct str rate; /* exact decimal */
    struct str source;
    int64_t at_ms;
};

struct invoice_row {
    int64_t id;
    int64_t shop_id;
    enum invoice_status status;
    uint32_t flags; /* INVOICE_FLAG_* */
    struct str order_id;
    struct str email;
    struct amount price; /* fiat */
    struct amount price_usd;
    struct str assets; /* what the payer may choose from; empty: what the shop accepts */
    struct str underpaid_tolerance; /* the shop's at creation, frozen: core/tolerance.h */
    struct str overpaid_tolerance;
    bool canceled_by_shop;
    bool confirmed_by_hand;
    bool late_accepted;
    int64_t created_at_ms;
    int64_t expires_at_ms;
    int64_t finished_at_ms;          /* first left created/partial for good */
    int64_t success_announced_at_ms; /* its delivery row was written */
    int64_t shown_address_id;        /* the option that the payer sees; 0: not chosen yet */
};

enum address_kind {
    ADDRESS_INVOICE,
    ADDRESS_QUARANTINED, /* jumped over after a restore: may have been shown by a later self */
};

/* One option of an invoice: an address, and what is due on it. */
struct address_row {
    int64_t id;
    enum address_kind kind;
    int64_t invoice_id; /* 0 when quarantined */
    const struct network *network;
    struct script program;
    const struct asset *asset; /* NULL when quarantined */
    struct amount due;
    int64_t rate_quote_id;
    int64_t wallet_id;
    int64_t account_key_id;
    uint32_t address_index;
    uint8_t mac[MAC_BYTES];
    int64_t issued_at_ms;
};

enum payment_state {
    PAYMENT_SEEN,      /* in the mempool */
    PAYMENT_SHALLOW,   /* in a block, not deep enough */
    PAYMENT_CONFIRMED, /* deep enough */
    PAYMENT_GONE,      /* replaced, or its block was undone and it has not come back */
};

struct payment_row {
    int64_t id;
    const struct network *network;
    struct txid txid;
    uint32_t ordinal;
    int64_t address_id;
    int64_t invoice_id; /* 0: paid to a quarantined address */
    struct amount amount;
    enum payment_state state;
    bool coinbase;
    int64_t height; /* 0 while seen or gone */
    struct block_hash block_hash;
    int64_t block_time_ms;
    int64_t first_seen_at_ms; /* first sighting by anybody's node; set once */
    int64_t matures_height;   /* confirmed when the tip reaches it */
};

/* What the store knows of a network; the tip is its highest block. */
struct chain_row {
    const struct network *network;
    struct block_hash genesis;
    struct str chain_name;
    int64_t started_at_ms;
};

enum delivery_state {
    DELIVERY_QUEUED,
    DELIVERY_DEFERRED,
    DELIVERY_DELIVERED,
    DELIVERY_WITHDRAWN,
    DELIVERY_PARKED,
};

struct delivery_row {
    int64_t id;
    uint8_t key[DELIVERY_KEY_BYTES]; /* webhook-id, the same for every attempt */
    int64_t shop_id;
    int64_t invoice_id;
    enum delivery_state state;
    uint32_t attempts;
    int64_t created_at_ms;
    int64_t first_attempt_at_ms;
    int64_t next_attempt_at_ms;
    int64_t delivered_at_ms;
};

struct attempt_row {
    int64_t id;
    int64_t delivery_id;
    uint32_t number;
    int64_t at_ms;
    int64_t duration_ms;
    int http_status; /* 0: no complete answer */
    struct str url;
    struct str outcome; /* "delivered", or why not, in words */
};

struct journal_row {
    int64_t id;
    int64_t at_ms;
    int64_t shop_id;    /* 0: none */
    int64_t invoice_id; /* 0: none */
    struct str event;   /* "invoice_created", "payment_confirmed", ... */
    struct str detail;  /* one JSON object */
};

struct alarm_row {
    int64_t id;
    struct str code;
    struct str subject;
    struct str detail;
    int64_t since_ms;
    int64_t cleared_ms;
};

#endif
