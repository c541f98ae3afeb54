/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_BLOCK_APPLY_H
#define TILL_APP_BLOCK_APPLY_H

/* One block onto our tip: its payments, what matured by it, the statuses and deadlines that follow,
 * and the cursor, in one transaction. The watcher has joined the outputs with the address table in
 * a snapshot; here only what was issued since then is joined. */

#include "app/job.h"
#include "ports/chain.h"
#include "ports/rows.h"

struct block_hit {
    const struct chain_output *output;
    struct address_row address;
};

struct block_apply {
    const struct network *network;
    const struct chain_block *block;
    const struct block_hit *hits; /* in the order of the outputs */
    size_t hit_count;
    int64_t snapshot_address_id;   /* the highest address id that the watcher's join saw */
    const struct chain_row *first; /* with the network's very first block: what to pin; else NULL */
    bool hold_confirmations; /* the chain looks ill: nothing becomes confirmed by this block, but by
                                a later one */
    int64_t safe_height;     /* what the chain called so when this was its tip; 0: nothing */
    int64_t finalized_height;
    /* out */
    size_t invoices_touched;
    size_t payments_found; /* that were in no block that we knew */
    size_t payments_known; /* the others, when it is read again */
};

/* ERR_BLOCK_NOT_NEXT if the store's tip is not the block's parent. */
extern const struct use_case block_apply_use_case;

/* A block that we have been past already, read again: what it pays and was not known is recorded as
 * its own block would have, and counts with the next block that is applied. What is in a block
 * already stays as it is, so that this may be done as often as anybody likes. Neither the cursor
 * nor anything that is due by it moves. ERR_BLOCK_NOT_NEXT above our tip; ERR_BLOCK_UNKNOWN if ours
 * at its height is another one. One that is too deep to be kept is the watcher's word. */
extern const struct use_case block_reread_use_case;

#endif
