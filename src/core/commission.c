/* SPDX-License-Identifier: MIT */
#include "core/commission.h"

#include "core/asset.h"
#include "core/error.h"
#include "core/tolerance.h"

/* More than anybody means. */
static const struct str fixed_usd_max = {.ptr = "1000000", .len = 7};

/* ---- rules */

static struct result add_part(struct str text, struct fee_rule *rule) {
    struct tolerance part; /* the same notation, and the same limit of 100 % */
    ENSURE(!str_is_empty(text) && result_is_ok(tolerance_from_text(text, &part)), ERR_FEE_INVALID);
    switch (part.kind) {
    case TOLERANCE_NONE:
        return RESULT_OK;
    case TOLERANCE_USD: {
        struct amount most;
        TRY(amount_from_text(fiat_usd(), fixed_usd_max, &most));
        ENSURE(amount_is_zero(rule->fixed_usd) && !amount_less(most, part.usd), ERR_FEE_INVALID);
        rule->fixed_usd = part.usd;
        return RESULT_OK;
    }
    case TOLERANCE_PER_MILLION:
        ENSURE(rule->parts_per_million == 0, ERR_FEE_INVALID);
        rule->parts_per_million = part.parts_per_million;
        return RESULT_OK;
    }
    BUG_IF(true);
}

struct result fee_rule_from_text(struct str text, struct fee_rule *ret_rule) {
    struct fee_rule rule = {.fixed_usd = amount_zero(fiat_usd())};
    struct str rest = str_trim(text);
    if (!str_is_empty(rest)) {
        size_t plus = str_find(rest, '+');
        TRY(add_part(str_trim(str_slice(rest, 0, plus)), &rule));
        if (plus < rest.len) {
            TRY(add_part(str_trim(str_slice(rest, plus + 1, rest.len)), &rule));
        }
    }
    *ret_rule = rule;
    return RESULT_OK;
}

static struct amount usd_of(struct amount usd) {
    return usd.asset == NULL ? amount_zero(fiat_usd()) : usd;
}

static struct amount smaller(struct amount a, struct amount b) {
    return amount_less(a, b) ? a : b;
}

static struct result fee_of(struct fee_rule rule, struct amount price_usd, struct amount *ret_fee) {
    struct amount fee;
    TRY(amount_per_million(price_usd, rule.parts_per_million, ROUND_HALF_UP, &fee));
    return amount_add(fee, usd_of(rule.fixed_usd), ret_fee);
}

struct result commission_of(const struct commission_terms *terms, struct amount price_usd,
                            struct commission *ret_commission) {
    struct commission commission = {.transfer_side = terms->transfer_side,
                                    .service_side = terms->service_side};
    TRY(fee_of(terms->transfer, price_usd, &commission.transfer_usd));
    TRY(fee_of(terms->service, price_usd, &commission.service_usd));
    struct amount left = price_usd;
    if (commission.transfer_side == FEE_MERCHANT) {
        commission.transfer_usd = smaller(commission.transfer_usd, left);
        left = amount_subtract_to_zero(left, commission.transfer_usd);
    }
    if (commission.service_side == FEE_MERCHANT) {
        commission.service_usd = smaller(commission.service_usd, left);
    }
    /* A price that is worth less than a cent has nothing to measure a fee by. */
    if (amount_is_zero(price_usd)) {
        commission.transfer_usd = price_usd;
        commission.service_usd = price_usd;
    }
    *ret_commission = commission;
    return RESULT_OK;
}

/* ---- what is due */

static struct amount borne_by_client(enum fee_side side, struct amount fee) {
    return side == FEE_CLIENT ? fee : amount_zero(fee.asset);
}

struct amount commission_due_usd(const struct commission *commission, struct amount price_usd) {
    struct amount transfer =
        borne_by_client(commission->transfer_side, usd_of(commission->transfer_usd));
    struct amount service =
        borne_by_client(commission->service_side, usd_of(commission->service_usd));
    return amount_add_to_max(price_usd, amount_add_to_max(transfer, service));
}

/* Rounded up once, to what a payer can be shown; amount_of undoes it. */
struct result commission_due(const struct commission *commission, struct amount price_usd,
                             struct amount amount, struct amount *ret_due) {
    struct amount due_usd = commission_due_usd(commission, price_usd);
    if (amount_eq(due_usd, price_usd)) {
        *ret_due = amount;
        return RESULT_OK;
    }
    struct amount due;
    TRY(amount_scale(amount, due_usd, price_usd, amount.asset, ROUND_UP, &due));
    return amount_to_display_precision(due, ROUND_UP, ret_due);
}

