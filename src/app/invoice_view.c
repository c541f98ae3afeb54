/* SPDX-License-Identifier: MIT */
#include "app/invoice_view.h"

#include <string.h>

#include "app/address_show.h"
#include "app/app.h"
#include "app/invoice_create.h"
#include "app/invoice_facts.h"
#include "app/offer.h"
#include "app/option_choose.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"

enum { VIEW_ROOM_BYTES = 512 << 10 };

/* The address as text, unless somebody changed the row behind our back. */
static struct result show_address(const struct app *app, struct option_view *option) {
    struct result shown = address_show(app, &option->row, &option->address);
    option->has_address = result_is_ok(shown);
    return shown.code == &ERR_ADDRESS_TAMPERED ? RESULT_OK : shown;
}

static struct result sum_payments(const struct invoice_view *view, struct option_view *option) {
    option->paid = amount_zero(option->row.asset);
    option->confirmed = option->paid;
    const struct invoice_row *invoice = &view->invoice;
    bool late_counts = invoice->late_accepted || invoice->confirmed_by_hand ||
                       (invoice->accept_late && !invoice->canceled_by_shop);
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct payment_row *payment = &view->payments[i];
        bool credited = late_counts || payment_row_is_on_time(payment, &view->invoice);
        if (!payment_counts(payment, &option->row) || !credited) {
            continue;
        }
        TRY(amount_add(option->paid, payment->amount, &option->paid));
        if (payment->state == PAYMENT_CONFIRMED) {
            TRY(amount_add(option->confirmed, payment->amount, &option->confirmed));
        }
    }
    bool settled = invoice_status_is_success(view->invoice.status);
    struct amount owed = settled ? amount_zero(option->row.asset) : option->row.due;
    option->surcharge = amount_subtract_to_zero(owed, option->confirmed);
    option->still_due = amount_subtract_to_zero(owed, option->paid);
    return RESULT_OK;
}

static struct result view_option(const struct app *app, const struct invoice_view *view,
                                 const struct address_row *row, const struct rate_quote_row *quote,
                                 struct option_view *ret_option) {
    *ret_option = (struct option_view){
        .row = *row, .rate = quote->rate, .rate_source = quote->source, .rate_at_ms = quote->at_ms};
    TRY(show_address(app, ret_option));
    return sum_payments(view, ret_option);
}

/* The one that was chosen last; but money that came to another is not hidden behind it. */
static const struct option_view *choose_shown(const struct invoice_view *view) {
    const struct option_view *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < view->option_count; i++) {
        const struct option_view *option = &view->options[i];
        int64_t chosen_id = view->invoice.shown_address_id;
        int rank = option->row.id == chosen_id || (i == 0 && chosen_id == 0) ? 1 : 0;
        rank += amount_is_zero(option->paid) ? 0 : 2;
        rank += amount_is_zero(option->confirmed) ? 0 : 4;
        if (rank > best_rank) {
            best_rank = rank;
            best = option;
        }
    }
    return best;
}

/* Until the payer has chosen, what the first asset would come to now; without a rate for it, the
 * sums in USD stand in. */
static struct result set_sums(struct invoice_view *view) {
    const struct invoice_row *invoice = &view->invoice;
    struct amount due = commission_due_usd(&invoice->commission, invoice->price_usd);
    if (view->first_offered.asset != NULL) {
        due = view->first_offered;
    }
    struct commission_state state = {
        .price_usd = invoice->price_usd,
        .due = due,
        .paid = amount_zero(due.asset),
        .settled = invoice_status_is_success(invoice->status),
    };
    if (view->shown != NULL) {
        state.due = view->shown->row.due;
        state.paid = view->shown->confirmed;
    }
    /* An ordinary success is rehearsed, so it says an ordinary sum. */
    if (invoice->without_payment && state.settled && amount_less(state.paid, state.due)) {
        state.paid = state.due;
    }
    return commission_sums_of(&invoice->commission, &state, &view->sums, &view->sums_usd);
}

/* Everything that follows from rows already in place. */
static void finish(const struct app *app, struct arena *arena, struct invoice_view *view) {
    view->public_id = app_invoice_public_id(arena, app, view->invoice.id);
    view->link = app_invoice_link(arena, app, view->invoice.id);
    view->base_url = app->base_url;
    view->shown = choose_shown(view);
    bool is_receipt = view->shown != NULL && view->shown->row.kind == ADDRESS_STATIC;
    view->may_choose = view->invoice.status == INVOICE_CREATED && view->payment_count == 0 &&
                       option_may_be_chosen(&view->invoice, view->option_count) && !is_receipt &&
                       app_now_ms(app) <= view->invoice.expires_at_ms;
    if (view->shown != NULL) {
        view->asset = view->shown->row.asset;
    }
}

