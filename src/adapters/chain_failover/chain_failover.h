/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_FAILOVER_CHAIN_FAILOVER_H
#define TILL_ADAPTERS_CHAIN_FAILOVER_CHAIN_FAILOVER_H

/* Several nodes behind ports/chain.h that stand in for each other: the one that answered last is
 * asked, and where it fails, the next. Whoever answers is believed, so one liar is enough: nodes
 * that shall agree are adapters/chain_quorum's. Each node is any chain of ours over one node; what
 * it knows and remembers of that node stays with it. Here is remembered who is there: while nothing
 * else is to be done the others are asked for their tips now and then, so that a lost one is told,
 * and an earlier one of the list gets its turn back when it has answered for a while. */

#include <stddef.h>

struct chain;
struct clock;

enum {
    CHAIN_FAILOVER_NODES_MAX = 8,
    CHAIN_FAILOVER_LOOK_MS = 60000,    /* between two looks at a node whose turn it is not; half of
                                          it while it fails */
    CHAIN_FAILOVER_MISSING_MS = 60000, /* a node that fails for so long is missed */
    CHAIN_FAILOVER_TRIAL_MS = 600000,  /* one that answers for so long has its turn back */
};

struct chain_failover_node {
    struct chain *chain; /* over one node; closed with the fail-over */
    const char *label;   /* names the node to the operator; no credentials */
};

struct chain_failover_options {
    const struct chain_failover_node *nodes; /* of one kind and network, in order of preference */
    size_t node_count;                       /* at most CHAIN_FAILOVER_NODES_MAX */
    const struct clock *clock; /* NULL: nobody calls `wait`, and nobody is looked after */
};

/* Connects nowhere yet. Owned by the caller, closed by its own close. */
struct chain *chain_failover_new(const struct chain_failover_options *options);

#endif
