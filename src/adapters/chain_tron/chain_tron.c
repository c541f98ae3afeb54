/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/chain_tron.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_tron/node_accounts.h"
#include "adapters/chain_tron/view.h"
#include "adapters/node_http/node_http.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"

enum {
    TIMEOUT_MS_DEFAULT = 30000,
    POLL_MS_DEFAULT = 3000,
    API_KEY_BYTES_MAX = 256,
};

struct chain_tron {
    struct chain chain;
    struct tron_demand demand;
    struct tron_view view;
    struct tron_node nodes[CHAIN_TRON_URLS_MAX];
    size_t node_count;
    size_t active; /* the node that answered last */
};

static struct chain_tron *from_chain(struct chain *chain) {
    return (struct chain_tron *)((char *)chain - offsetof(struct chain_tron, chain));
}

/* ---- asking one node, then the next */

typedef struct result (*question)(struct chain_tron *self, struct tron_node *node,
                                  struct arena *arena, void *context);

static bool needs_identity(const struct tron_node *node) {
    return !node->is_identified ||
           tron_monotonic_ms() - node->tokens_checked_at_ms >= TRON_TOKENS_CHECK_MS;
}

static struct result ask_node(struct chain_tron *self, struct tron_node *node, struct arena *arena,
                              question ask, void *context) {
    if (needs_identity(node)) {
        TRY(tron_node_identify(node, arena));
        (void)tron_node_took_connection(node);
    }
    TRY(ask(self, node, arena, context));
    /* A new connection may lead to another node: what it said counts if it is one of ours. */
    if (tron_node_took_connection(node)) {
        TRY(tron_node_identify(node, arena));
        (void)tron_node_took_connection(node);
    }
    return RESULT_OK;
}

static struct result ask_any(struct chain_tron *self, struct arena *arena, question ask,
                             void *context) {
    struct result result = RESULT_OK;
    size_t first = self->active;
    for (size_t i = 0; i < self->node_count; i++) {
        size_t position = (first + i) % self->node_count;
        struct tron_node *node = &self->nodes[position];
        result = ask_node(self, node, arena, ask, context);
        if (!node_may_be_replaced(result)) {
            if (position != self->active) {
                self->active = position;
                view_doubt_heads(&self->view);
            }
            return result;
        }
        node->is_identified = false;
    }
    return result;
}

/* ---- the questions */

static struct result ask_identity(struct chain_tron *self, struct tron_node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    tron_node_identity(node, arena, context); /* which it has just been, if that was in doubt */
    return RESULT_OK;
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    return ask_any(from_chain(chain), arena, ask_identity, ret_identity);
}

static struct result ask_tip(struct chain_tron *self, struct tron_node *node, struct arena *arena,
                             void *context) {
    return view_ask_tip(&self->view, node, arena, context);
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct chain_tron *self = from_chain(chain);
    if (view_known_tip(&self->view, ret_tip)) {
        return RESULT_OK;
    }
    return ask_any(self, arena, ask_tip, ret_tip);
}

struct hash_question {
    int64_t height;
    struct block_hash *ret_hash;
};

static struct result ask_hash(struct chain_tron *self, struct tron_node *node, struct arena *arena,
                              void *context) {
    const struct hash_question *asked = context;
    return view_ask_hash(&self->view, node, arena, asked->height, asked->ret_hash);
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct chain_tron *self = from_chain(chain);
    struct hash_question asked = {.height = height, .ret_hash = ret_hash};
    if (view_known_hash(&self->view, height, ret_hash)) {
        return RESULT_OK;
    }
    return ask_any(self, arena, ask_hash, &asked);
}

struct block_question {
    struct block_hash hash;
    struct chain_block *ret_block;
};

static struct result ask_block(struct chain_tron *self, struct tron_node *node, struct arena *arena,
                               void *context) {
    const struct block_question *asked = context;
    return view_ask_block(&self->view, node, arena, asked->hash, asked->ret_block);
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct chain_tron *self = from_chain(chain);
    struct block_question asked = {.hash = hash, .ret_block = ret_block};
    if (view_known_block(&self->view, arena, hash, ret_block)) {
        return RESULT_OK;
    }
    return ask_any(self, arena, ask_block, &asked);
}

