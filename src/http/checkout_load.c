/* SPDX-License-Identifier: MIT */
#include "http/checkout_load.h"

#include "app/app.h"
#include "app/offer.h"
#include "app/option_issue.h"
#include "base/arena.h"
#include "core/endpoint_url.h"
#include "core/payment.h"
#include "core/wallet_uri.h"
#include "http/checkout_state.h"
#include "http/pages/html.h"
#include "http/service.h"

enum { MINUTE_MS = 60 * 1000, LAG_TOLD_MIN = 2 };

/* A network that this instance no longer follows is one that it does not see. */
static struct network_health health_of(const struct app *app, const struct network *network) {
    struct followed_network *followed = networks_find(&app->networks, network);
    return followed == NULL ? (struct network_health){.blind = true} : network_health_get(followed);
}

static struct str network_words(struct arena *arena, const struct network *network,
                                const struct asset *asset) {
    if (asset->kind != ASSET_TOKEN || network != asset->network) {
        return str_from_c(network->name);
    }
    return str_from_c(arena_printf(arena, "%s (%s)", network->name, network->wire_code));
}

/* "25.00": a price has all its decimals. */
static struct str price_text(struct arena *arena, struct amount price) {
    struct str text = amount_to_text(arena, price);
    size_t point = str_find(text, '.');
    size_t missing = price.asset->decimals;
    missing -= point < text.len ? text.len - point - 1 : 0;
    if (missing == 0) {
        return text;
    }
    return str_from_c(arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), point < text.len ? "" : ".",
                                   (int)missing, "000000000000000000"));
}

/* With the sum that is still due. */
static struct str option_uri(struct arena *arena, const struct option_view *option,
                             const struct followed_network *followed) {
    const struct asset *asset = option->row.asset;
    struct wallet_request request = {.address = address_str(&option->address),
                                     .amount = option->still_due};
    if (followed != NULL) {
        const char *contract = network_contract(followed, asset);
        request.chain_id = followed->chain_id;
        request.contract = contract == NULL ? STR("") : str_from_c(contract);
    }
    return wallet_uri(arena, &request);
}

struct depths {
    const struct network_health *health;
    struct confirmation_tier tier; /* of a payment that is in no block yet */
};

/* Depth 0 of 1 until the chain has called its block final. */
static void look_at_final_payment(const struct payment_row *payment,
                                  struct checkout_payment *seen) {
    seen->needed_blocks = 1;
    seen->depth_blocks = payment->state == PAYMENT_CONFIRMED ? 1 : 0;
    seen->awaits_final = payment->state != PAYMENT_CONFIRMED;
}

static struct checkout_payment look_at_payment(struct arena *arena,
                                               const struct payment_row *payment,
                                               const struct depths *depths) {
    struct checkout_payment seen = {
        .amount = amount_to_text(arena, payment->amount),
        .unit = str_from_c(payment->amount.asset->short_code),
        .txid = network_txid_text(arena, payment->network, payment->txid),
        .needed_blocks = depths->tier.depth_blocks,
    };
    bool unmined = payment->state == PAYMENT_SEEN;
    if ((unmined ? depths->tier.rule : payment->waits_for) != CONFIRMED_DEEP) {
        look_at_final_payment(payment, &seen);
        return seen;
    }
    if (unmined) {
        return seen;
    }
    int64_t needed = payment->matures_height - payment->height + 1;
    int64_t depth = depths->health->height - payment->height + 1;
    seen.needed_blocks = needed > 0 ? (uint32_t)needed : 1;
    seen.depth_blocks = depth > 0 ? (uint32_t)depth : 0;
    if (payment->state == PAYMENT_CONFIRMED || seen.depth_blocks > seen.needed_blocks) {
        seen.depth_blocks = seen.needed_blocks;
    }
    return seen;
}

/* "12 USDC", or with more of another asset, the last that came. */
static void note_foreign(struct arena *arena, const struct payment_row *payment,
                         struct checkout_view *page) {
    struct str sum = amount_to_text(arena, payment->amount);
    page->foreign =
        str_from_c(arena_printf(arena, "%.*s %s", STR_ARG(sum), payment->amount.asset->short_code));
}

