/* SPDX-License-Identifier: MIT */
#include "app/rollup.h"

#include "base/arena.h"
#include "core/commission.h"
#include "core/day_range.h"
#include "core/error.h"
#include "ports/store_rollup.h"

/* Amounts have no sign, so what comes and what goes stand apart. */
struct flow {
    struct amount in;
    struct amount out;
};

struct day_change {
    struct day_change *next;
    int64_t shop_id;
    int64_t day;
    int64_t counts[INVOICE_STATUS_COUNT];
    struct flow usd[INVOICE_STATUS_COUNT];
};

struct asset_change {
    struct asset_change *next;
    int64_t shop_id;
    const struct network *network;
    const struct asset *asset;
    struct flow received;
    struct flow usd;
};

/* Both lists have few members: shops that write in the same instant, and their days. */
struct rollup {
    struct arena *arena;
    struct day_change *days;
    struct asset_change *assets;
};

/* ---- what an invoice counts for */

/* What `amount_paid_usd` says of an invoice with this much paid. */
static struct amount usd_of(const struct invoice_row *invoice, const struct address_row *option,
                            struct amount received) {
    const struct commission_state state = {
        .price_usd = invoice->price_usd,
        .due = option->due,
        .paid = received,
        .settled = invoice_status_is_success(invoice->status),
    };
    struct commission_sums sums;
    struct commission_sums usd;
    if (!result_is_ok(commission_sums_of(&invoice->commission, &state, &sums, &usd))) {
        return amount_zero(fiat_usd());
    }
    return usd.paid;
}

static struct amount received_on(const struct invoice_rows *rows,
                                 const struct address_row *option) {
    struct amount sum = amount_zero(option->asset);
    for (size_t i = 0; i < rows->payment_count; i++) {
        const struct payment_row *payment = &rows->payments[i];
        if (payment->state == PAYMENT_CONFIRMED && payment_counts(payment, option)) {
            sum = amount_add_to_max(sum, payment->amount);
        }
    }
    return sum;
}

struct rollup_share rollup_share_of(struct arena *arena, const struct invoice_rows *rows) {
    const struct invoice_row *invoice = rows->invoice;
    struct rollup_share share = {.shop_id = invoice->shop_id,
                                 .day = invoice->created_at_ms / DAY_MS,
                                 .status = invoice->status,
                                 .price_usd = invoice->price_usd};
    if (rows->payment_count == 0) {
        return share;
    }
    struct rollup_receipt *receipts =
        ARENA_ARRAY(arena, struct rollup_receipt, rows->option_count + 1);
    for (size_t i = 0; i < rows->option_count; i++) {
        const struct address_row *option = &rows->options[i];
        struct amount received = received_on(rows, option);
        if (!amount_is_zero(received)) {
            receipts[share.receipt_count++] = (struct rollup_receipt){
                option->network, received, usd_of(invoice, option, received)};
        }
    }
    share.receipts = receipts;
    return share;
}

/* ---- gathering */

struct rollup *rollup_new(struct arena *arena) {
    struct rollup *rollup = ARENA_NEW(arena, struct rollup);
    rollup->arena = arena;
    return rollup;
}

static struct flow no_flow(const struct asset *asset) {
    return (struct flow){amount_zero(asset), amount_zero(asset)};
}

static struct day_change *day_change_of(struct rollup *rollup, int64_t shop_id, int64_t day) {
    for (struct day_change *change = rollup->days; change != NULL; change = change->next) {
        if (change->shop_id == shop_id && change->day == day) {
            return change;
        }
    }
    struct day_change *change = ARENA_NEW(rollup->arena, struct day_change);
    *change = (struct day_change){.next = rollup->days, .shop_id = shop_id, .day = day};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        change->usd[i] = no_flow(fiat_usd());
    }
    rollup->days = change;
    return change;
}

static struct asset_change *asset_change_of(struct rollup *rollup, int64_t shop_id,
                                            const struct rollup_receipt *receipt) {
    const struct asset *asset = receipt->received.asset;
    for (struct asset_change *change = rollup->assets; change != NULL; change = change->next) {
        if (change->shop_id == shop_id && change->network == receipt->network &&
            change->asset == asset) {
            return change;
        }
    }
    struct asset_change *change = ARENA_NEW(rollup->arena, struct asset_change);
    *change = (struct asset_change){.next = rollup->assets,
                                    .shop_id = shop_id,
                                    .network = receipt->network,
                                    .asset = asset,
                                    .received = no_flow(asset),
                                    .usd = no_flow(fiat_usd())};
    rollup->assets = change;
    return change;
}

