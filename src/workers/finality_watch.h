/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_FINALITY_WATCH_H
#define TILL_WORKERS_FINALITY_WATCH_H

/* What a chain says of its own finality, believed only as far as it fits the blocks that we have.
 * Below those that we keep nothing can contradict it, and nothing of ours can be undone. */

#include "base/result.h"
#include "ports/chain.h"

struct confirmation_tiers;
struct store_conn;

/* Whether a node goes on telling of safe blocks, or of finalized ones. Zeros: not asked yet. */
struct finality_tag {
    bool is_needed; /* payments may wait for it */
    bool is_asked;
    bool has_moved;        /* since the start */
    struct block_ref last; /* height 0: none was told that is ours */
    int64_t told_at_tick_ms;
    int64_t moved_at_tick_ms;
    int64_t moved_at_height; /* of the tip */
    bool is_silent;          /* not told for too long */
    bool is_still;           /* told, and the same for too long while the chain goes on */
};

struct finality_watch {
    struct chain *chain;
    struct store_conn *reader;
    bool is_main; /* what becomes final stays so; test nodes call blocks final that they undo */
    struct finality_tag safe_tag;
    struct finality_tag finalized_tag;
    bool known;
    struct block_ref safe; /* height 0: not told, or not ours */
    struct block_ref finalized;
    int64_t lag_blocks; /* from the finalized block to the tip when it was told */
};

/* What payments may wait for: those to come, and those that waited already before the
 * configuration was another one. */
struct result finality_watch_need(struct finality_watch *watch,
                                  const struct confirmation_tiers *tiers);

/* `block` is the node's tip and about to become ours. A chain that has no finality, or cannot tell
 * it now, leaves things as they were. ERR_FINALITY_BROKEN if what it calls final contradicts a
 * block of ours. */
struct result finality_watch_ask(struct finality_watch *watch, struct arena *arena,
                                 const struct block_header *block, int64_t tick_ms);

/* Why payments wait for what does not come: static text; "" if nothing is wrong, NULL while nobody
 * knows. */
const char *finality_watch_warning(const struct finality_watch *watch);

/* Our tip at `height` is about to be undone, and what was told of it is forgotten.
 * ERR_FINALITY_BROKEN if it was final. */
struct result finality_watch_undo(struct finality_watch *watch, int64_t height);

#endif
