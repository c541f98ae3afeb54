/* SPDX-License-Identifier: MIT */
#include "adapters/chain_failover/chain_failover.h"

#include <stdlib.h>
#include <string.h>

#include "ports/chain.h"
#include "ports/chain_accounts.h"
#include "ports/chain_coins.h"
#include "ports/chain_node.h"

struct failover {
    struct chain chain;
    struct chain_ops ops; /* without what a node's chain lacks */
    struct chain *nodes[CHAIN_FAILOVER_NODES_MAX];
    size_t count;
    size_t active; /* the node that answered last */
};

static struct failover *failover_of(struct chain *chain) {
    return (struct failover *)((char *)chain - offsetof(struct failover, chain));
}

/* ---- asking one node, then the next */

/* A question on its way from node to node. */
struct round {
    struct failover *self;
    size_t asked;         /* how many nodes were */
    struct chain *node;   /* whose turn it is */
    struct result result; /* what the latest made of it */
};

static struct round ask(struct chain *chain) {
    return (struct round){.self = failover_of(chain)};
}

/* The active node's turn comes first. If all fail it stays the active one, and what the last of
 * them said is the answer. */
static bool goes_on(struct round *round) {
    struct failover *self = round->self;
    bool is_answered = round->asked > 0 && !chain_node_may_be_replaced(round->result);
    if (is_answered) {
        self->active = (self->active + round->asked - 1) % self->count;
    }
    if (is_answered || round->asked == self->count) {
        return false;
    }
    round->node = self->nodes[(self->active + round->asked++) % self->count];
    return true;
}

/* ---- the questions */

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->identify(round.node, arena, ret_identity);
    }
    return round.result;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->tip(round.node, arena, ret_tip);
    }
    return round.result;
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->hash_at(round.node, arena, height, ret_hash);
    }
    return round.result;
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->block(round.node, arena, hash, ret_block);
    }
    return round.result;
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->mempool(round.node, arena, ret_outputs, ret_count);
    }
    return round.result;
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->mempool_has(round.node, arena, txid, ret_has);
    }
    return round.result;
}

static struct result finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->finality(round.node, arena, ret_finality);
    }
    return round.result;
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result =
            round.node->ops->balances(round.node, arena, at, programs, count, ret_balances);
    }
    return round.result;
}

/* ---- coins */

static struct result find_coin(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                               struct chain_coin *ret_coin) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->coins->find(round.node, arena, outpoint, ret_coin);
    }
    return round.result;
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result =
            round.node->ops->coins->transaction(round.node, arena, txid, block, ret_bytes);
    }
    return round.result;
}

static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->coins->fee_rate(round.node, arena, blocks, ret_fee_rate);
    }
    return round.result;
}

static const struct chain_coin_ops coin_ops = {
    .find = find_coin,
    .transaction = transaction,
    .fee_rate = fee_rate,
};

/* ---- accounts */

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->accounts->fees(round.node, arena, ret_fees);
    }
    return round.result;
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->accounts->holdings(round.node, arena, wanted, ret_holdings);
    }
    return round.result;
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct round round = ask(chain);
    while (goes_on(&round)) {
        round.result = round.node->ops->accounts->effort(round.node, arena, move, ret_effort);
    }
    return round.result;
}

static const struct chain_account_ops account_ops = {
    .fees = fees,
    .holdings = holdings,
    .effort = effort,
};

/* ---- what nobody is asked for */

/* Of the others what is said may be long past. */
static const char *warning(struct chain *chain, struct arena *arena) {
    struct chain *node = failover_of(chain)->nodes[failover_of(chain)->active];
    return node->ops->warning(node, arena);
}

static const char *stuck(struct chain *chain, struct arena *arena) {
    struct chain *node = failover_of(chain)->nodes[failover_of(chain)->active];
    return node->ops->stuck(node, arena);
}

/* From any thread, which cannot know the active node; and what was once believed stands. */
static const char *believed(struct chain *chain) {
    struct failover *self = failover_of(chain);
    const char *text = NULL;
    for (size_t i = 0; i < self->count && text == NULL; i++) {
        text = self->nodes[i]->ops->believed(self->nodes[i]);
    }
    return text;
}

/* ---- waiting, life cycle */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct chain *node = failover_of(chain)->nodes[failover_of(chain)->active];
    node->ops->wait(node, known_tip, timeout_ms);
}

/* From another thread, which cannot know the active node: the others only return once too early. */
static void wake(struct chain *chain) {
    struct failover *self = failover_of(chain);
    for (size_t i = 0; i < self->count; i++) {
        self->nodes[i]->ops->wake(self->nodes[i]);
    }
}

static void stop(struct chain *chain) {
    struct failover *self = failover_of(chain);
    for (size_t i = 0; i < self->count; i++) {
        self->nodes[i]->ops->stop(self->nodes[i]);
    }
}

static void close_chain(struct chain *chain) {
    struct failover *self = failover_of(chain);
    for (size_t i = 0; i < self->count; i++) {
        self->nodes[i]->ops->close(self->nodes[i]);
    }
    free(self);
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = tip,
    .hash_at = hash_at,
    .block = block,
    .mempool = mempool,
    .mempool_has = mempool_has,
    .finality = finality,
    .balances = balances,
    .coins = &coin_ops,
    .accounts = &account_ops,
    .warning = warning,
    .stuck = stuck,
    .believed = believed,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

static void drop_lacking(struct chain_ops *ours, const struct chain_ops *node) {
    ours->mempool_has = node->mempool_has == NULL ? NULL : ours->mempool_has;
    ours->finality = node->finality == NULL ? NULL : ours->finality;
    ours->balances = node->balances == NULL ? NULL : ours->balances;
    ours->coins = node->coins == NULL ? NULL : ours->coins;
    ours->accounts = node->accounts == NULL ? NULL : ours->accounts;
    ours->warning = node->warning == NULL ? NULL : ours->warning;
    ours->stuck = node->stuck == NULL ? NULL : ours->stuck;
    ours->believed = node->believed == NULL ? NULL : ours->believed;
}

struct chain *chain_failover_new(struct chain *const *nodes, size_t count) {
    BUG_IF(count == 0 || count > CHAIN_FAILOVER_NODES_MAX);
    struct failover *self = calloc(1, sizeof *self);
    BUG_IF(self == NULL);
    self->ops = ops;
    self->chain = (struct chain){.ops = &self->ops, .network = nodes[0]->network};
    self->count = count;
    for (size_t i = 0; i < count; i++) {
        self->nodes[i] = nodes[i];
        drop_lacking(&self->ops, nodes[i]->ops);
    }
    return &self->chain;
}
