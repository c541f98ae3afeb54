/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_NODE_COINS_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_NODE_COINS_H

/* The questions behind ports/chain_coins.h, asked of one node. */

#include "adapters/chain_bitcoin/node.h"
#include "ports/chain_coins.h"

struct result node_coin_find(struct node *node, struct arena *arena, struct outpoint outpoint,
                             struct chain_coin *ret_coin);
/* The bytes hash to `txid`. */
struct result node_transaction(struct node *node, struct arena *arena, struct txid txid,
                               struct block_hash block, struct bytes *ret_bytes);
struct result node_fee_rate(struct node *node, struct arena *arena, uint32_t blocks,
                            uint64_t *ret_fee_rate);

#endif
