/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CONFIRMATIONS_H
#define TILL_CORE_CONFIRMATIONS_H

/* When a payment counts: at a depth for every invoice, deeper from given USD sums on; or, on chains
 * that become final by themselves, when the chain calls its block safe or finalized. Depth is tip -
 * height + 1; there is no depth of 0. */

#include "core/amount.h"

struct arena;
struct network;

enum { CONFIRMATION_TIERS_MAX = 8, CONFIRMATION_DEPTH_MAX = 1000 };

/* In the order of their strength. */
enum confirmation_rule { CONFIRMED_DEEP, CONFIRMED_SAFE, CONFIRMED_FINALIZED };

struct confirmation_tier {
    enum confirmation_rule rule;
    uint32_t depth_blocks;  /* CONFIRMED_DEEP: at least 1; else 0 */
    struct amount from_usd; /* for invoices of this sum and more */
};

struct confirmation_tiers {
    struct confirmation_tier tiers[CONFIRMATION_TIERS_MAX]; /* sums rise, demands never fall */
    size_t count;                                           /* >= 1; the first starts at zero */
};

/* "2", "2 6@10000USD 24@100000USD", "safe", "12 finalized@10000USD". ERR_CONFIRMATIONS_INVALID
 * otherwise. */
struct result confirmation_tiers_from_text(struct str text, struct confirmation_tiers *ret_tiers);
/* Does the network have what the tiers ask for? Only EVM networks call blocks safe and finalized;
 * of Tron nothing but solidified blocks is followed. */
bool confirmation_tiers_fit(const struct confirmation_tiers *tiers, const struct network *network);
struct str confirmation_tiers_to_text(struct arena *arena, const struct confirmation_tiers *tiers);
/* The network's own default depth for every sum. */
struct confirmation_tiers confirmation_tiers_default(const struct network *network);

struct confirmation_tier confirmation_tier_for(const struct confirmation_tiers *tiers,
                                               struct amount invoice_usd);
/* What the largest sum waits for. */
struct confirmation_tier confirmation_tier_last(const struct confirmation_tiers *tiers);

/* Where a payment was mined. */
struct confirmation_place {
    const struct network *network;
    int64_t height;
    bool coinbase; /* waits for the network's coinbase maturity too */
};
/* The payment is confirmed when the tip reaches this height; 0: when the chain says so. */
int64_t confirmation_matures_height(struct confirmation_place place, struct confirmation_tier tier);

#endif
