/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_BLOCK_MATCH_H
#define TILL_WORKERS_BLOCK_MATCH_H

/* Which outputs pay an address of ours: the join of a block with the address table, in one snapshot
 * of a read connection, outside the committer. */

#include "app/block_apply.h"

struct arena;
struct networks;
struct store_conn;

struct block_match {
    const struct block_hit *hits; /* in the order of the outputs; they live in the arena */
    size_t hit_count;
    int64_t snapshot_address_id; /* what was issued later is not in it */
};

struct result block_match(struct store_conn *reader, struct arena *arena,
                          const struct network *network, const struct chain_output *outputs,
                          size_t output_count, struct block_match *ret_match);

/* Of a whole block; with what pays, on one EVM network, an address that was given out on another:
 * whoever has the key has it on both, so it is not lost, but it pays nothing. */
struct result block_match_all(struct store_conn *reader, struct arena *arena,
                              const struct networks *networks, const struct network *network,
                              const struct chain_block *block, struct block_match *ret_match);

#endif
