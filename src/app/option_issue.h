/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_OPTION_ISSUE_H
#define TILL_APP_OPTION_ISSUE_H

/* How an invoice gets an option: the sum at the present rate, the wallet, the next address. Shared
 * by creating an invoice, choosing an asset and making a static wallet; not a use case of its own.
 */

#include "ports/rows.h"

struct account;
struct app;
struct arena;
struct ledger;
struct rate;
struct store_conn;

/* The rate between a coin or currency and a fiat currency, and the row that keeps it. */
struct result rate_now(const struct app *app, struct arena *arena, const struct asset *base,
                       const struct asset *quote, struct rate *ret_rate,
                       struct rate_quote_row *ret_quote);

/* What the payer owes in an asset now: the price, and the fees that he bears. ERR_RATE_MISSING,
 * ERR_AMOUNT_TOO_SMALL with a sentence that names the smallest sum. */
struct due_quote {
    struct amount due;
    struct rate_quote_row quote;
};
struct result due_now(const struct app *app, struct arena *arena, const struct invoice_row *invoice,
                      const struct asset *asset, struct due_quote *ret_due);

/* Whose addresses a shop's payers get for an asset: a test shop's are the sandbox's.
 * ERR_ASSET_UNAVAILABLE, ERR_NETWORK_NOT_READY. */
struct result wallet_for(const struct app *app, struct store_conn *reader, struct arena *arena,
                         const struct shop_row *shop, const struct asset *asset,
                         struct wallet_row *ret_wallet);
/* Fills network, wallet, account key, index and program; the index is used up. */
struct result address_next(const struct app *app, const struct wallet_row *wallet,
                           const struct asset *asset, struct address_row *ret_address);

struct option_issue {
    struct address_row row; /* without its id and that of its quote */
    struct rate_quote_row quote;
};

/* Texts of the quote live in `arena`. Sealing says whose the address is: nothing is shown without.
 */
struct result option_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                             const struct shop_row *shop, const struct invoice_row *invoice,
                             const struct asset *asset, struct option_issue *ret_issue);
void option_seal(const struct app *app, int64_t invoice_id, struct option_issue *issue);
/* Within a job. Fills the row's ids. */
struct result option_insert(struct ledger *ledger, const struct invoice_row *invoice,
                            struct option_issue *issue);

#endif
