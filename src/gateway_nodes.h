/* SPDX-License-Identifier: MIT */
#ifndef TILL_GATEWAY_NODES_H
#define TILL_GATEWAY_NODES_H

/* The chain behind a [chain X] section: an adapter for each of its nodes and, if there are several,
 * fail-over or with a quorum agreement between them. */

#include "base/result.h"

struct arena;
struct chain;
struct clock;
struct config_chain;
struct followed_network;

/* `followed` says which chain it is and which tokens count there; nodes that stand in for each
 * other are looked after by `clock`. Connects nowhere. The detail of a failure lives in `arena`. */
struct result gateway_nodes_open(struct arena *arena, const struct config_chain *config,
                                 const struct followed_network *followed, const struct clock *clock,
                                 struct chain **ret_chain);

/* The same once more, for an operator's questions beside the watcher's. What accounts hold is one
 * node's word: nothing is credited by it, and the signer looks at what he signs. */
struct result gateway_nodes_open_operators(struct arena *arena, const struct config_chain *config,
                                           const struct followed_network *followed,
                                           struct chain **ret_chain);

#endif
