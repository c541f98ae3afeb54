/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CHAIN_NODE_H
#define TILL_PORTS_CHAIN_NODE_H

/* What a failure of ports/chain.h says about the node that was asked. */

#include "core/error.h"

/* Whether another node may do better. One on a wrong network is a mistake that a person must see,
 * not a reason to look elsewhere. */
static inline bool chain_node_may_be_replaced(struct result failed) {
    return failed.code == &ERR_NODE_UNREACHABLE || failed.code == &ERR_NODE_NOT_READY ||
           failed.code == &ERR_NODE_ANSWER;
}

#endif
