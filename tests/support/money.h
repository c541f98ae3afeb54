/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_MONEY_H
#define TILL_TESTS_SUPPORT_MONEY_H

/* Amounts spelled out in tests: money("BTC", "0.5"), money("USD", "10"). */

#include "core/amount.h"
#include "core/asset.h"

static inline const struct asset *money_asset(const char *code) {
    const struct asset *asset = asset_by_code(str_from_c(code));
    if (asset == NULL) {
        asset = fiat_by_code(str_from_c(code));
    }
    BUG_IF(asset == NULL);
    return asset;
}

static inline struct amount money(const char *code, const char *text) {
    struct amount amount;
    struct result read = amount_from_text(money_asset(code), str_from_c(text), &amount);
    BUG_IF(!result_is_ok(read));
    return amount;
}

#endif
