/* SPDX-License-Identifier: MIT */
#include "adapters/rates_fixed/rates_fixed.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/rate.h"
#include "ports/clock.h"

enum { FIXED_ARENA_BYTES = 1 << 20 };

struct fixed_entry {
    const struct asset *base;
    const struct asset *quote;
    struct str rate;
};

struct rates_fixed {
    struct rates port; /* first */
    struct arena *arena;
    const struct clock *clock;
    struct fixed_entry *entries;
    size_t count;
};

static struct rates_fixed *of_port(struct rates *rates) {
    return (struct rates_fixed *)rates;
}

/* One price for a coin, whatever network carries it. */
static const struct fixed_entry *find_entry(const struct rates_fixed *fixed,
                                            const struct asset *base, const struct asset *quote) {
    for (size_t i = 0; i < fixed->count; i++) {
        const struct fixed_entry *entry = &fixed->entries[i];
        bool same = entry->base == base ||
                    (entry->base->kind != ASSET_FIAT && base->kind != ASSET_FIAT &&
                     str_eq(str_from_c(entry->base->short_code), str_from_c(base->short_code)));
        if (same && entry->quote == quote) {
            return entry;
        }
    }
    return NULL;
}

static struct result through_usd(const struct rates_fixed *fixed, struct arena *arena,
                                 const struct asset *base, const struct asset *quote,
                                 struct str *ret_rate) {
    const struct fixed_entry *coin = find_entry(fixed, base, fiat_usd());
    const struct fixed_entry *fiat = find_entry(fixed, quote, fiat_usd());
    ENSURE(coin != NULL && fiat != NULL, ERR_RATE_MISSING);
    struct rate coin_usd;
    struct rate fiat_in_usd;
    struct rate crossed;
    TRY(rate_from_text(base, fiat_usd(), coin->rate, 0, &coin_usd));
    TRY(rate_from_text(quote, fiat_usd(), fiat->rate, 0, &fiat_in_usd));
    TRY(rate_cross(&coin_usd, &fiat_in_usd, &crossed));
    *ret_rate = rate_to_text(arena, &crossed);
    return RESULT_OK;
}

static struct result find(struct rates *rates, struct arena *arena, const struct asset *base,
                          const struct asset *quote, struct rate_answer *ret_answer) {
    const struct rates_fixed *fixed = of_port(rates);
    const struct fixed_entry *entry = find_entry(fixed, base, quote);
    struct rate_answer answer = {.source = STR("fixed"), .at_ms = clock_wall_ms(fixed->clock)};
    if (entry != NULL) {
        answer.rate = entry->rate;
    } else {
        TRY(through_usd(fixed, arena, base, quote, &answer.rate));
    }
    *ret_answer = answer;
    return RESULT_OK;
}

static const struct rates_ops fixed_ops = {.find = find};

/* "USDT_TRC20", "EUR", or "USDT" for the coin on every network. */
static const struct asset *base_by_name(struct str name) {
    const struct asset *asset = asset_by_code(name);
    if (asset != NULL) {
        return asset;
    }
    for (const struct asset *const *at = asset_list(); *at != NULL; at++) {
        if (str_eq(str_from_c((*at)->short_code), name)) {
            return *at;
        }
    }
    return fiat_by_code(name);
}

/* "1" and "1.00" are. */
static bool is_same_price(const struct rate *rate, struct str text) {
    struct rate other;
    return result_is_ok(rate_from_text(rate->asset, rate->fiat, text, 0, &other)) &&
           other.lot_units == rate->lot_units && other.worth_units == rate->worth_units;
}

/* Is it a price that somebody will ask for? */
static struct result check_use(struct arena *arena, const struct rates_fixed *fixed,
                               const struct rate *rate) {
    const struct asset *base = rate->asset;
    const struct asset *quote = rate->fiat;
    const struct asset *usd = fiat_usd();
    if (base->kind == ASSET_FIAT && (base == usd || quote != usd)) {
        const struct asset *meant = base != usd ? base : quote;
        return result_failf(arena, &ERR_RATE_INVALID,
                            "a currency is priced in USD, like fixed.%s_USD",
                            meant == usd ? "EUR" : meant->code);
    }
    const struct fixed_entry *other = find_entry(fixed, base, quote);
    return other == NULL || is_same_price(rate, other->rate)
               ? RESULT_OK
               : result_failf(arena, &ERR_RATE_INVALID,
                              "fixed.%s_%s says another price, and %s has one on all networks",
                              other->base->code, quote->code, base->short_code);
}

static struct result read_entry(struct arena *arena, struct rates_fixed *fixed,
                                const struct fixed_rate *from, struct fixed_entry *ret_entry) {
    const struct asset *asset = base_by_name(str_from_c(from->base));
    const struct asset *quote = fiat_by_code(str_from_c(from->quote));
    struct rate rate;
    if (asset == NULL) {
        return result_failf(arena, &ERR_RATE_INVALID, "there is no coin or currency \"%s\"",
                            from->base);
    }
    if (quote == NULL) {
        return result_failf(arena, &ERR_RATE_INVALID, "there is no currency \"%s\"", from->quote);
    }
    if (!result_is_ok(rate_from_text(asset, quote, str_from_c(from->rate), 0, &rate))) {
        return result_failf(arena, &ERR_RATE_INVALID, "a price is like 80 or 0.25, not \"%s\"",
                            from->rate);
    }
    TRY(check_use(arena, fixed, &rate));
    *ret_entry = (struct fixed_entry){
        .base = asset, .quote = quote, .rate = str_copy(fixed->arena, str_from_c(from->rate))};
    return RESULT_OK;
}

struct result rates_fixed_new(struct arena *arena, const struct clock *clock,
                              const struct fixed_rate *list, size_t count,
                              struct rates **ret_rates) {
    struct rates_fixed *fixed = calloc(1, sizeof *fixed);
    BUG_IF(fixed == NULL);
    fixed->port.ops = &fixed_ops;
    fixed->clock = clock;
    fixed->arena = arena_new(FIXED_ARENA_BYTES);
    fixed->entries = ARENA_ARRAY(fixed->arena, struct fixed_entry, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct result read = read_entry(arena, fixed, &list[i], &fixed->entries[i]);
        if (!result_is_ok(read)) {
            rates_fixed_free(&fixed->port);
            return read;
        }
        fixed->count++;
    }
    *ret_rates = &fixed->port;
    return RESULT_OK;
}

void rates_fixed_free(struct rates *rates) {
    if (rates != NULL) {
        arena_free(of_port(rates)->arena);
        free(of_port(rates));
    }
}