/* The payments of the shown option, and the one that is farthest from being confirmed. */
static void fill_payments(struct arena *arena, const struct invoice_view *invoice,
                          const struct depths *depths, struct checkout_view *page) {
    struct checkout_payment *payments =
        ARENA_ARRAY(arena, struct checkout_payment, invoice->payment_count + 1);
    uint32_t farthest = 0;
    int64_t paid_at_ms = 0;
    for (size_t i = 0; i < invoice->payment_count; i++) {
        const struct payment_row *row = &invoice->payments[i];
        if (row->address_id != invoice->shown->row.id) {
            continue;
        }
        struct checkout_payment payment = look_at_payment(arena, row, depths);
        payment.foreign = invoice_view_is_foreign(invoice, row);
        struct payment_times times = {row->block_time_ms, row->first_seen_at_ms};
        payment.arrived_at_ms = payment_arrived_ms(times, invoice->invoice.created_at_ms);
        uint32_t left = payment.needed_blocks - payment.depth_blocks;
        if (payment.foreign) {
            note_foreign(arena, row, page);
        } else if (left > farthest || (payment.awaits_final && !page->awaits_final)) {
            farthest = payment.awaits_final ? UINT32_MAX : left;
            page->depth_blocks = payment.depth_blocks;
            page->needed_blocks = payment.needed_blocks;
            page->awaits_final = payment.awaits_final;
        }
        if (!payment.foreign && payment.arrived_at_ms > paid_at_ms) {
            paid_at_ms = payment.arrived_at_ms;
        }
        payments[page->payment_count++] = payment;
    }
    page->payments = payments;
    /* An operator may have called it paid without any. */
    page->paid_at_ms = paid_at_ms != 0 ? paid_at_ms : invoice->invoice.finished_at_ms;
}

static struct str borne_by_payer(struct arena *arena, enum fee_side side, struct amount fee) {
    return side == FEE_CLIENT && !amount_is_zero(fee) ? amount_to_text(arena, fee) : STR("");
}

static void fill_option(const struct app *app, struct arena *arena,
                        const struct invoice_view *invoice, const struct network_health *health,
                        struct checkout_view *page) {
    const struct option_view *option = invoice->shown;
    page->unit = str_from_c(option->row.asset->short_code);
    page->network = network_words(arena, option->row.network, option->row.asset);
    page->due = amount_to_text(arena, option->row.due);
    const struct commission *commission = &invoice->invoice.commission;
    page->transfer_fee =
        borne_by_payer(arena, commission->transfer_side, invoice->sums.transfer_fee);
    page->service_fee = borne_by_payer(arena, commission->service_side, invoice->sums.service_fee);
    page->received = amount_to_text(arena, option->paid);
    page->still_due = amount_to_text(arena, option->still_due);
    page->excess = amount_to_text(arena, amount_subtract_to_zero(option->paid, option->row.due));
    page->rate = option->rate;
    page->rate_at_ms = option->rate_at_ms;
    const struct followed_network *followed = networks_find(&app->networks, option->row.network);
    if (checkout_state_is_payable(page->state) && option->has_address) {
        page->address = address_str(&option->address);
        page->uri = option_uri(arena, option, followed);
        page->address_first = wallet_uri_comes_second(option->row.asset);
    }
    int64_t lag_min =
        health->checked_at_ms == 0 ? 0 : (page->now_ms - health->checked_at_ms) / MINUTE_MS;
    page->lag_min = lag_min >= LAG_TOLD_MIN ? lag_min : 0;
    struct depths depths = {.health = health};
    if (followed != NULL) {
        depths.tier = confirmation_tier_for(&followed->confirmations, invoice->invoice.price_usd);
    }
    fill_payments(arena, invoice, &depths, page);
}

/* Paid leads to the success page, what can never be paid any more to the other; never otherwise. */
static struct str return_url(struct arena *arena, const struct invoice_view *invoice,
                             enum checkout_state state) {
    struct str url = STR("");
    switch (state) {
    case CHECKOUT_PAID:
    case CHECKOUT_OVERPAID:
        url = invoice->shop.success_url;
        break;
    case CHECKOUT_EXPIRED:
    case CHECKOUT_SHORT:
    case CHECKOUT_LATE:
    case CHECKOUT_CANCELED:
    case CHECKOUT_DISPUTE:
    case CHECKOUT_PROBLEM:
        url = invoice->shop.fail_url;
        break;
    case CHECKOUT_CHOOSE:
    case CHECKOUT_WAITING:
    case CHECKOUT_SEEN:
    case CHECKOUT_PARTIAL:
    case CHECKOUT_OFFLINE:
        break;
    }
    struct str reference = html_url_component(arena, invoice->invoice.order_id);
    const char *query = arena_printf(arena, "order_id=%.*s&invoice_uuid=INV-%.*s",
                                     STR_ARG(reference), STR_ARG(invoice->public_id));
    return html_url(arena, url, str_from_c(query));
}

static bool may_change(const struct checkout_view *page) {
    bool is_final = page->state == CHECKOUT_PAID || page->state == CHECKOUT_OVERPAID ||
                    page->state == CHECKOUT_CANCELED;
    return !is_final || page->test;
}