/* Only the active node is asked: sightings are worth no change of nodes. */
static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_tron *self = from_chain(chain);
    struct tron_node *node = &self->nodes[self->active];
    *ret_outputs = NULL;
    *ret_count = 0;
    if (!node->is_identified || !view_may_look(&self->view)) {
        return RESULT_OK;
    }
    return view_look(&self->view, node, arena, ret_outputs, ret_count);
}

struct tx_question {
    struct txid txid;
    bool *ret_has;
};

static struct result ask_mempool_has(struct chain_tron *self, struct tron_node *node,
                                     struct arena *arena, void *context) {
    const struct tx_question *asked = context;
    return tron_node_has_tx(node, arena, &asked->txid, self->view.solid.height, asked->ret_has);
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct chain_tron *self = from_chain(chain);
    struct tx_question asked = {.txid = txid, .ret_has = ret_has};
    if (view_known_tx(&self->view, &txid)) {
        *ret_has = true;
        return RESULT_OK;
    }
    return ask_any(self, arena, ask_mempool_has, &asked);
}

struct balances_question {
    struct block_hash at;
    const struct script *programs;
    size_t count;
    struct amount *ret_balances;
};

/* A node tells balances of its latest solid block only: they count if that was the asked one
 * before, and still is. */
static struct result ask_balances(struct chain_tron *self, struct tron_node *node,
                                  struct arena *arena, void *context) {
    const struct balances_question *asked = context;
    const struct block_header *known = &self->view.solid;
    struct block_header head;
    if (!self->view.has_solid || !block_hash_eq(known->hash, asked->at)) {
        TRY(view_ask_tip(&self->view, node, arena, &head));
        ENSURE(block_hash_eq(head.hash, asked->at), ERR_BLOCK_UNKNOWN);
    }
    for (size_t i = 0; i < asked->count; i++) {
        TRY(tron_node_balance(node, arena, &asked->programs[i], &asked->ret_balances[i]));
    }
    TRY(tron_node_tip(node, arena, &head)); /* as it is now, not as we know it */
    ENSURE(block_hash_eq(head.hash, asked->at), ERR_BLOCK_UNKNOWN);
    return RESULT_OK;
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct balances_question asked = {
        .at = at, .programs = programs, .count = count, .ret_balances = ret_balances};
    return ask_any(from_chain(chain), arena, ask_balances, &asked);
}

/* ---- what an operator asks */

static struct result ask_fees(struct chain_tron *self, struct tron_node *node, struct arena *arena,
                              void *context) {
    (void)self;
    return tron_node_fees(node, arena, context);
}

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    return ask_any(from_chain(chain), arena, ask_fees, ret_fees);
}

struct holdings_question {
    const struct chain_holdings_wanted *wanted;
    struct chain_holding *ret_holdings;
};

static struct result ask_holdings(struct chain_tron *self, struct tron_node *node,
                                  struct arena *arena, void *context) {
    (void)self;
    const struct holdings_question *asked = context;
    return tron_node_holdings(node, arena, asked->wanted, asked->ret_holdings);
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct holdings_question asked = {.wanted = wanted, .ret_holdings = ret_holdings};
    return ask_any(from_chain(chain), arena, ask_holdings, &asked);
}

struct effort_question {
    const struct chain_move *move;
    uint64_t *ret_effort;
};

static struct result ask_effort(struct chain_tron *self, struct tron_node *node,
                                struct arena *arena, void *context) {
    (void)self;
    const struct effort_question *asked = context;
    return tron_node_effort(node, arena, asked->move, asked->ret_effort);
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct effort_question asked = {.move = move, .ret_effort = ret_effort};
    return ask_any(from_chain(chain), arena, ask_effort, &asked);
}

static const struct chain_account_ops account_ops = {
    .fees = fees, .holdings = holdings, .effort = effort};

/* ---- waiting */

/* Until the solid head may be asked for again. The first node's connection sleeps for all. */
static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    (void)known_tip;
    struct chain_tron *self = from_chain(chain);
    int64_t due_ms = self->view.solid_asked_at_ms + self->view.pace_ms - tron_monotonic_ms();
    uint32_t wait_ms = due_ms > 0 && due_ms < timeout_ms ? (uint32_t)due_ms : timeout_ms;
    (void)rpc_wait(self->nodes[0].rpc, wait_ms);
}

