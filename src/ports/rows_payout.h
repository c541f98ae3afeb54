/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_PAYOUT_H
#define TILL_PORTS_ROWS_PAYOUT_H

/* What shops ask their operator to send: see rows.h. */

#include "base/str.h"
#include "core/amount.h"
#include "core/chain_types.h"
#include "core/script.h"

struct network;

enum payout_status {
    PAYOUT_CREATED, /* waits for the operator */
    PAYOUT_DONE,
    PAYOUT_CANCELED,
};

struct payout_row {
    int64_t id; /* of the invoices' sequence */
    int64_t shop_id;
    int64_t api_key_id;
    enum payout_status status;
    const struct network *network;
    struct amount amount;
    struct str to_address;
    struct str note; /* the operator's */
    int64_t created_at_ms;
    int64_t finished_at_ms;
    int64_t export_id; /* the last; 0: none */
};

/* Payouts of one shop on one network, written as a transaction to sign. */
struct payout_export_row {
    int64_t shop_id;
    const struct network *network;
    struct amount fee;
    int64_t change_address_id; /* 0: none of ours */
    struct str file;           /* of transfers, as it was written; empty: a PSBT, not kept */
    int64_t created_at_ms;
};

/* A payout on a chain of accounts that was exported: which address sends it. */
struct payout_transfer_row {
    int64_t payout_id;
    int64_t address_id;
    uint64_t nonce; /* 0 on Tron */
};

/* A confirmed payment to a wallet of ours, as a coin to spend. */
struct coin_row {
    int64_t payment_id;
    struct txid txid;
    uint32_t vout;
    struct amount amount;
    int64_t height;
    struct block_hash block_hash;
    struct script program;
    int64_t wallet_id;
    uint32_t address_index;
};

#endif
