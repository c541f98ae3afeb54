/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_SANDBOX_H
#define TILL_PORTS_SANDBOX_H

/* The handle by which buttons and commands drive the simulated chain. Every call may come from any
 * thread and is durable when it returns. */

#include "base/result.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/chain_types.h"

struct sandbox;

struct sandbox_output {
    struct script program;
    struct amount amount;
};

enum sandbox_reorg_mode {
    SANDBOX_REORG_RETURN, /* back to the mempool, and into the new branch's first block */
    SANDBOX_REORG_HOLD,   /* back to the mempool, mined by the next sandbox_mine only */
    SANDBOX_REORG_DROP,   /* double spent: gone */
};

/* Puts one transaction into the simulated mempool, paying the outputs in their order. */
struct result sandbox_pay(struct sandbox *sandbox, const struct sandbox_output *outputs,
                          size_t count, struct txid *ret_txid);
/* Mines `count` blocks; the first takes the mempool. */
struct result sandbox_mine(struct sandbox *sandbox, uint32_t count);
/* Replaces the last `depth` blocks by depth + 1 others. */
struct result sandbox_reorg(struct sandbox *sandbox, uint32_t depth, enum sandbox_reorg_mode mode);
/* Takes a transaction out of the mempool, as a replacement that pays somebody else would. */
struct result sandbox_drop(struct sandbox *sandbox, struct txid txid);
/* Mines a block if the mempool is not empty, or if `deadline_ms` (0: none) has passed and the tip
 * is older. */
struct result sandbox_tick(struct sandbox *sandbox, int64_t now_ms, int64_t deadline_ms);

#endif
