/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_FAILOVER_CHAIN_FAILOVER_H
#define TILL_ADAPTERS_CHAIN_FAILOVER_CHAIN_FAILOVER_H

/* Several nodes behind ports/chain.h that stand in for each other: the one that answered last is
 * asked, and where it fails, the next. Whoever answers is believed, so one liar is enough: nodes
 * that shall agree are adapters/chain_quorum's. Each node is any chain of ours over one node; what
 * it knows and remembers of that node stays with it, and nothing is remembered here. */

#include <stddef.h>

struct chain;

enum { CHAIN_FAILOVER_NODES_MAX = 8 };

/* `nodes`: of one kind and network, in order of preference; closed with it. Connects nowhere yet.
 * Owned by the caller, closed by its own close. */
struct chain *chain_failover_new(struct chain *const *nodes, size_t count);

#endif
