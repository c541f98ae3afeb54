/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/chain_evm.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_evm/evm_accounts.h"
#include "adapters/chain_evm/evm_ahead.h"
#include "adapters/chain_evm/evm_sightings.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "ports/chain.h"
#include "ports/chain_node.h"

enum { TIMEOUT_MS_DEFAULT = 30000, MEMORY_BYTES_MAX = 1 << 20 };

struct chain_evm {
    struct chain chain;
    struct arena *memory; /* lives as long as the chain */
    struct token_list tokens;
    struct evm_demand demand;
    struct evm_node node;
    struct evm_sightings *sightings;
    struct evm_ahead *ahead;
    uint32_t poll_ms;
};

static struct chain_evm *from_chain(struct chain *chain) {
    return (struct chain_evm *)((char *)chain - offsetof(struct chain_evm, chain));
}

/* ---- before and after a question */

/* Who the node is, on the connection that it has now. */
static struct result meet(struct chain_evm *self, struct arena *arena,
                          struct chain_identity *ret_identity) {
    TRY(evm_node_identify(&self->node, arena, ret_identity));
    (void)rpc_took_connection(self->node.rpc);
    return RESULT_OK;
}

/* A new connection may lead to another node: what it said counts if it is one of ours. */
static struct result finish(struct chain_evm *self, struct arena *arena, struct result asked) {
    struct chain_identity identity;
    if (result_is_ok(asked) && rpc_took_connection(self->node.rpc)) {
        asked = meet(self, arena, &identity);
    }
    evm_pause_note(&self->node.pause, asked);
    if (!result_is_ok(asked)) {
        evm_ahead_forget(self->ahead);
    }
    if (chain_node_may_be_replaced(asked)) {
        self->node.is_identified = false;
    }
    return asked;
}

static struct result may_ask(const struct chain_evm *self, struct arena *arena) {
    return evm_pause_is_over(&self->node.pause)
               ? RESULT_OK
               : result_failf(arena, &ERR_NODE_UNREACHABLE, "%s; it is left alone for a while",
                              self->node.pause.why);
}

static struct result begin(struct chain_evm *self, struct arena *arena) {
    TRY(may_ask(self, arena));
    if (self->node.is_identified) {
        return RESULT_OK;
    }
    struct chain_identity identity;
    struct result met = meet(self, arena, &identity);
    return result_is_ok(met) ? met : finish(self, arena, met);
}

/* ---- the questions */

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct chain_evm *self = from_chain(chain);
    TRY(may_ask(self, arena));
    return finish(self, arena, meet(self, arena, ret_identity));
}

static struct result ask_tip(struct chain_evm *self, struct arena *arena,
                             struct block_header *ret_tip) {
    TRY(evm_node_tip(&self->node, arena, ret_tip));
    evm_ahead_set_tip(self->ahead, ret_tip);
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct chain_evm *self = from_chain(chain);
    if (evm_ahead_tip(self->ahead, ret_tip)) {
        return RESULT_OK;
    }
    TRY(begin(self, arena));
    return finish(self, arena, ask_tip(self, arena, ret_tip));
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    bool is_ahead = evm_ahead_hash_at(self->ahead, &self->node, height, ret_hash);
    return finish(self, arena,
                  is_ahead ? RESULT_OK : evm_node_hash_at(&self->node, arena, height, ret_hash));
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    bool is_ahead = evm_ahead_block(self->ahead, arena, hash, ret_block);
    return finish(self, arena,
                  is_ahead ? RESULT_OK : evm_fetch_block(&self->node, arena, hash, ret_block));
}

static struct result look(struct chain_evm *self, struct arena *arena,
                          const struct chain_output **ret_outputs, size_t *ret_count) {
    struct evm_pending pending;
    TRY(evm_node_pending(&self->node, arena, &pending));
    *ret_outputs = NULL;
    *ret_count = 0;
    if (pending.is_told) {
        evm_sightings_look(self->sightings, arena, self->demand.assets.coin, pending.txs,
                           pending.count, ret_outputs, ret_count);
    }
    return RESULT_OK;
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, look(self, arena, ret_outputs, ret_count));
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, evm_node_mempool_has(&self->node, arena, txid, ret_has));
}

static struct result finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    struct result asked = evm_node_finality(&self->node, arena, ret_finality);
    /* What a node does not know is no reason to doubt who it is, nor what it has said. */
    return self->node.has_no_tags ? asked : finish(self, arena, asked);
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct chain_evm *self = from_chain(chain);
    struct evm_balance_question question = {.at = at, .programs = programs, .count = count};
    TRY(begin(self, arena));
    return finish(self, arena, evm_node_balances(&self->node, arena, &question, ret_balances));
}

/* ---- what an operator asks */

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, evm_node_fees(&self->node, arena, ret_fees));
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, evm_node_holdings(&self->node, arena, wanted, ret_holdings));
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct chain_evm *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, evm_node_effort(&self->node, arena, move, ret_effort));
}

static const struct chain_account_ops account_ops = {
    .fees = fees, .holdings = holdings, .effort = effort};

/* ---- what is not proved */

static const char *believed(struct chain *chain) {
    return atomic_load(&from_chain(chain)->node.believed);
}

/* ---- waiting */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    (void)known_tip;
    struct chain_evm *self = from_chain(chain);
    evm_node_wait(&self->node, timeout_ms < self->poll_ms ? timeout_ms : self->poll_ms);
}

static void wake(struct chain *chain) {
    rpc_wake(from_chain(chain)->node.rpc);
}

static void stop(struct chain *chain) {
    rpc_stop(from_chain(chain)->node.rpc);
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_evm *self = from_chain(chain);
    evm_node_release(&self->node);
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
        .trust = options->trusts_node ? EVM_TRUST_NODE : EVM_TRUST_NOTHING,
        .assets = {.coin = coin, .tokens = &self->tokens},
    };
    self->sightings = evm_sightings_new();
    self->ahead = evm_ahead_new();
    self->poll_ms = options->poll_ms;
    struct rpc_options node_options = {
        .http = {.url = options->url,
                 .header = options->header,
                 .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT},
        .dialect = &rpc_dialect_evm,
    };
    struct result made = evm_node_init(&self->node, &self->demand, &node_options, arena);
    if (!result_is_ok(made)) {
        close_chain(&self->chain);
        return made;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}
