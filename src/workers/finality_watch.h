/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_FINALITY_WATCH_H
#define TILL_WORKERS_FINALITY_WATCH_H

/* What a chain says of its own finality, believed only as far as it fits the blocks that we have.
 * Below those that we keep nothing can contradict it, and nothing of ours can be undone. */

#include "base/result.h"
#include "ports/chain.h"

struct store_conn;

struct finality_watch {
    struct chain *chain;
    struct store_conn *reader;
    bool is_main; /* what becomes final stays so; test nodes call blocks final that they undo */
    bool known;
    struct block_ref safe; /* height 0: not told, or not ours */
    struct block_ref finalized;
    int64_t lag_blocks; /* from the finalized block to the tip when it was told */
};

/* `block` is the node's tip and about to become ours. A chain that has no finality, or cannot tell
 * it now, leaves things as they were. ERR_FINALITY_BROKEN if what it calls final contradicts a
 * block of ours. */
struct result finality_watch_ask(struct finality_watch *watch, struct arena *arena,
                                 const struct block_header *block);

/* Our tip at `height` is about to be undone, and what was told of it is forgotten.
 * ERR_FINALITY_BROKEN if it was final. */
struct result finality_watch_undo(struct finality_watch *watch, int64_t height);

#endif