/* ---- the sums of an asset */

/* A share of `sum`, down to what can be shown. It is at most the sum, so nothing overflows. */
static struct amount share_of(struct amount sum, struct amount part_usd, struct amount whole_usd) {
    BUG_IF(amount_less(whole_usd, part_usd));
    if (amount_eq(part_usd, whole_usd)) {
        return sum;
    }
    struct amount share;
    BUG_IF(!result_is_ok(amount_scale(sum, part_usd, whole_usd, sum.asset, ROUND_DOWN, &share)) ||
           !result_is_ok(amount_to_display_precision(share, ROUND_DOWN, &share)));
    return share;
}

/* The due sum was the amount times due_usd / price_usd, rounded up by less than one step; dividing
 * by what is at least one and rounding down takes exactly that away. */
static void set_fees(const struct commission *commission, struct amount price_usd,
                     struct commission_sums *sums) {
    struct amount transfer_usd = usd_of(commission->transfer_usd);
    struct amount service_usd = usd_of(commission->service_usd);
    sums->amount = share_of(sums->due, price_usd, commission_due_usd(commission, price_usd));
    struct amount client = amount_subtract_to_zero(sums->due, sums->amount);
    struct amount client_transfer = borne_by_client(commission->transfer_side, transfer_usd);
    struct amount client_service = borne_by_client(commission->service_side, service_usd);
    struct amount client_usd = amount_add_to_max(client_transfer, client_service);
    bool both = !amount_is_zero(client_transfer) && !amount_is_zero(client_service);
    sums->transfer_fee = both ? share_of(client, client_transfer, client_usd) : client;
    sums->service_fee = amount_subtract_to_zero(client, sums->transfer_fee);
    if (!both && amount_is_zero(client_transfer)) {
        sums->service_fee = client;
        sums->transfer_fee = amount_zero(client.asset);
    }
    if (commission->transfer_side == FEE_MERCHANT && !amount_is_zero(transfer_usd)) {
        sums->transfer_fee = share_of(sums->amount, transfer_usd, price_usd);
    }
    if (commission->service_side == FEE_MERCHANT && !amount_is_zero(service_usd)) {
        sums->service_fee = share_of(sums->amount, service_usd, price_usd);
    }
}

static struct amount received_of(const struct commission_sums *sums) {
    struct amount less_transfer = amount_subtract_to_zero(sums->paid, sums->transfer_fee);
    return amount_subtract_to_zero(less_transfer, sums->service_fee);
}

/* ---- the same in USD */

/* At the invoice's own quote, half up; but not all of it while something is due, and not more than
 * the fees while they took everything. */
static struct result worth_of_paid(const struct commission_sums *sums,
                                   const struct commission_sums *usd, struct amount *ret_paid) {
    struct amount paid = amount_zero(fiat_usd());
    if (!amount_is_zero(sums->due)) {
        TRY(amount_scale(usd->due, sums->paid, sums->due, fiat_usd(), ROUND_HALF_UP, &paid));
    }
    if (!amount_is_zero(sums->surcharge)) {
        struct amount cent = amount_from_u64(fiat_usd(), 1);
        paid = smaller(paid, amount_subtract_to_zero(usd->due, cent));
    }
    if (amount_is_zero(sums->received)) {
        paid = smaller(paid, amount_add_to_max(usd->transfer_fee, usd->service_fee));
    }
    *ret_paid = paid;
    return RESULT_OK;
}

struct result commission_sums_of(const struct commission *commission,
                                 const struct commission_state *state,
                                 struct commission_sums *ret_sums,
                                 struct commission_sums *ret_usd) {
    struct commission_sums sums = {.due = state->due, .paid = state->paid};
    set_fees(commission, state->price_usd, &sums);
    struct amount none = amount_zero(state->due.asset);
    sums.received = received_of(&sums);
    sums.surcharge = state->settled ? none : amount_subtract_to_zero(sums.due, sums.paid);
    struct commission_sums usd = {
        .amount = state->price_usd,
        .transfer_fee = usd_of(commission->transfer_usd),
        .service_fee = usd_of(commission->service_usd),
        .due = commission_due_usd(commission, state->price_usd),
        .surcharge = amount_zero(fiat_usd()),
    };
    TRY(worth_of_paid(&sums, &usd, &usd.paid));
    usd.received = received_of(&usd);
    if (!amount_is_zero(sums.surcharge)) {
        usd.surcharge = amount_subtract_to_zero(usd.due, usd.paid);
    }
    *ret_sums = sums;
    *ret_usd = usd;
    return RESULT_OK;
}
