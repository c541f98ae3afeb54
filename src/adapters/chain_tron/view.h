/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_VIEW_H
#define TILL_ADAPTERS_CHAIN_TRON_VIEW_H

/* What we know of the chain, and what to ask next to know more: the solid head, the ids of solid
 * blocks, blocks that were fetched ahead, and the head blocks above the solid one, which are
 * fetched once and are there already when they become solid.
 *
 * Requests, while we are up to date, for each block of the chain: the head block (getnowblock), its
 * logs (eth_getLogs), the solid head (getblock without its transactions). These are 3 x 28,800 =
 * 86,400 a day, below the 100,000 that TronGrid gives away; nothing more is asked when a block
 * becomes solid. Catching up costs one request for each span of blocks (at most 100) and one or a
 * few for their logs. None of it depends on how many invoices are open. */

#include "adapters/chain_tron/node.h"
#include "adapters/chain_tron/shelf.h"

enum { VIEW_KNOWN_MAX = 1024 };

/* Zero but for `pace_ms` at the start. */
struct tron_view {
    uint32_t pace_ms; /* heads are not asked for more often */
    bool has_solid;
    struct block_header solid;
    int64_t solid_asked_at_ms; /* and answered */
    int64_t solid_moved_at_ms;
    struct block_ref head; /* height 0: unknown */
    int64_t head_asked_at_ms;
    struct block_ref known[VIEW_KNOWN_MAX]; /* solid blocks, by height */
    struct shelf shelf;
    int64_t missing_height; /* the node keeps {} for it */
    unsigned missing_times;
};

void view_release(struct tron_view *view);
/* All of the chain, when it may be another one's. */
void view_forget(struct tron_view *view);

/* ---- what needs no question: false if it does */

bool view_known_tip(struct tron_view *view, struct block_header *ret_tip);
bool view_known_hash(struct tron_view *view, int64_t height, struct block_hash *ret_hash);
bool view_known_block(struct tron_view *view, struct arena *arena, struct block_hash hash,
                      struct chain_block *ret_block);
/* In a head block above the solid one. */
bool view_known_tx(const struct tron_view *view, const struct txid *txid);
bool view_may_look(const struct tron_view *view);

/* ---- what does */

struct result view_ask_tip(struct tron_view *view, struct tron_node *node, struct arena *arena,
                           struct block_header *ret_tip);
/* Fetches the block, too, and more behind it when there are many to come. */
struct result view_ask_hash(struct tron_view *view, struct tron_node *node, struct arena *arena,
                            int64_t height, struct block_hash *ret_hash);
struct result view_ask_block(struct tron_view *view, struct tron_node *node, struct arena *arena,
                             struct block_hash hash, struct chain_block *ret_block);
/* Outputs of head blocks that have not been shown yet. */
struct result view_look(struct tron_view *view, struct tron_node *node, struct arena *arena,
                        const struct chain_output **ret_outputs, size_t *ret_count);

#endif
