/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/chain_evm.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_evm/evm_accounts.h"
#include "adapters/chain_evm/evm_ahead.h"
#include "adapters/chain_evm/evm_sightings.h"
#include "adapters/node_http/node_http.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "ports/chain.h"

enum { TIMEOUT_MS_DEFAULT = 30000, MEMORY_BYTES_MAX = 1 << 20 };

struct chain_evm {
    struct chain chain;
    struct arena *memory; /* lives as long as the chain */
    struct token_list tokens;
    struct evm_demand demand;
    struct evm_node nodes[CHAIN_EVM_URLS_MAX];
    size_t node_count;
    size_t active; /* the node that answered last */
    struct evm_sightings *sightings;
    struct evm_ahead *ahead; /* of the active node */
    uint32_t poll_ms;
};

static struct chain_evm *from_chain(struct chain *chain) {
    return (struct chain_evm *)((char *)chain - offsetof(struct chain_evm, chain));
}

/* ---- asking one node, then the next */

typedef struct result (*question)(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context);

static struct result ask_node(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                              question ask, void *context) {
    struct chain_identity identity;
    if (!node->is_identified) {
        TRY(evm_node_identify(node, arena, &identity));
        (void)rpc_took_connection(node->rpc);
    }
    TRY(ask(self, node, arena, context));
    /* A new connection may lead to another node: what it said counts if it is one of ours. */
    if (rpc_took_connection(node->rpc)) {
        TRY(evm_node_identify(node, arena, &identity));
        (void)rpc_took_connection(node->rpc);
    }
    return RESULT_OK;
}

static struct result ask_finality(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context);

static struct result ask_any(struct chain *chain, struct arena *arena, question ask,
                             void *context) {
    struct chain_evm *self = from_chain(chain);
    struct result result = RESULT_OK;
    size_t first = self->active;
    for (size_t i = 0; i < self->node_count; i++) {
        size_t position = (first + i) % self->node_count;
        struct evm_node *node = &self->nodes[position];
        if (!evm_pause_is_over(&node->pause)) {
            result = result_failf(arena, &ERR_NODE_UNREACHABLE,
                                  "the node at %s could not be asked and is left alone for a while",
                                  rpc_label(node->rpc));
            continue;
        }
        result = ask_node(self, node, arena, ask, context);
        evm_pause_note(&node->pause, result);
        bool lacks_tags = ask == ask_finality && node->has_no_tags;
        if (!result_is_ok(result) && !lacks_tags) {
            evm_ahead_forget(self->ahead);
        }
        if (!node_may_be_replaced(result)) {
            self->active = position;
            return result;
        }
        /* What a node does not know is no reason to doubt who it is. */
        node->is_identified = lacks_tags;
    }
    return result;
}

/* ---- the questions */

static struct result ask_identity(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context) {
    return evm_node_identify(node, arena, context);
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    return ask_any(chain, arena, ask_identity, ret_identity);
}

static struct result ask_tip(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                             void *context) {
    struct block_header *ret_tip = context;
    TRY(evm_node_tip(node, arena, ret_tip));
    evm_ahead_set_tip(self->ahead, ret_tip);
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    if (evm_ahead_tip(from_chain(chain)->ahead, ret_tip)) {
        return RESULT_OK;
    }
    return ask_any(chain, arena, ask_tip, ret_tip);
}

struct hash_question {
    int64_t height;
    struct block_hash *ret_hash;
};

