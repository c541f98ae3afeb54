/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/view.h"

#include <string.h>

#include "base/arena.h"
#include "core/error.h"

enum {
    ROW_MIN = 3,             /* fewer blocks are fetched one by one */
    SPAN_RETRY = 4,          /* where a node that gave no rows begins again */
    SINGLES_BEFORE_ROW = 50, /* after so many blocks */
    KEPT_BELOW = 2,          /* blocks behind the latest one, for one that is asked for again */
    REGRESS_MS = 30000,      /* a balancer's slower nodes are heard for so long */
    MISSING_MAX = 5,
    AGAIN_MS = 10000, /* who asks again for a block after that doubts it: the node is asked, too */
};

void view_release(struct tron_view *view) {
    shelf_clear(&view->shelf);
}

/* ---- the solid chain, as far as it is known */

static struct block_ref *place_of(struct tron_view *view, int64_t height) {
    return &view->known[(uint64_t)height % VIEW_KNOWN_MAX];
}

static bool is_known(struct tron_view *view, int64_t height) {
    const struct block_ref *place = place_of(view, height);
    static const struct block_hash none;
    return height >= 0 && place->height == height && !block_hash_eq(place->hash, none);
}

static void forget_known(struct tron_view *view) {
    memset(view->known, 0, sizeof view->known);
}

/* `parent` is what stands below `height` now: if that is news, the solid chain is another one. */
static void learn(struct tron_view *view, int64_t height, struct block_hash hash,
                  struct block_hash parent) {
    if (is_known(view, height - 1) && !block_hash_eq(place_of(view, height - 1)->hash, parent)) {
        forget_known(view);
    }
    *place_of(view, height) = (struct block_ref){.height = height, .hash = hash};
}

bool view_known_tip(struct tron_view *view, struct block_header *ret_tip) {
    int64_t age_ms = tron_monotonic_ms() - view->solid_asked_at_ms;
    if (!view->has_solid || age_ms >= view->pace_ms) {
        return false;
    }
    *ret_tip = view->solid;
    return true;
}

void view_forget(struct tron_view *view) {
    shelf_clear(&view->shelf);
    forget_known(view);
    view->has_solid = false;
    view->head = (struct block_ref){0};
}

/* Down from the solid head by the parents of what is on the shelf. */
static bool walk_down(struct tron_view *view, int64_t height) {
    if (height == view->solid.height) {
        learn(view, height, view->solid.hash, view->solid.parent);
        return true;
    }
    struct block_hash hash = view->solid.parent;
    for (int64_t at = view->solid.height - 1; at >= height; at--) {
        const struct tron_block *block = shelf_find(&view->shelf, hash);
        if (at == height) {
            struct block_hash below =
                block != NULL ? block->header.parent : place_of(view, height - 1)->hash;
            learn(view, height, hash, below);
            return true;
        }
        if (block == NULL) {
            return false;
        }
        hash = block->header.parent;
    }
    return false;
}

bool view_known_hash(struct tron_view *view, int64_t height, struct block_hash *ret_hash) {
    if (!view->has_solid || height < 0 || height > view->solid.height) {
        return false;
    }
    if (!is_known(view, height) && !walk_down(view, height)) {
        return false;
    }
    *ret_hash = place_of(view, height)->hash;
    return true;
}

static bool is_lagging(struct tron_view *view, const struct block_header *tip) {
    struct block_hash ours;
    return view->has_solid && tip->height < view->solid.height &&
           tron_monotonic_ms() - view->solid_moved_at_ms < REGRESS_MS &&
           view_known_hash(view, tip->height, &ours) && block_hash_eq(ours, tip->hash);
}