static void wake(struct chain *chain) {
    rpc_wake(from_chain(chain)->nodes[0].rpc);
}

static void stop(struct chain *chain) {
    struct chain_tron *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        tron_node_stop(&self->nodes[i]);
    }
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_tron *self = from_chain(chain);
    for (size_t i = 0; i < self->node_count; i++) {
        tron_node_release(&self->nodes[i]);
    }
    view_release(&self->view);
    free(self);
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = tip,
    .hash_at = hash_at,
    .block = block,
    .mempool = mempool,
    .mempool_has = mempool_has,
    .balances = balances,
    .accounts = &account_ops,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

static struct str entry_of(const struct str *list, size_t at) {
    return list == NULL ? STR("") : list[at];
}

static struct result add_nodes(struct chain_tron *self, const struct chain_tron_options *options,
                               const char *header, struct arena *arena) {
    ENSURE(options->url_count > 0 && options->url_count <= CHAIN_TRON_URLS_MAX, ERR_URL_INVALID);
    for (size_t i = 0; i < options->url_count; i++) {
        struct tron_node_options node_options = {
            .url = options->urls[i],
            .solidity_url = entry_of(options->solidity_urls, i),
            .jsonrpc_url = entry_of(options->jsonrpc_urls, i),
            .header = header,
            .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT,
        };
        TRY(tron_node_init(&self->nodes[i], &self->demand, &node_options, arena));
        self->node_count++;
    }
    return RESULT_OK;
}

/* The key is copied into the connections, which wipe it. */
static struct result add_nodes_with_key(struct chain_tron *self,
                                        const struct chain_tron_options *options,
                                        struct arena *arena) {
    if (options->api_key == NULL || options->api_key[0] == '\0') {
        return add_nodes(self, options, NULL, arena);
    }
    char header[API_KEY_BYTES_MAX];
    int len = snprintf(header, sizeof header, "TRON-PRO-API-KEY: %s", options->api_key);
    bool is_plain = len > 0 && (size_t)len < sizeof header;
    for (const char *c = options->api_key; *c != '\0'; c++) {
        is_plain = is_plain && *c > ' ' && *c <= '~';
    }
    struct result added = {.code = &ERR_URL_INVALID,
                           .detail = "an API key has printable characters and no spaces"};
    if (is_plain) {
        added = add_nodes(self, options, header, arena);
    }
    explicit_bzero(header, sizeof header);
    return added;
}

/* Tron makes a block every three seconds: asking more often only costs requests, which providers
 * count. */
static uint32_t pace_of(const struct chain_tron_options *options) {
    uint32_t pace_ms = options->poll_ms == 0 ? POLL_MS_DEFAULT : options->poll_ms;
    bool is_counted = options->chain_id == options->network->chain_id;
    for (size_t i = 0; i < options->url_count; i++) {
        is_counted = is_counted || str_starts_with(options->urls[i], STR("https://"));
    }
    return is_counted && pace_ms < POLL_MS_DEFAULT ? POLL_MS_DEFAULT : pace_ms;
}

struct result chain_tron_new(const struct chain_tron_options *options, struct arena *arena,
                             struct chain **ret_chain) {
    struct chain_tron *self = calloc(1, sizeof *self);
    BUG_IF(self == NULL);
    self->chain = (struct chain){.ops = &ops, .network = options->network};
    self->demand = (struct tron_demand){
        .network = options->network,
        .chain = options->chain,
        .chain_id = options->chain_id,
        .rules = {.coin = network_coin(options->network), .tokens = *options->tokens},
    };
    BUG_IF(self->demand.rules.coin == NULL);
    self->view.pace_ms = pace_of(options);
    struct result made = add_nodes_with_key(self, options, arena);
    if (!result_is_ok(made)) {
        close_chain(&self->chain);
        return made;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}

struct chain_tron_counts chain_tron_counts_of(const struct chain *chain) {
    const struct chain_tron *self =
        (const struct chain_tron *)((const char *)chain - offsetof(struct chain_tron, chain));
    struct chain_tron_counts counts = {
        .blocks = self->view.blocks,
        .asked_again = self->demand.asked_again,
    };
    for (size_t i = 0; i < self->node_count; i++) {
        counts.requests += self->nodes[i].requests;
    }
    return counts;
}
