/* SPDX-License-Identifier: MIT */
#include "app/sandbox_pay.h"

#include "app/address_show.h"
#include "app/app.h"
#include "app/invoice_view.h"
#include "core/error.h"
#include "ports/sandbox.h"
#include "ports/store_invoice.h"
#include "ports/store_static.h"

enum { MILLION = 1000000 };

static struct result check_payable(const struct app *app, const struct invoice_view *view) {
    ENSURE(app->sandbox != NULL, ERR_SANDBOX_OFF);
    ENSURE(view->invoice.flags & INVOICE_FLAG_TEST, ERR_INVOICE_NOT_TEST);
    ENSURE(view->shown != NULL, ERR_INVOICE_NO_ASSET);
    ENSURE(view->shown->row.network == network_sandbox(), ERR_INVOICE_NOT_TEST);
    return RESULT_OK;
}

static struct result choose_amount(const struct option_view *option,
                                   const struct sandbox_payment *payment,
                                   struct amount *ret_amount) {
    struct amount whole = amount_is_zero(option->still_due) ? option->row.due : option->still_due;
    switch (payment->sum) {
    case SANDBOX_SUM_EXACT:
        *ret_amount = whole;
        return RESULT_OK;
    case SANDBOX_SUM_SHORT:
        return amount_per_million(whole, MILLION / 2, ROUND_UP, ret_amount);
    case SANDBOX_SUM_OVER:
        return amount_per_million(whole, MILLION / 2 * 3, ROUND_UP, ret_amount);
    case SANDBOX_SUM_GIVEN:
        return amount_from_text(option->row.asset, payment->text, ret_amount);
    }
    BUG_IF(true);
}

struct result sandbox_pay_invoice(const struct app *app, const struct invoice_view *view,
                                  const struct sandbox_payment *payment, struct txid *ret_txid) {
    TRY(check_payable(app, view));
    struct sandbox_output output = {.program = view->shown->row.program};
    TRY(choose_amount(view->shown, payment, &output.amount));
    ENSURE(!amount_is_zero(output.amount), ERR_AMOUNT_INVALID);
    return sandbox_pay(app->sandbox, &output, 1, ret_txid);
}

struct result sandbox_pay_static(const struct app *app, struct store_conn *reader,
                                 struct arena *arena, struct str public_id, struct str text,
                                 struct sandbox_paid *ret_paid) {
    ENSURE(app->sandbox != NULL, ERR_SANDBOX_OFF);
    struct static_wallet_row wallet;
    struct address_row address;
    TRY(store_static_wallet_by_public_id(reader, arena, public_id, &wallet));
    TRY(store_address_by_id(reader, wallet.address_id, &address));
    ENSURE(address.network == network_sandbox(), ERR_INVOICE_NOT_TEST);
    struct sandbox_output output = {.program = address.program};
    TRY(amount_from_text(wallet.asset, text, &output.amount));
    ENSURE(!amount_is_zero(output.amount), ERR_AMOUNT_INVALID);
    ret_paid->asset = wallet.asset;
    TRY(address_show(app, &address, &ret_paid->address));
    return sandbox_pay(app->sandbox, &output, 1, &ret_paid->txid);
}

/* The one that came last: those in the mempool are younger than any in a block. */
static const struct payment_row *latest_payment(const struct invoice_view *view) {
    const struct payment_row *latest = NULL;
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct payment_row *payment = &view->payments[i];
        if (payment->state == PAYMENT_SEEN) {
            return payment;
        }
        if (latest == NULL || payment->height >= latest->height) {
            latest = payment;
        }
    }
    return latest;
}

struct result sandbox_undo_payment(const struct app *app, const struct invoice_view *view) {
    TRY(check_payable(app, view));
    const struct payment_row *payment = latest_payment(view);
    ENSURE(payment != NULL, ERR_INVOICE_NOTHING_RECEIVED);
    if (payment->state == PAYMENT_SEEN) {
        return sandbox_drop(app->sandbox, payment->txid);
    }
    struct followed_network *followed = networks_find(&app->networks, network_sandbox());
    ENSURE(followed != NULL, ERR_SANDBOX_OFF);
    int64_t depth_blocks = network_health_get(followed).height - payment->height + 1;
    ENSURE(depth_blocks >= 1 && depth_blocks <= SANDBOX_UNDO_BLOCKS_MAX, ERR_SANDBOX_DEPTH);
    return sandbox_reorg(app->sandbox, (uint32_t)depth_blocks, SANDBOX_REORG_DROP);
}
