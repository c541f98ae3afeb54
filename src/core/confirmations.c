/* SPDX-License-Identifier: MIT */
#include "core/confirmations.h"

#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"

/* "6@10000USD", or "2" for every sum. */
static struct result tier_from_text(struct str text, struct confirmation_tier *ret_tier) {
    size_t at = str_find(text, '@');
    uint64_t depth;
    ENSURE(str_to_u64(str_slice(text, 0, at), &depth) && depth >= 1 &&
               depth <= CONFIRMATION_DEPTH_MAX,
           ERR_CONFIRMATIONS_INVALID);
    struct amount from_usd = amount_zero(fiat_usd());
    if (at < text.len) {
        struct str sum = str_slice(text, at + 1, text.len);
        ENSURE(str_ends_with(sum, STR("USD")), ERR_CONFIRMATIONS_INVALID);
        sum = str_slice(sum, 0, sum.len - 3);
        ENSURE(result_is_ok(amount_from_text(fiat_usd(), sum, &from_usd)) &&
                   !amount_is_zero(from_usd),
               ERR_CONFIRMATIONS_INVALID);
    }
    *ret_tier = (struct confirmation_tier){.depth_blocks = (uint32_t)depth, .from_usd = from_usd};
    return RESULT_OK;
}

/* The first tier holds from zero; a larger sum never waits for less. */
static bool tier_fits(const struct confirmation_tiers *tiers, struct confirmation_tier tier) {
    if (tiers->count == 0) {
        return amount_is_zero(tier.from_usd);
    }
    const struct confirmation_tier *below = &tiers->tiers[tiers->count - 1];
    return amount_less(below->from_usd, tier.from_usd) && below->depth_blocks <= tier.depth_blocks;
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
        buf_put_u64(&buf, tiers->tiers[i].depth_blocks);
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

uint32_t confirmation_depth_for(const struct confirmation_tiers *tiers, struct amount invoice_usd) {
    BUG_IF(tiers->count == 0 || !amount_is_zero(tiers->tiers[0].from_usd));
    uint32_t depth_blocks = tiers->tiers[0].depth_blocks;
    for (size_t i = 1; i < tiers->count; i++) {
        if (amount_less(invoice_usd, tiers->tiers[i].from_usd)) {
            break;
        }
        depth_blocks = tiers->tiers[i].depth_blocks;
    }
    return depth_blocks;
}

int64_t confirmation_matures_height(struct confirmation_place place, uint32_t depth_blocks) {
    BUG_IF(place.height < 0 || depth_blocks == 0 || depth_blocks > CONFIRMATION_DEPTH_MAX);
    uint32_t depth = depth_blocks;
    if (place.coinbase && place.network->coinbase_maturity_blocks > depth) {
        depth = place.network->coinbase_maturity_blocks;
    }
    return place.height + depth - 1;
}
