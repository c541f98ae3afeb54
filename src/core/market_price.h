/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_MARKET_PRICE_H
#define TILL_CORE_MARKET_PRICE_H

/* What a public source says something costs, as a fixed-point number that can be compared, averaged
 * and crossed. It is never money: a rate that is used is frozen as the text of one, and the sums
 * are computed from that text, exactly. */

#include "base/checked.h"
#include "base/str.h"

struct arena;

/* Between a thousand-millionth and a thousand million; zero means "none". */
struct market_price {
    u128 e18; /* 10^-18 of the quote currency */
};

enum { MARKET_PPM = 1000000 };

/* JSON number grammar; digits past the 18th decimal are dropped. False for what is no number, and
 * for zero, negative and absurd ones. */
bool market_price_from_text(struct str text, struct market_price *ret_price);
/* Rounded to ten significant digits: no source knows more, and a cross of two such rates fits 128
 * bits in every asset's base units. */
struct str market_price_to_text(struct arena *arena, struct market_price price);

bool market_price_is_none(struct market_price price);
/* 1 / price, for sources that say how much one dollar buys. False where it leaves the range. */
bool market_price_inverse(struct market_price price, struct market_price *ret_inverse);
/* a * b: BTC in USDT, USDT in USD. False where it leaves the range. */
bool market_price_times(struct market_price a, struct market_price b,
                        struct market_price *ret_product);
struct market_price market_price_middle(struct market_price a, struct market_price b);
/* The larger is at most `ppm` millionths of the smaller above it. */
bool market_price_near(struct market_price a, struct market_price b, uint32_t ppm);

#endif
