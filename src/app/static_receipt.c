/* SPDX-License-Identifier: MIT */
#include "app/static_receipt.h"

#include "app/app.h"
#include "app/invoice_create.h"
#include "app/ledger.h"
#include "app/option_issue.h"
#include "app/reserve.h"
#include "app/shop_create.h"
#include "app/top_up.h"
#include "core/error.h"
#include "core/quote.h"
#include "core/rate.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"
#include "ports/store_static.h"

bool static_receipt_is(const struct invoice_bundle *bundle) {
    return bundle->option_count > 0 && bundle->options[0].kind == ADDRESS_STATIC;
}

bool static_receipt_is_unpriced(const struct invoice_bundle *bundle) {
    return static_receipt_is(bundle) && bundle->options[0].rate_quote_id == 0;
}

static struct result worth_now(const struct ledger *ledger, struct amount amount,
                               struct rate_quote_row *ret_quote, struct amount *ret_usd) {
    struct rate rate;
    TRY(rate_now(ledger_app(ledger), ledger_arena(ledger), amount.asset, fiat_usd(), &rate,
                 ret_quote));
    return quote_worth(amount, &rate, ret_usd);
}

static struct result alarm_unpriced(struct ledger *ledger, int64_t invoice_id) {
    return ledger_alarm(ledger, "receipt_unpriced",
                        app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), invoice_id),
                        STR("money came to a static wallet while there was no rate for it: it is "
                            "credited without a worth in USD"));
}

static struct result alarm_foreign(struct ledger *ledger, const struct payment_row *payment) {
    bool is_top_up;
    TRY(top_up_is_asked_for(ledger_conn(ledger), payment, &is_top_up));
    if (is_top_up) {
        return RESULT_OK;
    }
    return ledger_alarm(ledger, "receipt_of_another_asset",
                        network_txid_text(ledger_arena(ledger), payment->network, payment->txid),
                        STR("money of another asset came to the address of a static wallet"));
}

/* "All fees are taken from it": whatever the shop agreed on, a receipt has nobody to ask for more.
 * Terms that cannot be read cost nothing: a block must not wait for them. */
static struct result commission_of_shop(struct ledger *ledger, int64_t shop_id, struct amount usd,
                                        struct commission *ret_commission) {
    struct shop_row shop;
    TRY(store_shop_by_id(ledger_conn(ledger), ledger_arena(ledger), shop_id, &shop));
    struct commission_terms terms;
    struct result agreed = shop_commission_terms(&shop, &terms);
    terms.transfer_side = FEE_MERCHANT;
    terms.service_side = FEE_MERCHANT;
    if (!result_is_ok(agreed) || !result_is_ok(commission_of(&terms, usd, ret_commission))) {
        *ret_commission = (struct commission){0};
    }
    return RESULT_OK;
}

static struct result insert_rows(struct ledger *ledger, const struct static_wallet_row *wallet,
                                 const struct payment_row *payment, struct amount usd,
                                 int64_t rate_quote_id) {
    int64_t now_ms = ledger_now_ms(ledger);
    struct invoice_row invoice = {
        .id = payment->invoice_id,
        .shop_id = wallet->shop_id,
        .status = INVOICE_CREATED,
        .flags = payment->network == network_sandbox() ? INVOICE_FLAG_TEST : 0,
        .order_id = wallet->identify,
        .price = usd,
        .price_usd = usd,
        .assets = str_from_c(wallet->asset->code),
        .created_at_ms = now_ms,
        .expires_at_ms = now_ms + INVOICE_TTL_DEFAULT_S * INT64_C(1000),
    };
    TRY(commission_of_shop(ledger, wallet->shop_id, usd, &invoice.commission));
    struct static_receipt_row receipt = {
        .invoice_id = invoice.id,
        .static_wallet_id = wallet->id,
        .due = payment->amount,
        .rate_quote_id = rate_quote_id,
    };
    TRY(ledger_insert_invoice(ledger, &invoice));
    TRY(store_static_receipt_insert(ledger_conn(ledger), &receipt));
    return ledger_journal(ledger, &invoice, "receipt_made", "{\"wallet\":\"%.*s\"}",
                          STR_ARG(wallet->public_id));
}

struct result static_receipt_make(struct ledger *ledger, const struct address_row *address,
                                  struct payment_row *payment, bool *ret_made) {
    *ret_made = false;
    if (payment->amount.asset != address->asset) {
        return alarm_foreign(ledger, payment);
    }
    if (amount_is_zero(payment->amount)) {
        return RESULT_OK;
    }
    struct static_wallet_row wallet;
    TRY(store_static_wallet_by_address(ledger_conn(ledger), ledger_arena(ledger), address->id,
                                       &wallet));
    TRY(reserve_invoice_id(ledger_app(ledger)->reserve, &payment->invoice_id));
    struct rate_quote_row quote;
    struct amount usd = amount_zero(fiat_usd());
    int64_t rate_quote_id = 0;
    if (result_is_ok(worth_now(ledger, payment->amount, &quote, &usd))) {
        TRY(store_rate_quote_intern(ledger_conn(ledger), &quote, &rate_quote_id));
    } else {
        TRY(alarm_unpriced(ledger, payment->invoice_id));
    }
    TRY(insert_rows(ledger, &wallet, payment, usd, rate_quote_id));
    /* Whenever its block may come back, it came now: nothing about a receipt is late. */
    payment->first_seen_at_ms = ledger_now_ms(ledger);
    *ret_made = true;
    return RESULT_OK;
}
