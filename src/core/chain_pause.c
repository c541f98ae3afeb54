/* SPDX-License-Identifier: MIT */
#include "core/chain_pause.h"

#include "core/asset.h"

enum { SLOW_TIMES = 4 };

enum chain_pause chain_pause_of(const struct network *network, const struct chain_pace *pace) {
    if (!pace->is_main) {
        return CHAIN_HEALTHY;
    }
    if (pace->now_ms - pace->node_tip_at_ms > (int64_t)network->stale_s * 1000) {
        return CHAIN_STALE;
    }
    int64_t expected_ms = (int64_t)network->block_target_s * 1000 * CHAIN_PACE_BLOCKS;
    bool slow = pace->earlier_at_ms != 0 &&
                pace->tip_at_ms - pace->earlier_at_ms > SLOW_TIMES * expected_ms;
    if (slow) {
        return CHAIN_SLOW;
    }
    bool lags = network->finality_lag_blocks != 0 && pace->finality_known &&
                pace->finality_lag_blocks > (int64_t)network->finality_lag_blocks;
    return lags ? CHAIN_NOT_FINAL : CHAIN_HEALTHY;
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
    case CHAIN_NOT_FINAL:
        return "the chain has not become final for too long; nothing is believed paid meanwhile";
    }
    return "";
}
