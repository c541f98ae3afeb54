/* SPDX-License-Identifier: MIT */
#include "app/invoice_create.h"

#include <string.h>

#include "app/account_cache.h"
#include "app/app.h"
#include "app/ledger.h"
#include "app/offer.h"
#include "app/reserve.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "core/quote.h"
#include "core/rate.h"
#include "ports/clock.h"
#include "ports/rates.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"

enum { INDEX_TRIES_MAX = 4 };

static struct result find_rate(const struct app *app, struct arena *arena, const struct asset *base,
                               const struct asset *quote, struct rate_answer *ret_answer,
                               struct rate *ret_rate) {
    TRY(app->rates->ops->find(app->rates, arena, base, quote, ret_answer));
    return rate_from_text(base, quote, ret_answer->rate, ret_answer->at_ms, ret_rate);
}

static struct result price_in_usd(const struct app *app, struct arena *arena, struct amount price,
                                  struct amount *ret_usd) {
    if (price.asset == fiat_usd()) {
        return quote_usd(price, NULL, ret_usd);
    }
    struct rate_answer answer;
    struct rate rate;
    TRY(find_rate(app, arena, price.asset, fiat_usd(), &answer, &rate));
    return quote_usd(price, &rate, ret_usd);
}

/* A test shop's assets all live on the sandbox, which has a wallet of its own for each. */
static struct result find_wallet(const struct app *app, struct store_conn *reader,
                                 struct arena *arena, const struct shop_row *shop,
                                 const struct asset *asset, struct wallet_row *ret_wallet) {
    const struct network *network = shop->test ? network_sandbox() : asset->network;
    struct followed_network *followed = networks_find(&app->networks, network);
    ENSURE(followed != NULL && asset_codes_has(shop->assets, asset), ERR_ASSET_UNAVAILABLE);
    struct result found = store_wallet_in_use(reader, arena, shop->test ? 0 : shop->id, network,
                                              shop->test ? asset : NULL, ret_wallet);
    ENSURE(found.code != &ERR_NOT_FOUND, ERR_ASSET_UNAVAILABLE);
    TRY(found);
    ENSURE(network_health_get(followed).ready, ERR_NETWORK_NOT_READY);
    return RESULT_OK;
}

/* BIP-32 has no key for one index in 2^127; it is given up and the next one taken. */
static struct result next_script(const struct app *app, const struct account *account,
                                 struct address_row *option) {
    for (int tries = 0; tries < INDEX_TRIES_MAX; tries++) {
        TRY(reserve_index(app->reserve, option->account_key_id, &option->address_index));
        struct result derived = account_script_at(account, option->address_index, &option->program);
        if (derived.code != &ERR_INDEX_INVALID) {
            return derived;
        }
    }
    return result_fail(&ERR_INDEX_INVALID);
}

static struct result prepare_option(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, const struct asset *asset,
                                    struct invoice_create *create) {
    struct wallet_row wallet;
    TRY(find_wallet(app, reader, arena, &create->shop, asset, &wallet));
    const struct account *account;
    TRY(account_cache_get(app->accounts, app, &wallet, asset->network->key, &account));
    struct rate_answer answer;
    struct rate rate;
    TRY(find_rate(app, arena, asset, create->invoice.price.asset, &answer, &rate));
    create->option = (struct address_row){
        .kind = ADDRESS_INVOICE,
        .network = wallet.network,
        .asset = asset,
        .wallet_id = wallet.id,
        .account_key_id = wallet.account_key_id,
        .issued_at_ms = create->invoice.created_at_ms,
    };
    TRY(quote_due(create->invoice.price, asset, &rate, &create->option.due));
    const char *pair = arena_printf(arena, "%s_%s", asset->code, create->invoice.price.asset->code);
    create->quote = (struct rate_quote_row){.pair = str_from_c(pair),
                                            .rate = answer.rate,
                                            .source = answer.source,
                                            .at_ms = answer.at_ms};
    TRY(next_script(app, account, &create->option));
    create->has_option = true;
    return RESULT_OK;
}

