/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/chain_bitcoin.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/chain_bitcoin/mempool.h"
#include "adapters/chain_bitcoin/node_coins.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/chain_node.h"

enum { TIMEOUT_MS_DEFAULT = 30000, MEMORY_BYTES_MAX = 1 << 20 };

struct chain_bitcoin {
    struct chain chain;
    struct arena *memory; /* lives as long as the chain */
    struct node_demand demand;
    struct node node;
    struct mempool *mempool;
    uint32_t poll_ms;
};

static struct chain_bitcoin *from_chain(struct chain *chain) {
    return (struct chain_bitcoin *)((char *)chain - offsetof(struct chain_bitcoin, chain));
}

/* ---- before and after a question */

/* Who the node is, on the connection that it has now. */
static struct result meet(struct chain_bitcoin *self, struct arena *arena,
                          struct chain_identity *ret_identity) {
    TRY(node_identify(&self->node, arena, ret_identity));
    (void)rpc_took_connection(self->node.calls);
    return RESULT_OK;
}

static struct result begin(struct chain_bitcoin *self, struct arena *arena) {
    struct chain_identity identity;
    return self->node.is_identified ? RESULT_OK : meet(self, arena, &identity);
}

/* A new connection may lead to another node: what it said counts if it is one of ours. */
static struct result finish(struct chain_bitcoin *self, struct arena *arena, struct result asked) {
    struct chain_identity identity;
    if (result_is_ok(asked) && rpc_took_connection(self->node.calls)) {
        asked = meet(self, arena, &identity);
    }
    if (chain_node_may_be_replaced(asked)) {
        self->node.is_identified = false;
    }
    return asked;
}

/* ---- the questions */

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    return meet(from_chain(chain), arena, ret_identity);
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_tip(&self->node, arena, ret_tip));
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_hash_at(&self->node, arena, height, ret_hash));
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_block(&self->node, arena, hash, ret_block));
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena,
                  mempool_look(self->mempool, &self->node, arena, ret_outputs, ret_count));
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_mempool_has(&self->node, arena, &txid, ret_has));
}

/* ---- coins */

static struct result find_coin(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                               struct chain_coin *ret_coin) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_coin_find(&self->node, arena, outpoint, ret_coin));
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_transaction(&self->node, arena, txid, block, ret_bytes));
}

static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    struct chain_bitcoin *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, node_fee_rate(&self->node, arena, blocks, ret_fee_rate));
}

static const struct chain_coin_ops coin_ops = {
    .find = find_coin,
    .transaction = transaction,
    .fee_rate = fee_rate,
};

/* ---- waiting */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct chain_bitcoin *self = from_chain(chain);
    node_wait(&self->node, known_tip, timeout_ms < self->poll_ms ? timeout_ms : self->poll_ms);
}

static void wake(struct chain *chain) {
    rpc_wake(from_chain(chain)->node.waiter);
}

static void stop(struct chain *chain) {
    struct chain_bitcoin *self = from_chain(chain);
    rpc_stop(self->node.calls);
    rpc_stop(self->node.waiter);
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_bitcoin *self = from_chain(chain);
    node_release(&self->node);
    mempool_free(self->mempool);
    arena_free(self->memory);
    free(self);
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = tip,
    .hash_at = hash_at,
    .block = block,
    .mempool = mempool,
    .mempool_has = mempool_has,
    .coins = &coin_ops,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

struct result chain_bitcoin_new(const struct chain_bitcoin_options *options, struct arena *arena,
                                struct chain **ret_chain) {
    BUG_IF(network_coin(options->network) == NULL);
    struct node_demand demand = {.network = options->network, .chain = options->chain};
    if (!node_demand_is_known(&demand)) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK, "there is no network \"%s\" of %s",
                            options->chain, options->network->key);
    }
    struct chain_bitcoin *self = calloc(1, sizeof(*self));
    BUG_IF(self == NULL);
    self->memory = arena_new(MEMORY_BYTES_MAX);
    self->chain = (struct chain){.ops = &ops, .network = options->network};
    self->demand = demand;
    self->demand.chain = arena_copy(self->memory, options->chain, strlen(options->chain));
    self->mempool = mempool_new();
    self->poll_ms = options->poll_ms;
    struct rpc_options node_options = {
        .http = {.url = options->url,
                 .cookie_file = options->cookie_file,
                 .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT},
        .dialect = &rpc_dialect_bitcoin,
    };
    struct result made = node_init(&self->node, &self->demand, &node_options, arena);
    if (!result_is_ok(made)) {
        close_chain(&self->chain);
        return made;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}
