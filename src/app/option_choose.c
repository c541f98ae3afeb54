/* SPDX-License-Identifier: MIT */
#include "app/option_choose.h"

#include "app/app.h"
#include "app/invoice_facts.h"
#include "app/ledger.h"
#include "app/offer.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"

bool option_may_be_chosen(const struct invoice_row *invoice, size_t option_count) {
    return option_count == 0 || invoice->shown_address_id != 0;
}

static const struct address_row *find_option(const struct address_row *options, size_t count,
                                             const struct asset *asset) {
    for (size_t i = 0; i < count; i++) {
        if (options[i].asset == asset) {
            return &options[i];
        }
    }
    return NULL;
}

static bool is_offered(const struct offer *offer, const struct asset *asset) {
    for (size_t i = 0; i < offer->count; i++) {
        if (offer->assets[i] == asset) {
            return true;
        }
    }
    return false;
}

static struct result check_limits(const struct invoice_row *invoice, size_t option_count,
                                  int64_t now_ms) {
    ENSURE(invoice->status == INVOICE_CREATED && now_ms <= invoice->expires_at_ms &&
               option_may_be_chosen(invoice, option_count),
           ERR_CHOICE_OVER);
    return RESULT_OK;
}

/* What would be refused uses up no address. */
struct result option_choose_prepare(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, int64_t invoice_id,
                                    const struct asset *asset, struct option_choose *ret_choose) {
    *ret_choose = (struct option_choose){.invoice_id = invoice_id, .asset = asset};
    struct invoice_row invoice;
    struct shop_row shop;
    struct offer offer;
    const struct address_row *options;
    size_t count;
    TRY(store_invoice_by_id(reader, arena, invoice_id, &invoice));
    TRY(store_address_of_invoice(reader, arena, invoice_id, &options, &count));
    TRY(check_limits(&invoice, count, app_now_ms(app)));
    ENSURE(count == 0 || options[0].kind != ADDRESS_STATIC, ERR_CHOICE_OVER);
    if (find_option(options, count, asset) != NULL) {
        ret_choose->is_known = true;
        return RESULT_OK;
    }
    ENSURE(count < INVOICE_OPTIONS_MAX, ERR_CHOICE_LIMIT);
    TRY(store_shop_by_id(reader, arena, invoice.shop_id, &shop));
    TRY(offer_of(app, reader, arena, &shop, invoice.assets, &offer));
    ENSURE(is_offered(&offer, asset), ERR_ASSET_UNAVAILABLE);
    TRY(option_prepare(app, reader, arena, &shop, &invoice, asset, &ret_choose->issue));
    option_seal(app, invoice_id, &ret_choose->issue);
    return RESULT_OK;
}

static void option_choose_needs(const void *input, struct needs *needs) {
    const struct option_choose *choose = input;
    needs_invoice(needs, choose->invoice_id);
}

/* Nothing came yet, not even to an option that is shown no more. */
static struct result check_still_open(struct ledger *ledger, const struct invoice_bundle *bundle) {
    TRY(check_limits(&bundle->invoice, bundle->option_count, ledger_now_ms(ledger)));
    struct invoice_rows rows = {&bundle->invoice, bundle->options, bundle->option_count,
                                bundle->payments, bundle->payment_count};
    struct invoice_facts facts;
    TRY(invoice_facts_of(ledger_arena(ledger), &rows, &facts));
    ENSURE(invoice_is_cancelable(&facts), ERR_CHOICE_OVER);
    return RESULT_OK;
}

static struct result show(struct ledger *ledger, struct invoice_bundle *bundle,
                          const struct address_row *option) {
    if (bundle->invoice.shown_address_id == option->id) {
        return RESULT_OK;
    }
    bundle->invoice.shown_address_id = option->id;
    TRY(store_invoice_update(ledger_conn(ledger), &bundle->invoice));
    ledger_note_invoice(ledger, bundle->invoice.id);
    return ledger_journal(ledger, &bundle->invoice, "option_chosen", "{\"asset\":\"%s\"}",
                          option->asset->code);
}

static struct result option_choose_apply(void *input, struct ledger *ledger) {
    struct option_choose *choose = input;
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, choose->invoice_id, &bundle));
    TRY(check_still_open(ledger, bundle));
    const struct address_row *known =
        find_option(bundle->options, bundle->option_count, choose->asset);
    if (known != NULL) {
        return show(ledger, bundle, known); /* two presses at once: the first one's */
    }
    ENSURE(!choose->is_known && bundle->option_count < INVOICE_OPTIONS_MAX, ERR_CHOICE_LIMIT);
    TRY(option_insert(ledger, &bundle->invoice, &choose->issue));
    ledger_add_option(ledger, bundle, &choose->issue.row);
    return show(ledger, bundle, &choose->issue.row);
}

const struct use_case option_choose_use_case = {
    .name = "option_choose",
    .job_class = JOB_CREATE,
    .needs = option_choose_needs,
    .apply = option_choose_apply,
};
