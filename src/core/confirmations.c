/* SPDX-License-Identifier: MIT */
#include "core/confirmations.h"

#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"

static const char *const words[] = {
    [CONFIRMED_SAFE] = "safe",
    [CONFIRMED_FINALIZED] = "finalized",
};

/* "6", "safe" or "finalized". */
static bool demand_from_text(struct str text, struct confirmation_tier *tier) {
    for (enum confirmation_rule rule = CONFIRMED_SAFE; rule <= CONFIRMED_FINALIZED; rule++) {
        if (str_eq(text, str_from_c(words[rule]))) {
            tier->rule = rule;
            return true;
        }
    }
    uint64_t depth;
    if (!str_to_u64(text, &depth) || depth < 1 || depth > CONFIRMATION_DEPTH_MAX) {
        return false;
    }
    tier->depth_blocks = (uint32_t)depth;
    return true;
}

/* "6@10000USD", or "2" for every sum. */
static struct result tier_from_text(struct str text, struct confirmation_tier *ret_tier) {
    size_t at = str_find(text, '@');
    struct confirmation_tier tier = {.from_usd = amount_zero(fiat_usd())};
    ENSURE(demand_from_text(str_slice(text, 0, at), &tier), ERR_CONFIRMATIONS_INVALID);
    if (at < text.len) {
        struct str sum = str_slice(text, at + 1, text.len);
        ENSURE(str_ends_with(sum, STR("USD")), ERR_CONFIRMATIONS_INVALID);
        sum = str_slice(sum, 0, sum.len - 3);
        ENSURE(result_is_ok(amount_from_text(fiat_usd(), sum, &tier.from_usd)) &&
                   !amount_is_zero(tier.from_usd),
               ERR_CONFIRMATIONS_INVALID);
    }
    *ret_tier = tier;
    return RESULT_OK;
}

/* The first tier holds from zero; a larger sum never waits for less. */
static bool tier_fits(const struct confirmation_tiers *tiers, struct confirmation_tier tier) {
    if (tiers->count == 0) {
        return amount_is_zero(tier.from_usd);
    }
    const struct confirmation_tier *below = &tiers->tiers[tiers->count - 1];
    return amount_less(below->from_usd, tier.from_usd) && below->rule <= tier.rule &&
           (below->rule < tier.rule || below->depth_blocks <= tier.depth_blocks);
}

struct result confirmation_tiers_from_text(struct str text, struct confirmation_tiers *ret_tiers) {
    struct confirmation_tiers tiers = {.count = 0};
    struct str rest = str_trim(text);
    struct str part;
    while (str_split_next(&rest, ' ', &part)) {
        if (str_is_empty(part)) {
            continue;
        }
        struct confirmation_tier tier;
        TRY(tier_from_text(part, &tier));
        ENSURE(tiers.count < CONFIRMATION_TIERS_MAX && tier_fits(&tiers, tier),
               ERR_CONFIRMATIONS_INVALID);
        tiers.tiers[tiers.count++] = tier;
    }
    ENSURE(tiers.count > 0, ERR_CONFIRMATIONS_INVALID);
    *ret_tiers = tiers;
    return RESULT_OK;
}

struct str confirmation_tiers_to_text(struct arena *arena, const struct confirmation_tiers *tiers) {
    struct buf buf = buf_in(arena);
    for (size_t i = 0; i < tiers->count; i++) {
        if (i > 0) {
            buf_put_char(&buf, ' ');
        }
        if (tiers->tiers[i].rule == CONFIRMED_DEEP) {
            buf_put_u64(&buf, tiers->tiers[i].depth_blocks);
        } else {
            buf_puts(&buf, words[tiers->tiers[i].rule]);
        }
        if (!amount_is_zero(tiers->tiers[i].from_usd)) {
            buf_put_char(&buf, '@');
            buf_put_str(&buf, amount_to_text(arena, tiers->tiers[i].from_usd));
            buf_puts(&buf, "USD");
        }
    }
    return buf_str(&buf);
}

struct confirmation_tiers confirmation_tiers_default(const struct network *network) {
    return (struct confirmation_tiers){
        .tiers = {{.depth_blocks = network->confirmations, .from_usd = amount_zero(fiat_usd())}},
        .count = 1,
    };
}

bool confirmation_tiers_fit(const struct confirmation_tiers *tiers, const struct network *network) {
    return network->kind == CHAIN_EVM || confirmation_tier_last(tiers).rule == CONFIRMED_DEEP;
}

struct confirmation_tier confirmation_tier_for(const struct confirmation_tiers *tiers,
                                               struct amount invoice_usd) {
    BUG_IF(tiers->count == 0 || !amount_is_zero(tiers->tiers[0].from_usd));
    size_t found = 0;
    for (size_t i = 1; i < tiers->count; i++) {
        if (amount_less(invoice_usd, tiers->tiers[i].from_usd)) {
            break;
        }
        found = i;
    }
    return tiers->tiers[found];
}

struct confirmation_tier confirmation_tier_last(const struct confirmation_tiers *tiers) {
    BUG_IF(tiers->count == 0);
    return tiers->tiers[tiers->count - 1];
}

int64_t confirmation_matures_height(struct confirmation_place place,
                                    struct confirmation_tier tier) {
    BUG_IF(place.height < 0);
    if (tier.rule != CONFIRMED_DEEP) {
        return 0;
    }
    BUG_IF(tier.depth_blocks == 0 || tier.depth_blocks > CONFIRMATION_DEPTH_MAX);
    uint32_t depth = tier.depth_blocks;
    if (place.coinbase && place.network->coinbase_maturity_blocks > depth) {
        depth = place.network->coinbase_maturity_blocks;
    }
    return place.height + depth - 1;
}
