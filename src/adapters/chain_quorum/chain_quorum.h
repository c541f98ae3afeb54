/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_QUORUM_CHAIN_QUORUM_H
#define TILL_ADAPTERS_CHAIN_QUORUM_CHAIN_QUORUM_H

/* Several nodes behind ports/chain.h as if they were one: nothing about a block counts before
 * `quorum` of them have told exactly the same. Each node is any chain of ours, asked on a thread of
 * its own, so a slow one delays nobody unless it is needed. Hints about the mempool are taken from
 * every node. Beyond the port's errors: ERR_NODES_DISAGREE. */

#include <stddef.h>
#include <stdint.h>

struct chain;

enum { CHAIN_QUORUM_NODES_MAX = 8 };

struct chain_quorum_node {
    struct chain *chain; /* over one node; closed with the quorum */
    const char *label;   /* names the node to the operator; no credentials */
};

struct chain_quorum_options {
    const struct chain_quorum_node *nodes; /* on one network */
    size_t node_count;                     /* at most CHAIN_QUORUM_NODES_MAX */
    size_t quorum;                         /* 1 to node_count */
    uint32_t timeout_ms;                   /* how long answers are waited for; 0: 20 s */
    uint32_t missing_ms;                   /* a node that fails for so long is missed; 0: 60 s */
};

/* Connects nowhere yet. Owned by the caller, closed by its own close. */
struct chain *chain_quorum_new(const struct chain_quorum_options *options);

#endif