struct result checkout_fill(const struct app *app, struct arena *arena,
                            const struct language *language, struct checkout *checkout) {
    const struct invoice_view *invoice = &checkout->invoice;
    struct network_health health = {0};
    if (invoice->shown != NULL) {
        health = health_of(app, invoice->shown->row.network);
    }
    struct checkout_moment moment = {.now_ms = app_now_ms(app), .blind = health.blind};
    struct checkout_view *page = &checkout->page;
    *page = (struct checkout_view){
        .state = checkout_state_of(invoice, &moment),
        .language = language,
        .test = (invoice->invoice.flags & INVOICE_FLAG_TEST) != 0,
        .public_id = invoice->public_id,
        .shop_name = invoice->shop.name,
        .price = price_text(arena, invoice->invoice.price),
        .price_currency = str_from_c(invoice->invoice.price.asset->code),
        .now_ms = moment.now_ms,
        .created_at_ms = invoice->invoice.created_at_ms,
        .expires_at_ms = invoice->invoice.expires_at_ms,
    };
    page->live = may_change(page);
    if (invoice->shown != NULL) {
        fill_option(app, arena, invoice, &health, page);
    }
    page->return_url = return_url(arena, invoice, page->state);
    return RESULT_OK;
}

/* An asset without a rate, or in which the price is too small, is not shown. */
static void fill_choices(const struct app *app, struct arena *arena, const struct offer *offer,
                         struct checkout *checkout) {
    struct checkout_view *page = &checkout->page;
    struct checkout_choice *choices = ARENA_ARRAY(arena, struct checkout_choice, offer->count + 1);
    for (size_t i = 0; i < offer->count; i++) {
        const struct asset *asset = offer->assets[i];
        struct due_quote due;
        struct result quoted = due_now(app, arena, &checkout->invoice.invoice, asset, &due);
        if (!result_is_ok(quoted)) {
            continue;
        }
        bool is_of_own_network = str_eq(str_from_c(asset->code), str_from_c(asset->short_code));
        choices[page->choice_count++] = (struct checkout_choice){
            .id = str_from_c(asset->code),
            .code = str_from_c(asset->short_code),
            .name = str_from_c(asset->name),
            .network = is_of_own_network ? STR("") : network_words(arena, asset->network, asset),
            .amount = amount_to_text(arena, due.due),
        };
    }
    page->choices = choices;
}

static struct result load_choices(const struct app *app, struct store_conn *reader,
                                  struct arena *arena, struct checkout *checkout) {
    const struct invoice_view *invoice = &checkout->invoice;
    if (!invoice->may_choose) {
        return RESULT_OK;
    }
    struct offer offer;
    TRY(offer_of(app, reader, arena, &invoice->shop, invoice->invoice.assets, &offer));
    if (checkout->page.state == CHECKOUT_CHOOSE) {
        fill_choices(app, arena, &offer, checkout);
    } else {
        checkout->page.changeable = offer.count > 1;
    }
    return RESULT_OK;
}

static struct result load(const struct app *app, struct store_conn *reader, struct arena *arena,
                          const struct checkout_wanted *wanted, struct checkout *checkout) {
    TRY(invoice_view_load(app, reader, arena, 0, checkout->invoice_id, &checkout->invoice));
    TRY(checkout_fill(app, arena, wanted->language, checkout));
    struct checkout_view *page = &checkout->page;
    if (wanted->choose && checkout->invoice.may_choose && checkout_state_is_payable(page->state)) {
        page->state = CHECKOUT_CHOOSE;
        page->rechoosing = true;
        page->address = STR("");
    }
    return load_choices(app, reader, arena, checkout);
}

struct result checkout_load(const struct http_service *service, struct arena *arena,
                            const struct checkout_wanted *wanted, struct checkout *ret_checkout) {
    struct store_conn *reader;
    TRY(app_invoice_id_parse(service->app, wanted->public_id, &ret_checkout->invoice_id));
    TRY(reader_take(service->readers, &reader));
    struct result loaded = load(service->app, reader, arena, wanted, ret_checkout);
    ret_checkout->page.codes = service->codes;
    reader_give(service->readers, reader);
    return loaded;
}

/* "https://shop.example:443", or nothing: a source of a Content-Security-Policy cannot be an IPv6
 * literal. */
static struct str site_of(struct arena *arena, struct str url) {
    struct endpoint_url parsed;
    struct str fragment;
    struct result read = return_url_parse(arena, url, &parsed, &fragment);
    bool usable = result_is_ok(read) && str_find(parsed.origin, '[') == parsed.origin.len;
    return usable ? parsed.origin : STR("");
}

struct str checkout_framers(struct arena *arena, const struct shop_row *shop) {
    struct str success = site_of(arena, shop->success_url);
    struct str fail = site_of(arena, shop->fail_url);
    if (str_is_empty(success) && str_is_empty(fail)) {
        return STR("*");
    }
    if (str_eq(success, fail)) {
        fail = STR("");
    }
    const char *list = arena_printf(arena, "'self' %.*s %.*s", STR_ARG(success), STR_ARG(fail));
    return str_trim(str_from_c(list));
}
