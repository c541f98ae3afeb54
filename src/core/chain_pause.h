/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CHAIN_PAUSE_H
#define TILL_CORE_CHAIN_PAUSE_H

/* When a main network looks so unhealthy that nothing new should be believed paid: no block for too
 * long, or blocks far slower than they should be, as on a minority chain or in the middle of an
 * attack. Never on test networks, where people mine when they like. */

#include "core/chain_types.h"

struct network;

enum chain_pause {
    CHAIN_HEALTHY,
    CHAIN_STALE, /* no block for longer than the network's `stale_s` */
    CHAIN_SLOW,  /* the last CHAIN_PACE_BLOCKS took more than four times as long as they should */
    CHAIN_NOT_FINAL, /* the finalized block lies more than `finality_lag_blocks` below the tip */
};

enum { CHAIN_PACE_BLOCKS = 6 };

struct chain_pace {
    bool is_main;
    int64_t now_ms;
    int64_t node_tip_at_ms; /* the own time of the node's tip */
    int64_t tip_at_ms;      /* of our tip, which may still be catching up */
    int64_t earlier_at_ms;  /* of the block CHAIN_PACE_BLOCKS below ours; 0: unknown */
    bool finality_known;
    int64_t finality_lag_blocks; /* from the finalized block to the node's tip */
};

enum chain_pause chain_pause_of(const struct network *network, const struct chain_pace *pace);
/* A sentence for the operator; "" when healthy. */
const char *chain_pause_text(enum chain_pause pause);

#endif