void rollup_add(struct rollup *rollup, const struct rollup_share *share) {
    struct day_change *day = day_change_of(rollup, share->shop_id, share->day);
    day->counts[share->status]++;
    struct flow *usd = &day->usd[share->status];
    usd->in = amount_add_to_max(usd->in, share->price_usd);
    for (size_t i = 0; i < share->receipt_count; i++) {
        const struct rollup_receipt *receipt = &share->receipts[i];
        struct asset_change *change = asset_change_of(rollup, share->shop_id, receipt);
        change->received.in = amount_add_to_max(change->received.in, receipt->received);
        change->usd.in = amount_add_to_max(change->usd.in, receipt->usd);
    }
}

void rollup_take(struct rollup *rollup, const struct rollup_share *share) {
    struct day_change *day = day_change_of(rollup, share->shop_id, share->day);
    day->counts[share->status]--;
    struct flow *usd = &day->usd[share->status];
    usd->out = amount_add_to_max(usd->out, share->price_usd);
    for (size_t i = 0; i < share->receipt_count; i++) {
        const struct rollup_receipt *receipt = &share->receipts[i];
        struct asset_change *change = asset_change_of(rollup, share->shop_id, receipt);
        change->received.out = amount_add_to_max(change->received.out, receipt->received);
        change->usd.out = amount_add_to_max(change->usd.out, receipt->usd);
    }
}

/* ---- writing */

static bool flows(const struct flow *flow) {
    return !amount_eq(flow->in, flow->out);
}

static bool day_changes(const struct day_change *change) {
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        if (change->counts[i] != 0 || flows(&change->usd[i])) {
            return true;
        }
    }
    return false;
}

/* False: there was less than what goes. */
static bool apply_flow(struct amount *sum, const struct flow *flow) {
    struct amount all = amount_add_to_max(*sum, flow->in);
    *sum = amount_subtract_to_zero(all, flow->out);
    return !amount_less(all, flow->out);
}

static struct result write_day(struct store_conn *conn, const struct day_change *change,
                               bool *sound) {
    struct shop_day_row row = {.shop_id = change->shop_id, .day = change->day};
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        row.usd[i] = amount_zero(fiat_usd());
    }
    struct result found = store_shop_day_get(conn, change->shop_id, change->day, &row);
    if (found.code != &ERR_NOT_FOUND) {
        TRY(found);
    }
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        row.counts[i] += change->counts[i];
        bool enough = apply_flow(&row.usd[i], &change->usd[i]);
        *sound = *sound && row.counts[i] >= 0 && enough;
        row.counts[i] = row.counts[i] < 0 ? 0 : row.counts[i];
    }
    return store_shop_day_put(conn, &row);
}

static struct result write_asset(struct store_conn *conn, const struct asset_change *change,
                                 bool *sound) {
    struct shop_asset_row row = {.shop_id = change->shop_id,
                                 .network = change->network,
                                 .asset = change->asset,
                                 .received = amount_zero(change->asset),
                                 .received_usd = amount_zero(fiat_usd())};
    struct result found =
        store_shop_asset_get(conn, change->shop_id, change->network, change->asset, &row);
    if (found.code != &ERR_NOT_FOUND) {
        TRY(found);
    }
    bool enough = apply_flow(&row.received, &change->received);
    enough = apply_flow(&row.received_usd, &change->usd) && enough;
    *sound = *sound && enough;
    return store_shop_asset_put(conn, &row);
}

struct result rollup_write(const struct rollup *rollup, struct store_conn *conn, bool *ret_sound) {
    *ret_sound = true;
    for (const struct day_change *day = rollup->days; day != NULL; day = day->next) {
        if (day_changes(day)) {
            TRY(write_day(conn, day, ret_sound));
        }
    }
    for (const struct asset_change *at = rollup->assets; at != NULL; at = at->next) {
        if (flows(&at->received) || flows(&at->usd)) {
            TRY(write_asset(conn, at, ret_sound));
        }
    }
    return RESULT_OK;
}