static struct result load_payments(struct store_conn *reader, struct arena *arena,
                                   struct invoice_view *view) {
    const struct payment_row *payments;
    size_t count;
    TRY(store_payment_of_invoice(reader, arena, view->invoice.id, &payments, &count));
    /* Whoever sends a thousand crumbs must not stop us: a view needs room to be written, too. */
    size_t size = (count + 1) * sizeof *view->payments;
    ENSURE(arena_left_bytes(arena) >= size + VIEW_ROOM_BYTES, ERR_STORE_ANSWER_LARGE);
    view->payments = arena_alloc(arena, size);
    for (size_t i = 0; i < count; i++) {
        if (payments[i].state != PAYMENT_GONE) {
            view->payments[view->payment_count++] = payments[i];
        }
    }
    return RESULT_OK;
}

static struct result load_options(const struct app *app, struct store_conn *reader,
                                  struct arena *arena, struct invoice_view *view) {
    const struct address_row *rows;
    TRY(store_address_of_invoice(reader, arena, view->invoice.id, &rows, &view->option_count));
    view->options = ARENA_ARRAY(arena, struct option_view, view->option_count + 1);
    for (size_t i = 0; i < view->option_count; i++) {
        struct rate_quote_row quote = {.rate = STR(""), .source = STR("")};
        if (rows[i].rate_quote_id != 0) {
            TRY(store_rate_quote_by_id(reader, arena, rows[i].rate_quote_id, &quote));
        }
        TRY(view_option(app, view, &rows[i], &quote, &view->options[i]));
    }
    return RESULT_OK;
}

/* A list in the table's order is never empty, so there is always something to name. */
static struct result name_first_offered(const struct app *app, struct store_conn *reader,
                                        struct arena *arena, struct invoice_view *view) {
    if (view->shown != NULL) {
        return RESULT_OK;
    }
    struct offer offer;
    TRY(offer_of(app, reader, arena, &view->shop, view->invoice.assets, &offer));
    view->asset = offer.count > 0 ? offer.assets[0] : asset_list()[0];
    struct result payable =
        offer.count == 0
            ? result_fail(&ERR_OFFER_EMPTY)
            : offer_first_payable(app, arena, &offer, &view->invoice, &view->first_offered);
    if (result_is_ok(payable)) {
        view->asset = view->first_offered.asset;
    }
    return RESULT_OK;
}

static struct result load_rows(const struct app *app, struct store_conn *reader,
                               struct arena *arena, int64_t shop_id, int64_t invoice_id,
                               struct invoice_view *view) {
    TRY(store_invoice_by_id(reader, arena, invoice_id, &view->invoice));
    ENSURE(shop_id == 0 || view->invoice.shop_id == shop_id, ERR_NOT_FOUND);
    TRY(store_shop_by_id(reader, arena, view->invoice.shop_id, &view->shop));
    TRY(load_payments(reader, arena, view));
    TRY(load_options(app, reader, arena, view));
    finish(app, arena, view);
    TRY(name_first_offered(app, reader, arena, view));
    return set_sums(view);
}

struct result invoice_view_load(const struct app *app, struct store_conn *reader,
                                struct arena *arena, int64_t shop_id, int64_t invoice_id,
                                struct invoice_view *ret_view) {
    *ret_view = (struct invoice_view){0};
    TRY(store_read_begin(reader));
    struct result loaded = load_rows(app, reader, arena, shop_id, invoice_id, ret_view);
    store_read_end(reader);
    return loaded;
}

bool invoice_view_is_foreign(const struct invoice_view *view, const struct payment_row *payment) {
    for (size_t i = 0; i < view->option_count; i++) {
        if (payment_is_foreign(payment, &view->options[i].row)) {
            return true;
        }
    }
    return false;
}

struct result invoice_view_of_new(const struct app *app, struct arena *arena,
                                  const struct invoice_create *create,
                                  struct invoice_view *ret_view) {
    *ret_view = (struct invoice_view){
        .shop = create->shop,
        .invoice = create->invoice,
        .asset = create->first_offered.asset,
        .first_offered = create->first_offered,
    };
    if (create->has_option) {
        ret_view->options = ARENA_NEW(arena, struct option_view);
        ret_view->option_count = 1;
        TRY(view_option(app, ret_view, &create->issue.row, &create->issue.quote,
                        &ret_view->options[0]));
    }
    finish(app, arena, ret_view);
    return set_sums(ret_view);
}