static struct result ask_hash(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                              void *context) {
    const struct hash_question *asked = context;
    if (evm_ahead_hash_at(self->ahead, node, asked->height, asked->ret_hash)) {
        return RESULT_OK;
    }
    return evm_node_hash_at(node, arena, asked->height, asked->ret_hash);
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

static struct result ask_block(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                               void *context) {
    const struct block_question *asked = context;
    if (evm_ahead_block(self->ahead, arena, asked->hash, asked->ret_block)) {
        return RESULT_OK;
    }
    return evm_fetch_block(node, arena, asked->hash, asked->ret_block);
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

static struct result ask_mempool(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                                 void *context) {
    const struct mempool_question *asked = context;
    struct evm_pending pending;
    TRY(evm_node_pending(node, arena, &pending));
    *asked->ret_outputs = NULL;
    *asked->ret_count = 0;
    if (pending.is_told) {
        evm_sightings_look(self->sightings, arena, self->demand.assets.coin, pending.txs,
                           pending.count, asked->ret_outputs, asked->ret_count);
    }
    return RESULT_OK;
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

static struct result ask_mempool_has(struct chain_evm *self, struct evm_node *node,
                                     struct arena *arena, void *context) {
    (void)self;
    const struct tx_question *asked = context;
    return evm_node_mempool_has(node, arena, asked->txid, asked->ret_has);
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct tx_question asked = {.txid = txid, .ret_has = ret_has};
    return ask_any(chain, arena, ask_mempool_has, &asked);
}

static struct result ask_finality(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    return evm_node_finality(node, arena, context);
}

static struct result finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality) {
    return ask_any(chain, arena, ask_finality, ret_finality);
}

struct balance_question {
    struct evm_balance_question asked;
    struct amount *ret_balances;
};

static struct result ask_balances(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    const struct balance_question *given = context;
    return evm_node_balances(node, arena, &given->asked, given->ret_balances);
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct balance_question given = {
        .asked = {.at = at, .programs = programs, .count = count},
        .ret_balances = ret_balances,
    };
    return ask_any(chain, arena, ask_balances, &given);
}

/* ---- what an operator asks */

static struct result ask_fees(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                              void *context) {
    (void)self;
    return evm_node_fees(node, arena, context);
}

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    return ask_any(chain, arena, ask_fees, ret_fees);
}

struct holdings_question {
    const struct chain_holdings_wanted *wanted;
    struct chain_holding *ret_holdings;
};

static struct result ask_holdings(struct chain_evm *self, struct evm_node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    const struct holdings_question *asked = context;
    return evm_node_holdings(node, arena, asked->wanted, asked->ret_holdings);
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct holdings_question asked = {.wanted = wanted, .ret_holdings = ret_holdings};
    return ask_any(chain, arena, ask_holdings, &asked);
}

struct effort_question {
    const struct chain_move *move;
    uint64_t *ret_effort;
};

static struct result ask_effort(struct chain_evm *self, struct evm_node *node, struct arena *arena,
                                void *context) {
    (void)self;
    const struct effort_question *asked = context;
    return evm_node_effort(node, arena, asked->move, asked->ret_effort);
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct effort_question asked = {.move = move, .ret_effort = ret_effort};
    return ask_any(chain, arena, ask_effort, &asked);
}

static const struct chain_account_ops account_ops = {
    .fees = fees, .holdings = holdings, .effort = effort};

/* ---- what is not proved */

static const char *believed(struct chain *chain) {
    struct chain_evm *self = from_chain(chain);
    const char *text = NULL;
    for (size_t i = 0; i < self->node_count && text == NULL; i++) {
        text = atomic_load(&self->nodes[i].believed);
    }
    return text;
}

/* ---- waiting */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    (void)known_tip;
    struct chain_evm *self = from_chain(chain);
    uint32_t wait_ms = timeout_ms < self->poll_ms ? timeout_ms : self->poll_ms;
    evm_node_wait(&self->nodes[self->active], wait_ms);
}

/* From another thread, which cannot know the active node: the others only return once too early. */
static void wake(struct chain *chain) {
    struct chain_evm *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        rpc_wake(self->nodes[i].rpc);
    }
}

static void stop(struct chain *chain) {
    struct chain_evm *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        rpc_stop(self->nodes[i].rpc);
    }
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_evm *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        evm_node_release(&self->nodes[i]);
    }
    evm_sightings_free(self->sightings);
    evm_ahead_free(self->ahead);
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
    .finality = finality,
    .balances = balances,
    .accounts = &account_ops,
    .believed = believed,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

static struct result add_nodes(struct chain_evm *self, const struct chain_evm_options *options,
                               struct arena *arena) {
    ENSURE(options->url_count > 0 && options->url_count <= CHAIN_EVM_URLS_MAX, ERR_URL_INVALID);
    for (size_t i = 0; i < options->url_count; i++) {
        struct rpc_options node_options = {
            .http = {.url = options->urls[i],
                     .header = options->header,
                     .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT},
            .dialect = &rpc_dialect_evm,
        };
        TRY(evm_node_init(&self->nodes[i], &self->demand, &node_options, arena));
        self->node_count++;
    }
    return RESULT_OK;
}

struct result chain_evm_new(const struct chain_evm_options *options, struct arena *arena,
                            struct chain **ret_chain) {
    const struct asset *coin = network_coin(options->network);
    BUG_IF(coin == NULL);
    struct chain_evm *self = calloc(1, sizeof(*self));
    BUG_IF(self == NULL);
    self->memory = arena_new(MEMORY_BYTES_MAX);
    self->chain = (struct chain){.ops = &ops, .network = options->network};
    self->tokens = *options->tokens;
    self->demand = (struct evm_demand){
        .network = options->network,
        .chain = arena_copy(self->memory, options->chain, strlen(options->chain)),
        .chain_id = options->chain_id,
        .trust = options->trusts_nodes ? EVM_TRUST_NODE : EVM_TRUST_NOTHING,
        .assets = {.coin = coin, .tokens = &self->tokens},
    };
    self->sightings = evm_sightings_new();
    self->ahead = evm_ahead_new();
    self->poll_ms = options->poll_ms;
    struct result added = add_nodes(self, options, arena);
    if (!result_is_ok(added)) {
        close_chain(&self->chain);
        return added;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}
