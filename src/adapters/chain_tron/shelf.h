/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_SHELF_H
#define TILL_ADAPTERS_CHAIN_TRON_SHELF_H

/* Blocks that were fetched and may be asked for: head blocks until they are solid, and what was
 * read ahead. Found by their ids, so that it does not matter which chain a node was on. Bounded in
 * number and in bytes. */

#include "adapters/chain_tron/tron_block.h"

enum { SHELF_BLOCKS_MAX = 512, SHELF_BYTES_MAX = 64 << 20 };

/* Owns its blocks. Zero is an empty shelf. */
struct shelf {
    struct tron_block *blocks[SHELF_BLOCKS_MAX];
    size_t count;
    size_t bytes;
};

struct tron_block *shelf_find(const struct shelf *shelf, struct block_hash hash);
/* Takes a whole block over, in exchange for one with the same id; what does not fit any more is
 * freed: the highest blocks, which are asked for last. */
void shelf_put(struct shelf *shelf, struct tron_block *block);
bool shelf_is_full(const struct shelf *shelf);
/* Frees what lies below `height`. */
void shelf_drop_below(struct shelf *shelf, int64_t height);
void shelf_clear(struct shelf *shelf);

#endif
