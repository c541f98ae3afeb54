/* SPDX-License-Identifier: MIT */
/* What an invoice is for its payer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/invoice_view.h"
#include "http/checkout_state.h"

enum { END_MS = 1000000, BEFORE = END_MS - 1, DUE = 1000 };

/* NO_OPTION stands for a paid sum. */
enum { NO_OPTION = -1 };

#define TIGHT ""
#define LOOSE "1%"

struct row {
    enum invoice_status status;
    unsigned flags;
    int paid; /* of DUE */
    int64_t now_ms;
    const char *tolerance;
    bool blind;
    bool canceled_by_shop;
    bool tampered;
    enum checkout_state expected;
};

static const struct row rows[] = {
    /* open */
    {INVOICE_CREATED, 0, NO_OPTION, BEFORE, TIGHT, .expected = CHECKOUT_CHOOSE},
    {INVOICE_CREATED, 0, 0, BEFORE, TIGHT, .expected = CHECKOUT_WAITING},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, 400, BEFORE, TIGHT, .expected = CHECKOUT_PARTIAL},
    {INVOICE_PARTIAL, 0, 400, BEFORE, TIGHT, .expected = CHECKOUT_PARTIAL},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, DUE, BEFORE, TIGHT, .expected = CHECKOUT_SEEN},
    {INVOICE_PARTIAL, INVOICE_FLAG_SEEN, DUE + 1, BEFORE, TIGHT, .expected = CHECKOUT_SEEN},
    {INVOICE_CREATED, INVOICE_FLAG_DISPUTE, 0, BEFORE, TIGHT, .expected = CHECKOUT_WAITING},
    {INVOICE_CREATED, 0, 0, BEFORE, TIGHT, .tampered = true, .expected = CHECKOUT_PROBLEM},
    /* within the tolerance the rest is not asked for */
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, 990, BEFORE, LOOSE, .expected = CHECKOUT_SEEN},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, 989, BEFORE, LOOSE, .expected = CHECKOUT_PARTIAL},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, 999, BEFORE, "?", .expected = CHECKOUT_PARTIAL},
    {INVOICE_CREATED, 0, 0, BEFORE, "100%", .expected = CHECKOUT_WAITING},
    /* blind */
    {INVOICE_CREATED, 0, 0, BEFORE, TIGHT, .blind = true, .expected = CHECKOUT_OFFLINE},
    {INVOICE_PARTIAL, 0, 400, BEFORE, TIGHT, .blind = true, .expected = CHECKOUT_OFFLINE},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, DUE, BEFORE, TIGHT, .blind = true,
     .expected = CHECKOUT_SEEN},
    {INVOICE_CREATED, 0, 0, END_MS, TIGHT, .blind = true, .expected = CHECKOUT_EXPIRED},
    /* over by our clock, not yet by the chain's */
    {INVOICE_CREATED, 0, NO_OPTION, END_MS, TIGHT, .expected = CHECKOUT_EXPIRED},
    {INVOICE_CREATED, 0, 0, END_MS, TIGHT, .expected = CHECKOUT_EXPIRED},
    {INVOICE_PARTIAL, 0, 400, END_MS, TIGHT, .expected = CHECKOUT_SHORT},
    {INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL, 400, END_MS, TIGHT, .expected = CHECKOUT_SHORT},
    {INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL | INVOICE_FLAG_LATE, 400, END_MS, TIGHT,
     .expected = CHECKOUT_LATE},
    {INVOICE_CREATED, INVOICE_FLAG_SEEN, DUE, END_MS, TIGHT, .expected = CHECKOUT_SEEN},
    {INVOICE_CREATED, INVOICE_FLAG_DISPUTE, 0, END_MS, TIGHT, .expected = CHECKOUT_DISPUTE},
    /* closed */
    {INVOICE_PAID, 0, DUE, END_MS, TIGHT, .expected = CHECKOUT_PAID},
    {INVOICE_PAID, INVOICE_FLAG_LATE, DUE, END_MS, TIGHT, .blind = true, .expected = CHECKOUT_PAID},
    {INVOICE_OVERPAID, 0, 2 * DUE, BEFORE, TIGHT, .expected = CHECKOUT_OVERPAID},
    {INVOICE_CANCELED, 0, 0, END_MS, TIGHT, .expected = CHECKOUT_EXPIRED},
    {INVOICE_CANCELED, 0, 0, BEFORE, TIGHT, .canceled_by_shop = true,
     .expected = CHECKOUT_CANCELED},
    {INVOICE_CANCELED, INVOICE_FLAG_LATE, 0, END_MS, TIGHT, .expected = CHECKOUT_LATE},
    {INVOICE_CANCELED, INVOICE_FLAG_SEEN, 0, END_MS, TIGHT, .canceled_by_shop = true,
     .expected = CHECKOUT_LATE},
    {INVOICE_CANCELED, INVOICE_FLAG_DISPUTE, 0, END_MS, TIGHT, .expected = CHECKOUT_DISPUTE},
};

static struct option_view option_of(const struct row *row) {
    const struct asset *asset = asset_by_code(STR("LTC"));
    struct amount due = amount_from_u64(asset, DUE);
    struct amount paid = amount_from_u64(asset, row->paid > 0 ? (uint64_t)row->paid : 0);
    return (struct option_view){
        .row = {.asset = asset, .network = asset->network, .due = due},
        .has_address = !row->tampered,
        .paid = paid,
        .still_due = amount_subtract_to_zero(due, paid),
    };
}

static void test_every_row_is_shown_as_the_table_says(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct option_view option = option_of(row);
        struct invoice_view invoice = {
            .invoice = {.status = row->status,
                        .flags = row->flags,
                        .price_usd = amount_from_u64(fiat_usd(), 100),
                        .underpaid_tolerance = str_from_c(row->tolerance),
                        .canceled_by_shop = row->canceled_by_shop,
                        .expires_at_ms = END_MS},
            .options = &option,
            .option_count = row->paid == NO_OPTION ? 0 : 1,
            .shown = row->paid == NO_OPTION ? NULL : &option,
        };
        struct checkout_moment moment = {.now_ms = row->now_ms, .blind = row->blind};
        enum checkout_state shown = checkout_state_of(&invoice, &moment);
        if (shown != row->expected) {
            fail_msg("row %zu: %d instead of %d", i, (int)shown, (int)row->expected);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_shown_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
