/* SPDX-License-Identifier: MIT */
#include "app/option_issue.h"

#include "app/account_cache.h"
#include "app/app.h"
#include "app/ledger.h"
#include "app/offer.h"
#include "app/reserve.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/quote.h"
#include "core/rate.h"
#include "ports/rates.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"

enum { INDEX_TRIES_MAX = 4 };

struct result rate_now(const struct app *app, struct arena *arena, const struct asset *base,
                       const struct asset *quote, struct rate *ret_rate,
                       struct rate_quote_row *ret_quote) {
    struct rate_answer answer;
    TRY(app->rates->ops->find(app->rates, arena, base, quote, &answer));
    const char *pair = arena_printf(arena, "%s_%s", base->code, quote->code);
    *ret_quote = (struct rate_quote_row){.pair = str_from_c(pair),
                                         .rate = answer.rate,
                                         .source = answer.source,
                                         .at_ms = answer.at_ms};
    return rate_from_text(base, quote, answer.rate, answer.at_ms, ret_rate);
}

struct result due_now(const struct app *app, struct arena *arena, const struct invoice_row *invoice,
                      const struct asset *asset, struct due_quote *ret_due) {
    struct rate rate;
    TRY(rate_now(app, arena, asset, invoice->price.asset, &rate, &ret_due->quote));
    struct amount amount;
    struct result quoted = quote_due(invoice->price, asset, &rate, &amount);
    if (quoted.code == &ERR_AMOUNT_TOO_SMALL) {
        return result_failf(arena, &ERR_AMOUNT_TOO_SMALL, "The smallest amount in %s is %s %s.",
                            asset->code, asset->smallest, asset->short_code);
    }
    TRY(quoted);
    return commission_due(&invoice->commission, invoice->price_usd, amount, &ret_due->due);
}

/* A test shop's assets all live on the sandbox, which has a wallet of its own for each. */
struct result wallet_for(const struct app *app, struct store_conn *reader, struct arena *arena,
                         const struct shop_row *shop, const struct asset *asset,
                         struct wallet_row *ret_wallet) {
    const struct network *network = shop->test ? network_sandbox() : asset->network;
    struct followed_network *followed = networks_find(&app->networks, network);
    ENSURE(followed != NULL && asset_codes_has(shop->assets, asset), ERR_ASSET_UNAVAILABLE);
    TRY(network_takes(followed, asset));
    struct result found = store_wallet_in_use(reader, arena, shop->test ? 0 : shop->id, network,
                                              shop->test ? asset : NULL, ret_wallet);
    ENSURE(found.code != &ERR_NOT_FOUND, ERR_ASSET_UNAVAILABLE);
    TRY(found);
    ENSURE(network_health_get(followed).ready, ERR_NETWORK_NOT_READY);
    return RESULT_OK;
}

/* BIP-32 has no key for one index in 2^127; it is given up and the next one taken. */
struct result address_next(const struct app *app, const struct wallet_row *wallet,
                           const struct asset *asset, struct address_row *ret_address) {
    const struct account *account;
    TRY(account_cache_get(app->accounts, app, wallet, asset->network->key, &account));
    ret_address->network = wallet->network;
    ret_address->asset = asset;
    ret_address->wallet_id = wallet->id;
    ret_address->account_key_id = wallet->account_key_id;
    for (int tries = 0; tries < INDEX_TRIES_MAX; tries++) {
        TRY(reserve_index(app->reserve, wallet->account_key_id, &ret_address->address_index));
        struct result derived =
            account_script_at(account, ret_address->address_index, &ret_address->program);
        if (derived.code != &ERR_INDEX_INVALID) {
            return derived;
        }
    }
    return result_fail(&ERR_INDEX_INVALID);
}

/* The index is taken last: what is refused uses none up. */
struct result option_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                             const struct shop_row *shop, const struct invoice_row *invoice,
                             const struct asset *asset, struct option_issue *ret_issue) {
    struct wallet_row wallet;
    TRY(wallet_for(app, reader, arena, shop, asset, &wallet));
    struct due_quote due;
    TRY(due_now(app, arena, invoice, asset, &due));
    *ret_issue = (struct option_issue){
        .row = {.kind = ADDRESS_INVOICE, .due = due.due, .issued_at_ms = app_now_ms(app)},
        .quote = due.quote,
    };
    return address_next(app, &wallet, asset, &ret_issue->row);
}

void option_seal(const struct app *app, int64_t invoice_id, struct option_issue *issue) {
    BUG_IF(invoice_id == 0);
    issue->row.invoice_id = invoice_id;
    address_mac(app, &issue->row, issue->row.mac);
}

struct result option_insert(struct ledger *ledger, const struct invoice_row *invoice,
                            struct option_issue *issue) {
    BUG_IF(issue->row.invoice_id != invoice->id);
    struct store_conn *conn = ledger_conn(ledger);
    TRY(store_rate_quote_intern(conn, &issue->quote, &issue->row.rate_quote_id));
    TRY(store_address_insert(conn, &issue->row, &issue->row.id));
    struct str due = amount_to_text(ledger_arena(ledger), issue->row.due);
    return ledger_journal(ledger, invoice, "address_issued",
                          "{\"asset\":\"%s\",\"due\":\"%.*s\",\"index\":%u,\"rate\":\"%.*s\"}",
                          issue->row.asset->code, STR_ARG(due), issue->row.address_index,
                          STR_ARG(issue->quote.rate));
}