static struct result prepare_invoice(const struct app *app, struct arena *arena,
                                     const struct invoice_wanted *wanted,
                                     struct invoice_create *create) {
    const struct shop_row *shop = &create->shop;
    int64_t ttl_s = wanted->ttl_s == 0 ? shop->invoice_ttl_s : wanted->ttl_s;
    ENSURE(ttl_s >= INVOICE_TTL_MIN_S && ttl_s <= INVOICE_TTL_MAX_S, ERR_TTL_INVALID);
    struct invoice_row *invoice = &create->invoice;
    *invoice = (struct invoice_row){
        .shop_id = shop->id,
        .status = INVOICE_CREATED,
        .flags = shop->test ? INVOICE_FLAG_TEST : 0,
        .order_id = wanted->order_id,
        .email = wanted->email,
        .assets = wanted->assets,
        .underpaid_tolerance = shop->underpaid_tolerance,
        .overpaid_tolerance = shop->overpaid_tolerance,
        .created_at_ms = clock_wall_ms(app->clock),
    };
    invoice->expires_at_ms = invoice->created_at_ms + ttl_s * 1000;
    TRY(amount_from_text_rounded(wanted->fiat, wanted->amount, ROUND_HALF_UP, &invoice->price));
    ENSURE(!amount_is_zero(invoice->price), ERR_AMOUNT_INVALID);
    return price_in_usd(app, arena, invoice->price, &invoice->price_usd);
}

/* An invoice that nobody could pay is not made. */
static struct result find_first_offered(const struct app *app, struct store_conn *reader,
                                        struct arena *arena, struct invoice_create *create) {
    struct offer offer;
    TRY(offer_of(app, reader, arena, &create->shop, create->invoice.assets, &offer));
    ENSURE(offer.count > 0, ERR_OFFER_EMPTY);
    create->first_offered = offer.assets[0];
    return RESULT_OK;
}

struct result invoice_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct shop_row *shop, const struct invoice_wanted *wanted,
                              struct invoice_create *ret_create) {
    *ret_create = (struct invoice_create){.shop = *shop};
    TRY(prepare_invoice(app, arena, wanted, ret_create));
    if (wanted->asset != NULL) {
        TRY(prepare_option(app, reader, arena, wanted->asset, ret_create));
    } else {
        TRY(find_first_offered(app, reader, arena, ret_create));
    }
    TRY(reserve_invoice_id(app->reserve, &ret_create->invoice.id));
    if (ret_create->has_option) {
        ret_create->option.invoice_id = ret_create->invoice.id;
        address_mac(app, &ret_create->option, ret_create->option.mac);
    }
    return RESULT_OK;
}

static struct result insert_option(struct ledger *ledger, struct invoice_create *create) {
    struct store_conn *conn = ledger_conn(ledger);
    struct address_row option = create->option;
    TRY(store_rate_quote_intern(conn, &create->quote, &option.rate_quote_id));
    TRY(store_address_insert(conn, &option, &create->option.id));
    struct str due = amount_to_text(ledger_arena(ledger), option.due);
    return ledger_journal(ledger, &create->invoice, "address_issued",
                          "{\"asset\":\"%s\",\"due\":\"%.*s\",\"index\":%u,\"rate\":\"%.*s\"}",
                          option.asset->code, STR_ARG(due), option.address_index,
                          STR_ARG(create->quote.rate));
}

static struct result invoice_create_apply(void *input, struct ledger *ledger) {
    struct invoice_create *create = input;
    TRY(store_invoice_insert(ledger_conn(ledger), &create->invoice));
    if (create->has_option) {
        return insert_option(ledger, create);
    }
    return ledger_journal(ledger, &create->invoice, "invoice_created", "{}");
}

const struct use_case invoice_create_use_case = {
    .name = "invoice_create",
    .job_class = JOB_CREATE,
    .apply = invoice_create_apply,
};
