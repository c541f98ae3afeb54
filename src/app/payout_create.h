/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_CREATE_H
#define TILL_APP_PAYOUT_CREATE_H

/* A shop asks for money of its own to be sent somewhere. Till has no key that can spend, so a
 * payout is checked, recorded and shown to the operator, who sends it from the wallet. */

#include "app/job.h"
#include "ports/rows.h"

struct app;
struct arena;
struct store_conn;

enum { PAYOUT_PAUSE_MS = 12 * 1000, PAYOUT_ADDRESS_BYTES_MAX = 128 };

struct payout_wanted {
    const struct asset *asset;
    struct str to_address;
    struct str amount; /* decimal text in `asset` */
};

struct payout_create {
    struct payout_row payout;
    struct idempotency_key_row once; /* `key` empty: none was given */
};

/* Texts live in `arena`. ERR_ASSET_UNAVAILABLE if the shop has no wallet to send from,
 * ERR_ADDRESS_INVALID, ERR_AMOUNT_INVALID, ERR_AMOUNT_OVERFLOW, ERR_AMOUNT_TOO_SMALL. */
struct result payout_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                             const struct shop_row *shop, int64_t api_key_id,
                             const struct payout_wanted *wanted, struct payout_create *ret_create);

/* ERR_PAYOUT_TOO_SOON less than PAYOUT_PAUSE_MS after the key's last one; ERR_IDEMPOTENCY_TAKEN. */
extern const struct use_case payout_create_use_case;

#endif
