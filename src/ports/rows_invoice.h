/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_INVOICE_H
#define TILL_PORTS_ROWS_INVOICE_H

/* Invoices, their options and what was paid: see rows.h. */

#include "base/str.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/asset.h"
#include "core/chain_types.h"
#include "core/commission.h"
#include "core/confirmations.h"
#include "core/invoice.h"
#include "ports/rows_shop.h"

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
    struct str auto_confirm; /* likewise */
    bool accept_late;
    struct commission commission; /* likewise */
    bool canceled_by_shop;
    bool confirmed_by_hand;
    bool late_accepted;
    bool without_payment; /* a test invoice, taken for paid though nothing came */
    int64_t created_at_ms;
    int64_t expires_at_ms;
    int64_t finished_at_ms;          /* first left created/partial for good */
    int64_t success_announced_at_ms; /* its delivery row was written */
    int64_t shown_address_id;        /* the option that the payer sees; 0: the first, if any */
};

enum { IDEMPOTENCY_KEY_BYTES_MAX = 255, REQUEST_HASH_BYTES = 32 };

/* A call that made an invoice or a payout, and what it was answered. */
struct idempotency_key_row {
    int64_t shop_id;
    struct str key; /* the shop's own; empty: none was given */
    uint8_t request_hash[REQUEST_HASH_BYTES];
    int64_t made_id;  /* of the sequence that invoices and payouts share */
    struct str reply; /* the body */
    int64_t created_at_ms;
};

enum address_kind {
    ADDRESS_INVOICE,
    ADDRESS_STATIC,      /* of a static wallet: any sum, any time */
    ADDRESS_QUARANTINED, /* jumped over after a restore: may have been shown by a later self */
    ADDRESS_CHANGE,      /* of a payout's transaction: our own money comes back */
};

/* One option of an invoice: an address, and what is due on it. The option of a receipt of a static
 * wallet is the wallet's address with the sum of that payment as `due`. */
struct address_row {
    int64_t id;
    enum address_kind kind;
    int64_t invoice_id; /* only of ADDRESS_INVOICE */
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

/* Coin at an address that no transfer shows: a contract sent it, and the node has no traces. */
struct native_inflow_row {
    int64_t address_id;
    const struct network *network;
    struct amount amount;  /* of the network's coin: what it holds less what was recorded */
    int64_t height;        /* of the block in whose state it was seen */
    int64_t noticed_at_ms; /* when this amount was first seen */
};

/* Where a customer of a shop pays in whenever he likes. */
struct static_wallet_row {
    int64_t id;
    struct str public_id; /* 32 characters */
    int64_t shop_id;
    const struct asset *asset;
    struct str identify; /* the shop's word for the customer */
    int64_t address_id;
    int64_t created_at_ms;
};

/* Makes an invoice a receipt of a static wallet. */
struct static_receipt_row {
    int64_t invoice_id;
    int64_t static_wallet_id;
    struct amount due;     /* what came */
    int64_t rate_quote_id; /* 0: there was no rate */
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
    enum confirmation_rule waits_for;
    int64_t matures_height; /* CONFIRMED_DEEP: confirmed when the tip reaches it; else 0 */
};

#endif
