/* SPDX-License-Identifier: MIT */
/* Texts of amounts and rates: what was accepted comes back as the same number, and the three ways
 * of rounding stand in their order. The first byte chooses the asset. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/rate.h"
#include "support/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static struct amount rounded(const struct asset *asset, struct str text, enum rounding rounding) {
    struct amount amount;
    struct result read = amount_from_text_rounded(asset, text, rounding, &amount);
    assert(result_is_ok(read));
    return amount;
}

static void check_rounding(const struct asset *asset, struct str text) {
    struct amount up;
    struct amount down;
    if (!result_is_ok(amount_from_text_rounded(asset, text, ROUND_UP, &up)) ||
        !result_is_ok(amount_from_text_rounded(asset, text, ROUND_DOWN, &down))) {
        return;
    }
    struct amount half = rounded(asset, text, ROUND_HALF_UP);
    assert(!amount_less(half, down) && !amount_less(up, half));
    struct amount gap = amount_subtract_to_zero(up, down);
    assert(!amount_less(amount_from_u64(asset, 1), gap));
    struct amount shown;
    if (result_is_ok(amount_to_display_precision(up, ROUND_UP, &shown))) {
        assert(!amount_less(shown, up));
    }
}

static void check_exact(struct arena *arena, const struct asset *asset, struct str text) {
    struct amount amount;
    if (!result_is_ok(amount_from_text(asset, text, &amount))) {
        return;
    }
    struct str texts[] = {amount_to_text(arena, amount), amount_to_json(arena, amount)};
    for (size_t i = 0; i < 2; i++) {
        struct amount again;
        struct result read = amount_from_text(asset, texts[i], &again);
        assert(result_is_ok(read) && amount_eq(amount, again));
    }
    assert(amount_eq(amount, rounded(asset, text, ROUND_UP)));
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(amount, blob);
    assert(amount_eq(amount, amount_from_blob(asset, blob)));
}

static void check_rate(struct arena *arena, const struct asset *asset, struct str text) {
    struct rate rate;
    if (!result_is_ok(rate_from_text(asset, fiat_usd(), text, 0, &rate))) {
        return;
    }
    assert(rate.lot_units != 0 && rate.worth_units != 0);
    struct str shown = rate_to_text(arena, &rate);
    struct rate again;
    struct result read = rate_from_text(asset, fiat_usd(), shown, 0, &again);
    assert(result_is_ok(read));
    assert(str_eq(rate_to_text(arena, &again), shown));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    static const char *const codes[] = {"BTC", "ETH", "USDT_TRC20", "USD", "JPY", "TUSD_TRC20"};
    if (size == 0) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    const struct asset *asset = money_asset(codes[input[0] % (sizeof(codes) / sizeof(codes[0]))]);
    struct str text = {(const char *)input + 1, size - 1};
    check_exact(arena, asset, text);
    check_rounding(asset, text);
    check_rate(arena, asset, text);
    return 0;
}
