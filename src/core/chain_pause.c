/* SPDX-License-Identifier: MIT */
#include "core/chain_pause.h"

#include "core/asset.h"

enum { STALE_BLOCKS = 9, SLOW_TIMES = 4, STALE_MS_MIN = 30 * 60 * 1000 };

static int64_t stale_ms(const struct network *network) {
    int64_t limit_ms = (int64_t)network->block_target_s * 1000 * STALE_BLOCKS;
    return limit_ms < STALE_MS_MIN ? STALE_MS_MIN : limit_ms;
}

enum chain_pause chain_pause_of(const struct network *network, const struct chain_pace *pace) {
    if (!pace->is_main) {
        return CHAIN_HEALTHY;
    }
    if (pace->now_ms - pace->node_tip_at_ms > stale_ms(network)) {
        return CHAIN_STALE;
    }
    int64_t expected_ms = (int64_t)network->block_target_s * 1000 * CHAIN_PACE_BLOCKS;
    bool slow = pace->earlier_at_ms != 0 &&
                pace->tip_at_ms - pace->earlier_at_ms > SLOW_TIMES * expected_ms;
    return slow ? CHAIN_SLOW : CHAIN_HEALTHY;
}

const char *chain_pause_text(enum chain_pause pause) {
    switch (pause) {
    case CHAIN_HEALTHY:
        return "";
    case CHAIN_STALE:
        return "no block for too long: the node may be cut off; nothing is believed paid meanwhile";
    case CHAIN_SLOW:
        return "blocks come far too slowly: this may be a minority chain; nothing is believed paid "
               "meanwhile";
    }
    return "";
}
