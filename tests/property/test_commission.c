/* SPDX-License-Identifier: MIT */
/* Random prices, rates, fees and payments: the sums of an invoice agree with each other to the last
 * unit, in the asset and in USD, and the two never tell different stories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/commission.h"
#include "support/money.h"

enum { ROUNDS = 60000 };

struct noise {
    uint64_t seed;
    uint64_t value;
};

static uint64_t draw(struct noise *noise, uint64_t below) {
    noise->value = noise->value * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (noise->value >> 33) % below;
}

/* Small as often as large. */
static uint64_t draw_size(struct noise *noise, uint64_t most) {
    uint64_t limit = 1;
    for (uint64_t digits = draw(noise, 13); digits > 0 && limit < most; digits--) {
        limit *= 10;
    }
    return draw(noise, limit < most ? limit : most);
}

static struct amount usd(uint64_t cents) {
    return amount_from_u64(money_asset("USD"), cents);
}

static struct fee_rule draw_rule(struct noise *noise) {
    return (struct fee_rule){
        .parts_per_million = draw(noise, 3) == 0 ? 0 : (uint32_t)draw_size(noise, 1000001),
        .fixed_usd = usd(draw(noise, 3) == 0 ? draw_size(noise, 100000) : 0),
    };
}

static struct commission draw_commission(struct noise *noise, struct amount price_usd) {
    struct commission_terms terms = {
        .transfer_side = draw(noise, 2) ? FEE_CLIENT : FEE_MERCHANT,
        .service_side = draw(noise, 2) ? FEE_CLIENT : FEE_MERCHANT,
        .transfer = draw_rule(noise),
        .service = draw_rule(noise),
    };
    struct commission commission;
    assert_true(result_is_ok(commission_of(&terms, price_usd, &commission)));
    return commission;
}

static struct amount add(struct amount a, struct amount b) {
    struct amount sum;
    assert_true(result_is_ok(amount_add(a, b, &sum)));
    return sum;
}

static struct amount less(struct amount a, struct amount b) {
    return amount_subtract_to_zero(a, b);
}

/* What a shop's bookkeeping adds up. */
static bool adds_up(const struct commission *commission, const struct commission_sums *sums) {
    struct amount due = sums->amount;
    if (commission->transfer_side == FEE_CLIENT) {
        due = add(due, sums->transfer_fee);
    }
    if (commission->service_side == FEE_CLIENT) {
        due = add(due, sums->service_fee);
    }
    struct amount fees = add(sums->transfer_fee, sums->service_fee);
    bool covered = !amount_less(sums->paid, fees);
    bool full = amount_less(sums->paid, sums->due) || covered; /* who pays all pays the fees */
    return amount_eq(sums->due, due) && amount_eq(sums->received, less(sums->paid, fees)) && full &&
           (!covered || amount_eq(sums->paid, add(sums->received, fees)));
}

static bool agree(const struct commission_state *state, const struct commission_sums *sums,
                  const struct commission_sums *worth) {
    bool priced = !amount_is_zero(worth->due);
    bool missing = !amount_is_zero(sums->surcharge);
    struct amount rest = less(sums->due, sums->paid);
    if (state->settled && missing) {
        return false;
    }
    if (!state->settled && !amount_eq(sums->surcharge, rest)) {
        return false;
    }
    if (priced && missing && !amount_eq(worth->due, add(worth->paid, worth->surcharge))) {
        return false;
    }
    if (priced && missing != !amount_is_zero(worth->surcharge)) {
        return false;
    }
    if (amount_is_zero(sums->received) && !amount_is_zero(worth->received)) {
        return false;
    }
    return amount_less(sums->paid, sums->due) || !amount_less(worth->paid, worth->due);
}

static struct amount draw_paid(struct noise *noise, struct amount due) {
    struct amount paid;
    switch (draw(noise, 6)) {
    case 0:
        return amount_zero(due.asset);
    case 1:
        return due;
    case 2:
        return less(due, amount_from_u64(due.asset, 1 + draw_size(noise, 1000)));
    case 3:
        return add(due, amount_from_u64(due.asset, 1 + draw_size(noise, 1000)));
    default:
        assert_true(result_is_ok(
            amount_per_million(due, (uint32_t)draw(noise, 2000000), ROUND_DOWN, &paid)));
        return paid;
    }
}

static void check_one(struct noise *noise) {
    static const char *const codes[] = {"BTC", "USDT_TRC20", "ETH", "TUSD_ERC20", "USD"};
    const char *code = codes[draw(noise, sizeof codes / sizeof codes[0])];
    struct commission_state state = {.price_usd = usd(draw_size(noise, 100000000000))};
    struct commission commission = draw_commission(noise, state.price_usd);
    struct amount amount = amount_from_u64(money_asset(code), 1 + draw_size(noise, UINT64_MAX));
    assert_true(result_is_ok(amount_to_display_precision(amount, ROUND_UP, &amount)));
    if (amount.asset == state.price_usd.asset) {
        amount = state.price_usd;
    }
    assert_true(result_is_ok(commission_due(&commission, state.price_usd, amount, &state.due)));
    state.paid = draw_paid(noise, state.due);
    state.settled = !amount_less(state.paid, state.due) || draw(noise, 4) == 0;
    struct commission_sums sums;
    struct commission_sums worth;
    assert_true(result_is_ok(commission_sums_of(&commission, &state, &sums, &worth)));
    if (!amount_eq(sums.amount, amount) || !adds_up(&commission, &sums) ||
        !adds_up(&commission, &worth) || !agree(&state, &sums, &worth)) {
        fail_msg("the sums disagree; seed %llu", (unsigned long long)noise->seed);
    }
}

static void test_sums_agree_to_the_last_unit(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct noise noise = {.seed = seed, .value = seed * UINT64_C(0x9e3779b97f4a7c15)};
        check_one(&noise);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_agree_to_the_last_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
