/* SPDX-License-Identifier: MIT */
#include "adapters/chain_failover/chain_failover.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/chain_failover/failover.h"
#include "base/arena.h"
#include "ports/chain.h"
#include "ports/chain_accounts.h"
#include "ports/chain_coins.h"
#include "ports/chain_node.h"
#include "ports/clock.h"

enum { LOOK_ARENA_BYTES = 64 << 20 };

struct failover *failover_of(struct chain *chain) {
    return (struct failover *)((char *)chain - offsetof(struct failover, chain));
}

/* ---- asking one node, then the next */

/* A question on its way from node to node. */
struct round {
    struct failover *self;
    size_t asked; /* how many nodes were */
    size_t at;    /* whose turn it is */
    struct chain *node;
    struct result result; /* what the latest made of it */
};

static struct round ask(struct chain *chain) {
    return (struct round){.self = failover_of(chain)};
}

/* The active node's turn comes first. If all fail it stays the active one, and what the last of
 * them said is the answer. Whoever is known to be far behind answers, and has the turn only if he
 * is asked for the tip, too: else a block that the active one lacks would make us wait for him. */
static bool goes_on(struct round *round) {
    struct failover *self = round->self;
    bool is_answered = round->asked > 0 && !chain_node_may_be_replaced(round->result);
    if (is_answered && round->at != self->active && !self->standings[round->at].is_behind) {
        standing_note_loss(self);
        self->active = round->at;
    }
    if (is_answered || round->asked == self->count) {
        return false;
    }
    round->at = (self->active + round->asked++) % self->count;
    round->node = self->nodes[round->at];
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
        standing_note_tip(round.self, round.at, round.result, ret_tip);
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

static struct chain *active_of(const struct failover *self) {
    return self->nodes[self->active];
}

/* Of the others what is said may be long past. */
static const char *warning(struct chain *chain, struct arena *arena) {
    struct chain *node = active_of(failover_of(chain));
    return node->ops->warning(node, arena);
}

static const char *stuck(struct chain *chain, struct arena *arena) {
    struct chain *node = active_of(failover_of(chain));
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

/* Nothing else is to be done now. How long it took. */
static int64_t look_around(struct failover *self) {
    if (self->clock == NULL) {
        return 0;
    }
    int64_t begun_ms = clock_monotonic_ms(self->clock);
    standing_look(self);
    return clock_monotonic_ms(self->clock) - begun_ms;
}

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct failover *self = failover_of(chain);
    int64_t left_ms = (int64_t)timeout_ms - look_around(self);
    struct chain *node = active_of(self);
    if (left_ms > 0) {
        node->ops->wait(node, known_tip, (uint32_t)left_ms);
    }
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
    arena_free(self->arena);
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
    .missing = standing_missing,
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

struct chain *chain_failover_new(const struct chain_failover_options *options) {
    BUG_IF(options->node_count == 0 || options->node_count > CHAIN_FAILOVER_NODES_MAX);
    struct failover *self = calloc(1, sizeof *self);
    BUG_IF(self == NULL);
    self->ops = ops;
    self->chain = (struct chain){.ops = &self->ops, .network = options->nodes[0].chain->network};
    self->count = options->node_count;
    for (size_t i = 0; i < self->count; i++) {
        const struct chain_failover_node *node = &options->nodes[i];
        self->nodes[i] = node->chain;
        (void)snprintf(self->standings[i].label, STANDING_LABEL_BYTES, "%s", node->label);
        drop_lacking(&self->ops, node->chain->ops);
    }
    self->clock = options->clock;
    self->arena = arena_new(LOOK_ARENA_BYTES);
    standing_init(self);
    return &self->chain;
}
