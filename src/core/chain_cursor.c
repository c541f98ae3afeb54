/* SPDX-License-Identifier: MIT */
#include "core/chain_cursor.h"

#include "base/result.h"

int64_t chain_cursor_common_height(const struct chain_cursor *cursor) {
    return cursor->remote_tip.height < cursor->tip.height ? cursor->remote_tip.height
                                                          : cursor->tip.height;
}

int64_t chain_cursor_floor_height(const struct chain_cursor *cursor) {
    int64_t by_limit = cursor->highest_height - (int64_t)cursor->reorg_limit_blocks;
    return by_limit > cursor->lowest_height ? by_limit : cursor->lowest_height;
}

static bool is_filled(struct chain_pair pair, int64_t height) {
    return pair.known && pair.height == height;
}

/* Our chain and the node's have parted below the common height. */
static enum chain_step part_step(const struct chain_cursor *cursor) {
    int64_t floor_height = chain_cursor_floor_height(cursor);
    if (chain_cursor_common_height(cursor) == floor_height) {
        return CHAIN_STEP_STOP; /* the floor itself is what differs */
    }
    if (!is_filled(cursor->floor, floor_height)) {
        return CHAIN_STEP_COMPARE_FLOOR;
    }
    return block_hash_eq(cursor->floor.ours, cursor->floor.theirs) ? CHAIN_STEP_UNDO
                                                                   : CHAIN_STEP_STOP;
}

enum chain_step chain_cursor_next(const struct chain_cursor *cursor) {
    if (!cursor->started) {
        return CHAIN_STEP_START;
    }
    BUG_IF(cursor->tip.height < cursor->lowest_height ||
           cursor->tip.height > cursor->highest_height);
    int64_t common_height = chain_cursor_common_height(cursor);
    if (common_height < chain_cursor_floor_height(cursor)) {
        return CHAIN_STEP_WAIT; /* too far behind to tell which chain it is on */
    }
    if (!is_filled(cursor->common, common_height)) {
        return CHAIN_STEP_COMPARE;
    }
    if (!block_hash_eq(cursor->common.ours, cursor->common.theirs)) {
        return part_step(cursor);
    }
    if (cursor->remote_tip.height < cursor->tip.height) {
        return CHAIN_STEP_WAIT;
    }
    return cursor->remote_tip.height > cursor->tip.height ? CHAIN_STEP_APPLY : CHAIN_STEP_IDLE;
}

bool chain_cursor_continues(struct block_ref tip, const struct block_header *block) {
    return block->height == tip.height + 1 && block_hash_eq(block->parent, tip.hash);
}
