/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_WALLET_VIEW_H
#define TILL_APP_WALLET_VIEW_H

/* Wallets as the operator looks at them: which addresses they begin with, how far they are used,
 * and what gap limit the wallet software needs so that it finds every payment. */

#include "base/result.h"
#include "core/address.h"
#include "ports/rows_shop.h"

struct account;
struct app;
struct arena;
struct store_conn;

enum { WALLET_FIRST_ADDRESSES = 3, WALLET_GAP_LIMIT_MIN = 20 };

struct wallet_view {
    struct wallet_row wallet;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    int64_t highest_issued; /* -1: none */
    int64_t highest_used;   /* received a payment; -1: none */
    bool in_use;            /* new invoices of its shop use it */
};

/* What only one wallet at a time is asked for. */
struct wallet_detail {
    struct address_text first_addresses[WALLET_FIRST_ADDRESSES];
    /* More than the longest run of unused addresses below one that was, or may yet be, paid to. */
    int64_t gap_limit;
};

/* All wallets, or one shop's when `shop_id` is not 0. */
struct result wallet_view_list(struct store_conn *reader, struct arena *arena, int64_t shop_id,
                               const struct wallet_view **ret_views, size_t *ret_count);
/* ERR_NOT_FOUND; ERR_ADDRESS_TAMPERED if the wallet was changed outside the program. */
struct result wallet_view_load(const struct app *app, struct store_conn *reader,
                               struct arena *arena, int64_t wallet_id, struct wallet_view *ret_view,
                               struct wallet_detail *ret_detail);

struct result wallet_first_addresses(const struct account *account,
                                     struct address_text ret_addresses[WALLET_FIRST_ADDRESSES]);

#endif
