/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_DOUBTS_H
#define TILL_ADAPTERS_CHAIN_TRON_DOUBTS_H

/* Blocks whose transactions did not fit the header when we last saw them. A node that leaves one
 * out, or a line that garbles one, is found out by that; but anybody may send a transaction with
 * parts that no rendering shows, and nobody may stop the chain by it. So such a block is believed
 * when the node tells it a second time with the same transactions, and is counted. */

#include "adapters/chain_tron/tron_block.h"

enum { TRON_DOUBTS_MAX = 16 };

/* Zero is no doubt at all. */
struct tron_doubts {
    struct block_hash blocks[TRON_DOUBTS_MAX];
    uint8_t roots[TRON_DOUBTS_MAX][HASH_BYTES];
    size_t next;
};

/* False the first time that the block comes with these transactions. */
bool tron_doubts_had(struct tron_doubts *doubts, const struct tron_block *block);

#endif
