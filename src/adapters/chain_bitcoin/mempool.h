/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_MEMPOOL_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_MEMPOOL_H

/* What has appeared in a node's mempool since the last look. Best effort: it remembers a bounded
 * number of transactions by a part of their txid, fetches a bounded number at each look, and looks
 * less often the longer the list is. What it misses is found in its block. A peg-out from the MWEB
 * is not shown: in its block it has another txid. */

#include "adapters/chain_bitcoin/node.h"

struct mempool;

struct mempool *mempool_new(void);
void mempool_free(struct mempool *mempool);

/* `outputs` come in the order in which the node listed the transactions, and live in `arena`. */
struct result mempool_look(struct mempool *mempool, struct node *node, struct arena *arena,
                           const struct chain_output **ret_outputs, size_t *ret_count);

#endif