struct result view_ask_tip(struct tron_view *view, struct tron_node *node, struct arena *arena,
                           struct block_header *ret_tip) {
    struct block_header tip;
    int64_t now_ms = tron_monotonic_ms();
    TRY(tron_node_tip(node, arena, &tip));
    view->solid_asked_at_ms = now_ms;
    if (is_lagging(view, &tip)) {
        *ret_tip = view->solid;
        return RESULT_OK;
    }
    if (!view->has_solid || tip.height > view->solid.height) {
        view->solid_moved_at_ms = view->solid_asked_at_ms;
    }
    if (is_known(view, tip.height) && !block_hash_eq(place_of(view, tip.height)->hash, tip.hash)) {
        forget_known(view);
    }
    view->solid = tip;
    view->has_solid = true;
    *ret_tip = tip;
    return RESULT_OK;
}

/* ---- blocks */

/* The shelf may give its block away: the outputs are copied. */
static void hand_out(struct tron_view *view, struct arena *arena, struct tron_block *block,
                     struct chain_block *ret_block) {
    block->handed_at_ms = block->handed_at_ms == 0 ? tron_monotonic_ms() : block->handed_at_ms;
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, block->output_count + 1);
    if (block->output_count > 0) {
        memcpy(outputs, block->outputs, block->output_count * sizeof *outputs);
    }
    *ret_block = (struct chain_block){
        .header = block->header,
        .outputs = outputs,
        .output_count = block->output_count,
        .flaws = {.is_unproven = !block->is_rooted,
                  .unread_count = block->unread_count,
                  .unread_txid = block->unread_txid},
    };
    shelf_drop_below(&view->shelf, block->header.height - KEPT_BELOW);
}

bool view_known_block(struct tron_view *view, struct arena *arena, struct block_hash hash,
                      struct chain_block *ret_block) {
    struct tron_block *block = shelf_find(&view->shelf, hash);
    struct block_hash solid;
    if (block == NULL || !view_known_hash(view, block->header.height, &solid) ||
        !block_hash_eq(solid, hash)) { /* not here, or not solid as far as we know */
        return false;
    }
    bool was_handed_out = block->handed_at_ms != 0;
    if (was_handed_out && tron_monotonic_ms() - block->handed_at_ms >= AGAIN_MS) {
        return false;
    }
    hand_out(view, arena, block, ret_block);
    return true;
}

/* Keeps the whole ones among fetched blocks, from the first on, and frees the others. */
static size_t keep_whole(struct tron_view *view, struct tron_block **blocks, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == i && blocks[i]->is_whole) {
            struct block_header header = blocks[i]->header;
            shelf_put(&view->shelf, blocks[i]);
            learn(view, header.height, header.hash, header.parent);
            kept++;
        } else {
            tron_block_free(blocks[i]);
        }
    }
    return kept;
}

/* The solid head may have been replaced while we asked, or another node may have answered. */
static struct result judge_solid(struct tron_view *view, const struct block_header *last) {
    if (last->height == view->solid.height && !block_hash_eq(last->hash, view->solid.hash)) {
        view->has_solid = false;
        return result_fail(&ERR_BLOCK_UNKNOWN);
    }
    return RESULT_OK;
}

static struct result fetch_one(struct tron_view *view, struct tron_node *node, struct arena *arena,
                               int64_t height, struct tron_block **ret_block) {
    struct tron_block *block;
    TRY(tron_node_block(node, arena, TRON_SOLID, height, &block));
    struct result got = judge_solid(view, &block->header);
    if (result_is_ok(got)) {
        got = tron_node_logs(node, arena, &block, 1);
    }
    if (!result_is_ok(got)) {
        tron_block_free(block);
        return got;
    }
    *ret_block = block;
    return RESULT_OK;
}

static struct result fetch_row(struct tron_view *view, struct tron_node *node, struct arena *arena,
                               int64_t height, size_t count) {
    struct tron_block *blocks[TRON_RANGE_MAX];
    TRY(tron_node_blocks(node, arena, TRON_SOLID, height, count, blocks));
    struct result got = judge_solid(view, &blocks[count - 1]->header);
    if (result_is_ok(got)) {
        got = tron_node_logs(node, arena, blocks, count);
    }
    size_t kept = keep_whole(view, blocks, count);
    return kept > 0 ? RESULT_OK : got;
}

