/* SPDX-License-Identifier: MIT */
#include "sim/rollup_check.h"

#include "app/shop_statistics.h"
#include "base/arena.h"
#include "core/commission.h"
#include "sim/world.h"

struct expectation {
    int64_t counts[INVOICE_STATUS_COUNT];
    struct amount usd[INVOICE_STATUS_COUNT];
    struct amount received;
    struct amount received_usd;
};

static struct amount worth_of(const struct invoice_row *invoice,
                              const struct rolled_invoice *rolled) {
    struct commission_state state = {.price_usd = invoice->price_usd,
                                     .due = rolled->due,
                                     .paid = rolled->received,
                                     .settled = invoice_status_is_success(invoice->status)};
    struct commission_sums sums;
    struct commission_sums usd;
    BUG_IF(!result_is_ok(commission_sums_of(&invoice->commission, &state, &sums, &usd)));
    return usd.paid;
}

static struct expectation expect(struct world *world, const struct rolled_invoice *invoices,
                                 size_t count) {
    struct expectation sums = {.received = amount_zero(asset_by_code(STR("LTC"))),
                               .received_usd = amount_zero(fiat_usd())};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        sums.usd[i] = amount_zero(fiat_usd());
    }
    for (size_t i = 0; i < count; i++) {
        struct invoice_row invoice = world_view(world, invoices[i].id).invoice;
        struct amount worth = worth_of(&invoice, &invoices[i]);
        struct amount *usd = &sums.usd[invoice.status];
        *usd = amount_add_to_max(*usd, invoice.price_usd);
        sums.counts[invoice.status]++;
        sums.received = amount_add_to_max(sums.received, invoices[i].received);
        sums.received_usd = amount_add_to_max(sums.received_usd, worth);
    }
    return sums;
}

static const char *check_days(struct world *world, struct arena *arena,
                              const struct expectation *sums) {
    struct shop_statistics rolled;
    BUG_IF(!result_is_ok(
        shop_statistics_load(world_reader(world), 1, (struct day_range){0, INT64_MAX}, &rolled)));
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        if (rolled.counts[i] != sums->counts[i] || !amount_eq(rolled.usd[i], sums->usd[i])) {
            return arena_printf(arena, "%lld invoices are rolled up as %s, and %lld are",
                                (long long)rolled.counts[i],
                                invoice_status_name((enum invoice_status)i),
                                (long long)sums->counts[i]);
        }
    }
    return NULL;
}

static const char *check_receipts(struct world *world, struct arena *arena,
                                  const struct expectation *sums) {
    const struct shop_asset_row *rows;
    size_t count;
    BUG_IF(!result_is_ok(store_shop_asset_list(world_reader(world), arena, 1, &rows, &count)));
    struct amount received = count == 0 ? amount_zero(sums->received.asset) : rows[0].received;
    struct amount usd = count == 0 ? amount_zero(fiat_usd()) : rows[0].received_usd;
    if (count <= 1 && amount_eq(received, sums->received) && amount_eq(usd, sums->received_usd)) {
        return NULL;
    }
    return arena_printf(arena, "%.*s LTC (%.*s USD) is rolled up, and the chain has %.*s (%.*s)",
                        STR_ARG(amount_to_text(arena, received)),
                        STR_ARG(amount_to_text(arena, usd)),
                        STR_ARG(amount_to_text(arena, sums->received)),
                        STR_ARG(amount_to_text(arena, sums->received_usd)));
}

const char *rollup_check(struct world *world, struct arena *arena,
                         const struct rolled_invoice *invoices, size_t count) {
    struct expectation sums = expect(world, invoices, count);
    const char *problem = check_days(world, arena, &sums);
    return problem != NULL ? problem : check_receipts(world, arena, &sums);
}
