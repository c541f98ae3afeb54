/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CHAIN_NODE_H
#define TILL_PORTS_CHAIN_NODE_H

/* What an answer of ports/chain.h says about the node that was asked. */

#include "core/error.h"
#include "ports/chain.h"

/* Both: blocks are fast on some networks and rare on others. */
enum { CHAIN_NODE_BEHIND_BLOCKS = 6, CHAIN_NODE_BEHIND_MS = 10 * 60000 };

/* Whether another node may do better. One on a wrong network is a mistake that a person must see,
 * not a reason to look elsewhere. */
static inline bool chain_node_may_be_replaced(struct result failed) {
    return failed.code == &ERR_NODE_UNREACHABLE || failed.code == &ERR_NODE_NOT_READY ||
           failed.code == &ERR_NODE_ANSWER;
}

/* Whether a node of this tip is far behind one of `known`: it is there, and of no use. */
static inline bool chain_node_is_behind(const struct block_header *tip,
                                        const struct block_header *known) {
    return tip->height < known->height - CHAIN_NODE_BEHIND_BLOCKS &&
           tip->time_ms < known->time_ms - CHAIN_NODE_BEHIND_MS;
}

#endif
