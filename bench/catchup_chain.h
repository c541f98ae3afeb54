/* SPDX-License-Identifier: MIT */
#ifndef TILL_BENCH_CATCHUP_CHAIN_H
#define TILL_BENCH_CATCHUP_CHAIN_H

/* Seven days of Tron as they could have been: blocks of token transfers, some of them to us, told
 * as a node tells them and decoded by the adapter. All of it follows from the numbers in the plan,
 * so that two runs see the same chain. Addresses of ours are numbered from 1. */

#include "adapters/chain_tron/tron_block.h"
#include "catchup_text.h"
#include "core/script.h"
#include "ports/chain.h"

struct catchup_plan {
    uint64_t blocks;
    uint64_t outputs;   /* in all blocks together */
    uint64_t addresses; /* of ours */
    uint64_t ours_per_million;
    struct block_ref first; /* without transfers; the others follow it */
    bool is_fresh;          /* the store has no block yet */
    int64_t last_at_ms;     /* the last block's own time */
};

enum { CATCHUP_DUE_UNITS = 10000000 };

/* The same as the filled store has: SHA-256 of the number, cut to 20 bytes. */
struct script catchup_program(uint64_t number);

/* The plan as a chain that answers at once. */
struct catchup_chain {
    struct chain chain;
    const struct catchup_plan *plan;
    struct tron_rules rules;
    int64_t tip_height;       /* of the node; the bench moves it */
    struct catchup_text text; /* of the block made last */
    struct block_header made;
    struct arena *making;
    double making_s;   /* what making the texts took, which is none of the watcher's work */
    double decoding_s; /* what the adapter took to read them */
    uint64_t text_bytes;
    uint64_t ours; /* transfers to us so far */
};

void catchup_chain_init(struct catchup_chain *chain, const struct network *network,
                        const struct catchup_plan *plan);
void catchup_chain_release(struct catchup_chain *chain);

#endif
