/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CHAIN_COINS_H
#define TILL_PORTS_CHAIN_COINS_H

/* What Till asks of a chain of coins when a transaction is to be put together: whether a coin is
 * still there, the transaction that made it, and what others pay for a place in a block. Part of
 * struct chain_ops; errors as in ports/chain.h. */

#include "base/bytes.h"
#include "base/result.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/chain_types.h"

struct arena;
struct chain;

enum coin_state {
    COIN_UNSPENT,
    COIN_CLAIMED, /* a transaction in the node's mempool spends it */
    COIN_SPENT,   /* by a block, or it was never there */
};

struct outpoint {
    struct txid txid;
    uint32_t vout;
};

/* The rest is set only if it is unspent. */
struct chain_coin {
    enum coin_state state;
    struct amount amount;
    struct script program; /* empty if it is longer than any of ours */
    int64_t confirmations; /* 0: it waits in the mempool itself */
    bool coinbase;
};

struct chain_coin_ops {
    struct result (*find)(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                          struct chain_coin *ret_coin);
    /* The transaction as its txid commits to it, without witnesses. `block` is the block that has
     * it. ERR_BLOCK_UNKNOWN if the node does not keep it. */
    struct result (*transaction)(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes);
    /* Base units for 1000 virtual bytes, to be in one of the next `blocks` blocks.
     * ERR_FEE_RATE_NEEDED if the node cannot tell. */
    struct result (*fee_rate)(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate);
};

#endif
