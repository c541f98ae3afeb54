/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CHAIN_CURSOR_H
#define TILL_CORE_CHAIN_CURSOR_H

/* What a watcher does next, from what we have applied and what the node says. One block at a time:
 * compare both chains at the highest height that both have; if they differ there, undo our tip and
 * look again. Before the first undo the chains must be seen to agree within the reorg limit, so a
 * node on a foreign chain tears nothing down. Pure: the watcher fills the struct and obeys. */

#include "core/chain_types.h"

enum chain_step {
    CHAIN_STEP_START, /* nothing applied yet: take the node's tip as the first block */
    CHAIN_STEP_IDLE,
    CHAIN_STEP_COMPARE,       /* fill `common` and ask again */
    CHAIN_STEP_COMPARE_FLOOR, /* fill `floor` and ask again */
    CHAIN_STEP_APPLY,         /* fetch the node's block above our tip and apply it */
    CHAIN_STEP_UNDO,          /* undo our tip */
    CHAIN_STEP_WAIT,          /* the node is behind us on our chain: blind if that lasts */
    CHAIN_STEP_STOP,          /* the chains part below the reorg limit: ERR_REORG_TOO_DEEP */
};

/* Both chains' hashes at one height. */
struct chain_pair {
    int64_t height;
    bool known; /* false if the node answered ERR_BLOCK_UNKNOWN: its chain has just changed */
    struct block_hash ours;
    struct block_hash theirs;
};

struct chain_cursor {
    bool started;
    struct block_ref tip;        /* our highest block */
    int64_t lowest_height;       /* our lowest kept block */
    int64_t highest_height;      /* our tip before the reorg in progress began; else the tip */
    uint32_t reorg_limit_blocks; /* how many blocks may be undone in a row */
    struct block_ref remote_tip;
    struct chain_pair common; /* at chain_cursor_common_height */
    struct chain_pair floor;  /* at chain_cursor_floor_height, asked for only when common differs */
};

/* The lower of the two tips. */
int64_t chain_cursor_common_height(const struct chain_cursor *cursor);
/* The lowest block that may stay as the last one in common. */
int64_t chain_cursor_floor_height(const struct chain_cursor *cursor);

/* Pairs of another height than asked for count as not filled. */
enum chain_step chain_cursor_next(const struct chain_cursor *cursor);

/* The fetched block continues our chain; if not, the node's chain has changed meanwhile: ask again.
 */
bool chain_cursor_continues(struct block_ref tip, const struct block_header *block);

#endif
