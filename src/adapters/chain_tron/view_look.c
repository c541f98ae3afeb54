/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/chain_tron/view.h"
#include "base/arena.h"
#include "core/error.h"

/* Head blocks are only sightings: what cannot be had of them now is left for the next look, and
 * what is never had is found when it is solid. */

/* Blocks that were fetched at this look, the highest first. */
struct fresh {
    struct tron_block *blocks[TRON_RANGE_MAX + 2];
    size_t count;
};

bool view_may_look(const struct tron_view *view) {
    return view->has_solid && (view->head_asked_at_ms == 0 ||
                               tron_monotonic_ms() - view->head_asked_at_ms >= view->pace_ms);
}

bool view_known_tx(const struct tron_view *view, const struct txid *txid) {
    const struct tron_block *block = shelf_find(&view->shelf, view->head.hash);
    for (; block != NULL && block->header.height > view->solid.height;
         block = shelf_find(&view->shelf, block->header.parent)) {
        for (size_t i = 0; i < block->tx_count; i++) {
            if (block->txs[i].is_paying && txid_eq(block->txs[i].txid, *txid)) {
                return true;
            }
        }
    }
    return false;
}

static void free_fresh(struct fresh *fresh) {
    for (size_t i = 0; i < fresh->count; i++) {
        tron_block_free(fresh->blocks[i]);
    }
    fresh->count = 0;
}

/* The height of the highest block below the fresh ones that we do not have; the solid head's, or
 * less, if there is none. */
static int64_t highest_missing(const struct tron_view *view, const struct fresh *fresh) {
    const struct block_header *lowest = &fresh->blocks[fresh->count - 1]->header;
    struct block_hash hash = lowest->parent;
    int64_t height = lowest->height - 1;
    while (height > view->solid.height) {
        const struct tron_block *block = shelf_find(&view->shelf, hash);
        if (block == NULL) {
            return height;
        }
        hash = block->header.parent;
        height--;
    }
    return height;
}

static bool continues(const struct fresh *fresh, const struct tron_block *below) {
    const struct block_header *lowest = &fresh->blocks[fresh->count - 1]->header;
    return block_hash_eq(lowest->parent, below->header.hash);
}

/* One block, which is all that a reorg or a missed look leaves out. */
static struct result fetch_below(struct tron_node *node, struct arena *arena, struct fresh *fresh,
                                 int64_t height) {
    struct tron_block *block;
    TRY(tron_node_block(node, arena, TRON_FULL, height, &block));
    if (!continues(fresh, block)) {
        tron_block_free(block);
        return result_fail(&ERR_BLOCK_UNKNOWN);
    }
    fresh->blocks[fresh->count++] = block;
    return RESULT_OK;
}

/* Many, as after the start. */
static struct result fetch_row_below(struct tron_node *node, struct arena *arena,
                                     struct fresh *fresh, int64_t low, int64_t high) {
    struct tron_block *blocks[TRON_RANGE_MAX];
    int64_t room = TRON_RANGE_MAX - 1;
    low = high - low + 1 > room ? high - room + 1 : low;
    size_t count = (size_t)(high - low + 1);
    TRY(tron_node_blocks(node, arena, TRON_FULL, low, count, blocks));
    bool fits = true;
    for (size_t i = count; i-- > 0;) {
        fits = fits && continues(fresh, blocks[i]);
        if (fits) {
            fresh->blocks[fresh->count++] = blocks[i];
        } else {
            tron_block_free(blocks[i]);
        }
    }
    return fits ? RESULT_OK : result_fail(&ERR_BLOCK_UNKNOWN);
}

static struct result fetch_missing(struct tron_view *view, struct tron_node *node,
                                   struct arena *arena, struct fresh *fresh) {
    int64_t height = highest_missing(view, fresh);
    if (height <= view->solid.height) {
        return RESULT_OK;
    }
    bool touches = height == fresh->blocks[0]->header.height - 1;
    if (!touches) { /* what is between is on the shelf, and what is below is hidden by it */
        return RESULT_OK;
    }
    TRY(fetch_below(node, arena, fresh, height));
    height = highest_missing(view, fresh);
    if (height != fresh->blocks[fresh->count - 1]->header.height - 1 ||
        height <= view->solid.height) {
        return RESULT_OK;
    }
    return fetch_row_below(node, arena, fresh, view->solid.height + 1, height);
}

/* The order of the chain, as logs are asked for. */
static void turn_round(struct fresh *fresh) {
    for (size_t i = 0; i < fresh->count / 2; i++) {
        struct tron_block *block = fresh->blocks[i];
        fresh->blocks[i] = fresh->blocks[fresh->count - 1 - i];
        fresh->blocks[fresh->count - 1 - i] = block;
    }
}

static void show(struct tron_view *view, struct arena *arena, struct fresh *fresh,
                 const struct chain_output **ret_outputs, size_t *ret_count) {
    size_t count = 0;
    for (size_t i = 0; i < fresh->count; i++) {
        count += fresh->blocks[i]->is_whole ? fresh->blocks[i]->output_count : 0;
    }
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, count + 1);
    size_t at = 0;
    for (size_t i = 0; i < fresh->count; i++) {
        struct tron_block *block = fresh->blocks[i];
        if (!block->is_whole) {
            tron_block_free(block);
            continue;
        }
        if (block->output_count > 0) {
            memcpy(outputs + at, block->outputs, block->output_count * sizeof *outputs);
        }
        at += block->output_count;
        shelf_put(&view->shelf, block);
    }
    fresh->count = 0;
    *ret_outputs = outputs;
    *ret_count = count;
}

static struct result look(struct tron_view *view, struct tron_node *node, struct arena *arena,
                          struct fresh *fresh) {
    TRY(tron_node_head(node, arena, &fresh->blocks[0]));
    fresh->count = 1;
    struct block_header head = fresh->blocks[0]->header;
    bool is_news = head.height > view->solid.height && shelf_find(&view->shelf, head.hash) == NULL;
    if (!is_news) {
        free_fresh(fresh);
    } else {
        TRY(fetch_missing(view, node, arena, fresh));
        turn_round(fresh);
        TRY(tron_node_logs(node, arena, fresh->blocks, fresh->count));
    }
    if (head.height > view->solid.height) {
        view->head = (struct block_ref){.height = head.height, .hash = head.hash};
    }
    return RESULT_OK;
}

struct result view_look(struct tron_view *view, struct tron_node *node, struct arena *arena,
                        const struct chain_output **ret_outputs, size_t *ret_count) {
    struct fresh fresh = {0};
    view->head_asked_at_ms = tron_monotonic_ms();
    struct result looked = look(view, node, arena, &fresh);
    show(view, arena, &fresh, ret_outputs, ret_count);
    bool is_passing = looked.code == &ERR_BLOCK_UNKNOWN || looked.code == &ERR_NODE_ANSWER;
    return is_passing ? RESULT_OK : looked;
}
