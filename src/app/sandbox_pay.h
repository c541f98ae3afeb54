/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SANDBOX_PAY_H
#define TILL_APP_SANDBOX_PAY_H

/* What the buttons of a test invoice's page and `till sandbox` do: pay the invoice on the simulated
 * chain, or take its last payment away again. Nothing here touches the store: the watcher finds the
 * money as it would on a real chain. ERR_SANDBOX_OFF, ERR_INVOICE_NOT_TEST for an invoice of a real
 * shop, ERR_INVOICE_NO_ASSET before an asset was chosen. */

#include "core/address.h"
#include "core/amount.h"
#include "core/chain_types.h"

struct app;
struct arena;
struct invoice_view;
struct store_conn;

enum sandbox_sum {
    SANDBOX_SUM_EXACT, /* what is still due; of a paid or canceled invoice the whole sum (again) */
    SANDBOX_SUM_SHORT, /* half of that */
    SANDBOX_SUM_OVER,  /* one and a half of it */
    SANDBOX_SUM_GIVEN, /* see `text` */
};

struct sandbox_payment {
    enum sandbox_sum sum;
    struct str text; /* "0.05", in whole units of the invoice's asset */
};

struct result sandbox_pay_invoice(const struct app *app, const struct invoice_view *view,
                                  const struct sandbox_payment *payment, struct txid *ret_txid);

struct sandbox_paid {
    struct txid txid;
    const struct asset *asset;
    struct address_text address;
};

/* Into a test shop's static wallet; `text` in whole units of its asset. ERR_NOT_FOUND. */
struct result sandbox_pay_static(const struct app *app, struct store_conn *reader,
                                 struct arena *arena, struct str public_id, struct str text,
                                 struct sandbox_paid *ret_paid);

enum { SANDBOX_UNDO_BLOCKS_MAX = 6 };

/* Double spends the invoice's latest payment, with a reorg if it is in a block already; everything
 * else in the blocks undone is lost too. ERR_INVOICE_NOTHING_RECEIVED, ERR_SANDBOX_DEPTH if it lies
 * deeper than SANDBOX_UNDO_BLOCKS_MAX. */
struct result sandbox_undo_payment(const struct app *app, const struct invoice_view *view);

#endif
