/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/chain_bitcoin.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/chain_bitcoin/mempool.h"
#include "adapters/chain_bitcoin/node_coins.h"
#include "adapters/node_http/node_http.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"

enum { TIMEOUT_MS_DEFAULT = 30000, MEMORY_BYTES_MAX = 1 << 20 };

struct chain_bitcoin {
    struct chain chain;
    struct arena *memory; /* lives as long as the chain */
    struct node_demand demand;
    struct node nodes[CHAIN_BITCOIN_URLS_MAX];
    size_t node_count;
    size_t active; /* the node that answered last */
    struct mempool *mempool;
    uint32_t poll_ms;
};

static struct chain_bitcoin *from_chain(struct chain *chain) {
    return (struct chain_bitcoin *)((char *)chain - offsetof(struct chain_bitcoin, chain));
}

/* ---- asking one node, then the next */

typedef struct result (*question)(struct chain_bitcoin *self, struct node *node,
                                  struct arena *arena, void *context);

static struct result ask_node(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                              question ask, void *context) {
    struct chain_identity identity;
    if (!node->is_identified) {
        TRY(node_identify(node, arena, &identity));
        (void)rpc_took_connection(node->calls);
    }
    TRY(ask(self, node, arena, context));
    /* A new connection may lead to another node: what it said counts if it is one of ours. */
    if (rpc_took_connection(node->calls)) {
        TRY(node_identify(node, arena, &identity));
        (void)rpc_took_connection(node->calls);
    }
    return RESULT_OK;
}

static struct result ask_any(struct chain *chain, struct arena *arena, question ask,
                             void *context) {
    struct chain_bitcoin *self = from_chain(chain);
    struct result result = RESULT_OK;
    size_t first = self->active;
    for (size_t i = 0; i < self->node_count; i++) {
        size_t position = (first + i) % self->node_count;
        struct node *node = &self->nodes[position];
        result = ask_node(self, node, arena, ask, context);
        if (!node_may_be_replaced(result)) {
            self->active = position;
            return result;
        }
        node->is_identified = false;
    }
    return result;
}

/* ---- the questions */

static struct result ask_identity(struct chain_bitcoin *self, struct node *node,
                                  struct arena *arena, void *context) {
    return node_identify(node, arena, context);
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    return ask_any(chain, arena, ask_identity, ret_identity);
}

static struct result ask_tip(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                             void *context) {
    return node_tip(node, arena, context);
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    return ask_any(chain, arena, ask_tip, ret_tip);
}

struct hash_question {
    int64_t height;
    struct block_hash *ret_hash;
};

static struct result ask_hash(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                              void *context) {
    const struct hash_question *asked = context;
    return node_hash_at(node, arena, asked->height, asked->ret_hash);
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct hash_question asked = {.height = height, .ret_hash = ret_hash};
    return ask_any(chain, arena, ask_hash, &asked);
}

struct block_question {
    struct block_hash hash;
    struct chain_block *ret_block;
};

static struct result ask_block(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                               void *context) {
    const struct block_question *asked = context;
    return node_block(node, arena, asked->hash, asked->ret_block);
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct block_question asked = {.hash = hash, .ret_block = ret_block};
    return ask_any(chain, arena, ask_block, &asked);
}

struct mempool_question {
    const struct chain_output **ret_outputs;
    size_t *ret_count;
};

static struct result ask_mempool(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                                 void *context) {
    const struct mempool_question *asked = context;
    return mempool_look(self->mempool, node, arena, asked->ret_outputs, asked->ret_count);
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct mempool_question asked = {.ret_outputs = ret_outputs, .ret_count = ret_count};
    return ask_any(chain, arena, ask_mempool, &asked);
}

struct tx_question {
    struct txid txid;
    bool *ret_has;
};

static struct result ask_mempool_has(struct chain_bitcoin *self, struct node *node,
                                     struct arena *arena, void *context) {
    (void)self;
    const struct tx_question *asked = context;
    return node_mempool_has(node, arena, &asked->txid, asked->ret_has);
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct tx_question asked = {.txid = txid, .ret_has = ret_has};
    return ask_any(chain, arena, ask_mempool_has, &asked);
}

/* ---- coins */

struct coin_question {
    struct outpoint outpoint;
    struct chain_coin *ret_coin;
};

static struct result ask_coin(struct chain_bitcoin *self, struct node *node, struct arena *arena,
                              void *context) {
    (void)self;
    const struct coin_question *asked = context;
    return node_coin_find(node, arena, asked->outpoint, asked->ret_coin);
}

static struct result find_coin(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                               struct chain_coin *ret_coin) {
    struct coin_question asked = {.outpoint = outpoint, .ret_coin = ret_coin};
    return ask_any(chain, arena, ask_coin, &asked);
}

struct transaction_question {
    struct txid txid;
    struct block_hash block;
    struct bytes *ret_bytes;
};

static struct result ask_transaction(struct chain_bitcoin *self, struct node *node,
                                     struct arena *arena, void *context) {
    (void)self;
    const struct transaction_question *asked = context;
    return node_transaction(node, arena, asked->txid, asked->block, asked->ret_bytes);
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes) {
    struct transaction_question asked = {.txid = txid, .block = block, .ret_bytes = ret_bytes};
    return ask_any(chain, arena, ask_transaction, &asked);
}

struct fee_question {
    uint32_t blocks;
    uint64_t *ret_fee_rate;
};

static struct result ask_fee_rate(struct chain_bitcoin *self, struct node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    const struct fee_question *asked = context;
    return node_fee_rate(node, arena, asked->blocks, asked->ret_fee_rate);
}

static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    struct fee_question asked = {.blocks = blocks, .ret_fee_rate = ret_fee_rate};
    return ask_any(chain, arena, ask_fee_rate, &asked);
}

static const struct chain_coin_ops coin_ops = {
    .find = find_coin,
    .transaction = transaction,
    .fee_rate = fee_rate,
};

/* ---- waiting */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct chain_bitcoin *self = from_chain(chain);
    uint32_t wait_ms = timeout_ms < self->poll_ms ? timeout_ms : self->poll_ms;
    node_wait(&self->nodes[self->active], known_tip, wait_ms);
}

/* From another thread, which cannot know the active node: the others only return once too early. */
static void wake(struct chain *chain) {
    struct chain_bitcoin *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        rpc_wake(self->nodes[i].waiter);
    }
}

static void stop(struct chain *chain) {
    struct chain_bitcoin *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        rpc_stop(self->nodes[i].calls);
        rpc_stop(self->nodes[i].waiter);
    }
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_bitcoin *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        node_release(&self->nodes[i]);
    }
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

static struct result add_nodes(struct chain_bitcoin *self,
                               const struct chain_bitcoin_options *options, struct arena *arena) {
    ENSURE(options->url_count > 0 && options->url_count <= CHAIN_BITCOIN_URLS_MAX, ERR_URL_INVALID);
    for (size_t i = 0; i < options->url_count; i++) {
        struct rpc_options node_options = {
            .http = {.url = options->urls[i],
                     .cookie_file = options->cookie_file,
                     .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT},
            .dialect = &rpc_dialect_bitcoin,
        };
        TRY(node_init(&self->nodes[i], &self->demand, &node_options, arena));
        self->node_count++;
    }
    return RESULT_OK;
}

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
    struct result added = add_nodes(self, options, arena);
    if (!result_is_ok(added)) {
        close_chain(&self->chain);
        return added;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}
