/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CONFIRMATIONS_H
#define TILL_CORE_CONFIRMATIONS_H

/* How deep a payment must lie before it counts: a depth for every invoice, and deeper ones from
 * given USD sums on. Depth is tip - height + 1; there is no depth of 0. */

#include "core/amount.h"

struct arena;
struct network;

enum { CONFIRMATION_TIERS_MAX = 8, CONFIRMATION_DEPTH_MAX = 1000 };

struct confirmation_tier {
    uint32_t depth_blocks;
    struct amount from_usd; /* for invoices of this sum and more */
};

struct confirmation_tiers {
    struct confirmation_tier tiers[CONFIRMATION_TIERS_MAX]; /* sums and depths rise */
    size_t count;                                           /* >= 1; the first starts at zero */
};

/* "2", "2 6@10000USD 24@100000USD". ERR_CONFIRMATIONS_INVALID otherwise. */
struct result confirmation_tiers_from_text(struct str text, struct confirmation_tiers *ret_tiers);
struct str confirmation_tiers_to_text(struct arena *arena, const struct confirmation_tiers *tiers);
/* The network's own default depth for every sum. */
struct confirmation_tiers confirmation_tiers_default(const struct network *network);

uint32_t confirmation_depth_for(const struct confirmation_tiers *tiers, struct amount invoice_usd);

/* Where a payment was mined. */
struct confirmation_place {
    const struct network *network;
    int64_t height;
    bool coinbase; /* waits for the network's coinbase maturity too */
};
/* The payment is confirmed when the tip reaches this height. */
int64_t confirmation_matures_height(struct confirmation_place place, uint32_t depth_blocks);

#endif