static size_t row_size(const struct tron_view *view, const struct tron_node *node, int64_t height) {
    int64_t left = view->solid.height - height + 1;
    int64_t size = left < node->span ? left : node->span;
    return size < ROW_MIN || shelf_is_full(&view->shelf) ? 1 : (size_t)size;
}

/* A row that fails is tried again at half its length, later; the block itself is wanted now. */
static struct result fetch(struct tron_view *view, struct tron_node *node, struct arena *arena,
                           int64_t height) {
    size_t count = row_size(view, node, height);
    if (count > 1) {
        struct result got = fetch_row(view, node, arena, height, count);
        bool is_ok = result_is_ok(got);
        uint32_t span = is_ok ? node->span * 2 : (uint32_t)count / 2;
        node->span = span < TRON_RANGE_MAX ? span : TRON_RANGE_MAX;
        node->singles = 0;
        if (is_ok || !view->has_solid || got.code == &ERR_NODE_WRONG_NETWORK) {
            return got;
        }
    }
    struct tron_block *block;
    TRY(fetch_one(view, node, arena, height, &block));
    (void)keep_whole(view, &block, 1);
    if (node->span < ROW_MIN && ++node->singles >= SINGLES_BEFORE_ROW) {
        node->span = SPAN_RETRY;
    }
    return RESULT_OK;
}

/* {} for what must be there: a slower node behind a balancer, for a while; then no answer. */
static struct result judge_missing(struct tron_view *view, struct arena *arena, int64_t height,
                                   struct result got) {
    if (got.code != &ERR_BLOCK_UNKNOWN) {
        view->missing_times = 0;
        return got;
    }
    view->missing_times = view->missing_height == height ? view->missing_times + 1 : 1;
    view->missing_height = height;
    if (view->missing_times < MISSING_MAX) {
        return got;
    }
    view->missing_times = 0;
    return result_failf(arena, &ERR_NODE_ANSWER,
                        "the node says nothing about block %lld, though %lld is solid",
                        (long long)height, (long long)view->solid.height);
}

struct result view_ask_hash(struct tron_view *view, struct tron_node *node, struct arena *arena,
                            int64_t height, struct block_hash *ret_hash) {
    struct block_header tip;
    if (!view->has_solid) {
        TRY(view_ask_tip(view, node, arena, &tip));
    }
    ENSURE(height >= 0 && height <= view->solid.height, ERR_BLOCK_UNKNOWN);
    struct result got = fetch(view, node, arena, height);
    TRY(judge_missing(view, arena, height, got));
    ENSURE(is_known(view, height), ERR_BLOCK_UNKNOWN);
    *ret_hash = place_of(view, height)->hash;
    return RESULT_OK;
}

struct result view_ask_block(struct tron_view *view, struct tron_node *node, struct arena *arena,
                             struct block_hash hash, struct chain_block *ret_block) {
    int64_t height = tron_height_of(hash);
    struct block_header tip;
    if (!view->has_solid) {
        TRY(view_ask_tip(view, node, arena, &tip));
    }
    ENSURE(height >= 0 && height <= view->solid.height, ERR_BLOCK_UNKNOWN);
    struct tron_block *block = NULL;
    struct result got = fetch_one(view, node, arena, height, &block);
    TRY(judge_missing(view, arena, height, got));
    BUG_IF(block == NULL);
    bool is_asked_for = block_hash_eq(block->header.hash, hash);
    if (is_asked_for) {
        hand_out(view, arena, block, ret_block);
    }
    (void)keep_whole(view, &block, 1);
    return is_asked_for ? RESULT_OK : result_fail(&ERR_BLOCK_UNKNOWN);
}
