/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_NODE_PAIR_H
#define TILL_TESTS_SUPPORT_NODE_PAIR_H

/* Two nodes that stand in for each other. `clock` as in chain_failover_options. */

#include "adapters/chain_failover/chain_failover.h"

static inline struct chain *node_pair_new(struct chain *const nodes[2], const struct clock *clock) {
    const struct chain_failover_node labelled[2] = {{nodes[0], "http://first/"},
                                                    {nodes[1], "http://second/"}};
    const struct chain_failover_options options = {
        .nodes = labelled, .node_count = 2, .clock = clock};
    return chain_failover_new(&options);
}

#endif
