/* SPDX-License-Identifier: MIT */
#include "app/invoice_create.h"

#include "app/app.h"
#include "app/idempotency.h"
#include "app/ledger.h"
#include "app/offer.h"
#include "app/option_issue.h"
#include "app/reserve.h"
#include "app/shop_create.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/quote.h"
#include "core/rate.h"
#include "ports/clock.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"

static struct result price_in_usd(const struct app *app, struct arena *arena, struct amount price,
                                  struct amount *ret_usd) {
    if (price.asset == fiat_usd()) {
        return quote_usd(price, NULL, ret_usd);
    }
    struct rate rate;
    struct rate_quote_row unused;
    TRY(rate_now(app, arena, price.asset, fiat_usd(), &rate, &unused));
    return quote_usd(price, &rate, ret_usd);
}

static struct result check_shop_minimum(struct arena *arena, const struct shop_row *shop,
                                        struct amount price_usd) {
    struct amount least = amount_zero(fiat_usd());
    if (!str_is_empty(shop->amount_min_usd)) {
        TRY(amount_from_text(fiat_usd(), shop->amount_min_usd, &least));
    }
    if (!amount_less(price_usd, least)) {
        return RESULT_OK;
    }
    return result_failf(arena, &ERR_AMOUNT_TOO_SMALL,
                        "The smallest amount of this shop is %.*s USD.",
                        STR_ARG(amount_to_text(arena, least)));
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
        .auto_confirm = shop->auto_confirm,
        .accept_late = shop->accept_late,
        .created_at_ms = clock_wall_ms(app->clock),
    };
    invoice->expires_at_ms = invoice->created_at_ms + ttl_s * 1000;
    TRY(amount_from_text_rounded(wanted->fiat, wanted->amount, ROUND_HALF_UP, &invoice->price));
    ENSURE(!amount_is_zero(invoice->price), ERR_AMOUNT_INVALID);
    TRY(price_in_usd(app, arena, invoice->price, &invoice->price_usd));
    TRY(check_shop_minimum(arena, shop, invoice->price_usd));
    struct commission_terms terms;
    TRY(shop_commission_terms(shop, &terms));
    return commission_of(&terms, invoice->price_usd, &invoice->commission);
}

/* An invoice that nobody could pay is not made. */
static struct result find_first_offered(const struct app *app, struct store_conn *reader,
                                        struct arena *arena, struct invoice_create *create) {
    struct offer offer;
    TRY(offer_of(app, reader, arena, &create->shop, create->invoice.assets, &offer));
    ENSURE(offer.count > 0, ERR_OFFER_EMPTY);
    return offer_first_payable(app, arena, &offer, &create->invoice, &create->first_offered);
}

struct result invoice_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct shop_row *shop, const struct invoice_wanted *wanted,
                              struct invoice_create *ret_create) {
    *ret_create = (struct invoice_create){.shop = *shop};
    struct invoice_row *invoice = &ret_create->invoice;
    TRY(prepare_invoice(app, arena, wanted, ret_create));
    if (wanted->asset == NULL) {
        TRY(find_first_offered(app, reader, arena, ret_create));
        return reserve_invoice_id(app->reserve, &invoice->id);
    }
    TRY(option_prepare(app, reader, arena, shop, invoice, wanted->asset, &ret_create->issue));
    TRY(reserve_invoice_id(app->reserve, &invoice->id));
    option_seal(app, invoice->id, &ret_create->issue);
    ret_create->has_option = true;
    return RESULT_OK;
}

static struct result invoice_create_apply(void *input, struct ledger *ledger) {
    struct invoice_create *create = input;
    TRY(idempotency_begin(ledger, &create->once));
    TRY(ledger_insert_invoice(ledger, &create->invoice));
    TRY(idempotency_keep(ledger, &create->once, create->invoice.id, create->invoice.created_at_ms));
    if (create->has_option) {
        return option_insert(ledger, &create->invoice, &create->issue);
    }
    return ledger_journal(ledger, &create->invoice, "invoice_created", "{}");
}

const struct use_case invoice_create_use_case = {
    .name = "invoice_create",
    .job_class = JOB_CREATE,
    .apply = invoice_create_apply,
};
