/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/chain_tron.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_tron/node_accounts.h"
#include "adapters/chain_tron/view.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/chain_node.h"

enum {
    TIMEOUT_MS_DEFAULT = 30000,
    POLL_MS_DEFAULT = 3000,
    API_KEY_BYTES_MAX = 256,
};

struct chain_tron {
    struct chain chain;
    struct tron_demand demand;
    struct tron_view view;
    struct tron_node node;
};

static struct chain_tron *from_chain(struct chain *chain) {
    return (struct chain_tron *)((char *)chain - offsetof(struct chain_tron, chain));
}

/* ---- before and after a question */

/* Who the node is, on the connections that it has now. */
static struct result meet(struct tron_node *node, struct arena *arena) {
    TRY(tron_node_identify(node, arena));
    (void)tron_node_took_connection(node);
    return RESULT_OK;
}

static struct result begin(struct chain_tron *self, struct arena *arena) {
    struct tron_node *node = &self->node;
    bool is_known = node->is_identified &&
                    tron_monotonic_ms() - node->tokens_checked_at_ms < TRON_TOKENS_CHECK_MS;
    return is_known ? RESULT_OK : meet(node, arena);
}

/* A new connection may lead to another node: what it said counts if it is one of ours. Else the
 * view has taken in nobody knows what. */
static struct result finish(struct chain_tron *self, struct arena *arena, struct result asked) {
    struct tron_node *node = &self->node;
    if (!chain_node_may_be_replaced(asked) && tron_node_took_connection(node)) {
        struct result met = meet(node, arena);
        if (!result_is_ok(met)) {
            view_forget(&self->view);
            asked = met;
        }
    }
    if (chain_node_may_be_replaced(asked)) {
        node->is_identified = false;
    }
    return asked;
}

/* ---- the questions */

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct chain_tron *self = from_chain(chain);
    TRY(begin(self, arena));
    TRY(finish(self, arena, RESULT_OK));
    tron_node_identity(&self->node, arena, ret_identity);
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct chain_tron *self = from_chain(chain);
    if (view_known_tip(&self->view, ret_tip)) {
        return RESULT_OK;
    }
    TRY(begin(self, arena));
    return finish(self, arena, view_ask_tip(&self->view, &self->node, arena, ret_tip));
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct chain_tron *self = from_chain(chain);
    if (view_known_hash(&self->view, height, ret_hash)) {
        return RESULT_OK;
    }
    TRY(begin(self, arena));
    return finish(self, arena, view_ask_hash(&self->view, &self->node, arena, height, ret_hash));
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct chain_tron *self = from_chain(chain);
    if (view_known_block(&self->view, arena, hash, ret_block)) {
        return RESULT_OK;
    }
    TRY(begin(self, arena));
    return finish(self, arena, view_ask_block(&self->view, &self->node, arena, hash, ret_block));
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_tron *self = from_chain(chain);
    *ret_outputs = NULL;
    *ret_count = 0;
    TRY(begin(self, arena));
    if (!view_may_look(&self->view)) {
        return RESULT_OK;
    }
    return finish(self, arena, view_look(&self->view, &self->node, arena, ret_outputs, ret_count));
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct chain_tron *self = from_chain(chain);
    if (view_known_tx(&self->view, &txid)) {
        *ret_has = true;
        return RESULT_OK;
    }
    TRY(begin(self, arena));
    return finish(self, arena,
                  tron_node_has_tx(&self->node, arena, &txid, self->view.solid.height, ret_has));
}

struct balances_question {
    struct block_hash at;
    const struct script *programs;
    size_t count;
};

/* A node tells balances of its latest solid block only: they count if that was the asked one
 * before, and still is. */
static struct result ask_balances(struct chain_tron *self, struct arena *arena,
                                  const struct balances_question *asked,
                                  struct amount *ret_balances) {
    const struct block_header *known = &self->view.solid;
    struct block_header head;
    if (!self->view.has_solid || !block_hash_eq(known->hash, asked->at)) {
        TRY(view_ask_tip(&self->view, &self->node, arena, &head));
        ENSURE(block_hash_eq(head.hash, asked->at), ERR_BLOCK_UNKNOWN);
    }
    for (size_t i = 0; i < asked->count; i++) {
        TRY(tron_node_balance(&self->node, arena, &asked->programs[i], &ret_balances[i]));
    }
    TRY(tron_node_tip(&self->node, arena, &head)); /* as it is now, not as we know it */
    ENSURE(block_hash_eq(head.hash, asked->at), ERR_BLOCK_UNKNOWN);
    return RESULT_OK;
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct chain_tron *self = from_chain(chain);
    struct balances_question asked = {.at = at, .programs = programs, .count = count};
    TRY(begin(self, arena));
    return finish(self, arena, ask_balances(self, arena, &asked, ret_balances));
}

/* ---- what an operator asks */

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    struct chain_tron *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, tron_node_fees(&self->node, arena, ret_fees));
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct chain_tron *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, tron_node_holdings(&self->node, arena, wanted, ret_holdings));
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct chain_tron *self = from_chain(chain);
    TRY(begin(self, arena));
    return finish(self, arena, tron_node_effort(&self->node, arena, move, ret_effort));
}

static const struct chain_account_ops account_ops = {
    .fees = fees, .holdings = holdings, .effort = effort};

/* ---- waiting */

/* Until the solid head may be asked for again. */
static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    (void)known_tip;
    struct chain_tron *self = from_chain(chain);
    int64_t due_ms = self->view.solid_asked_at_ms + self->view.pace_ms - tron_monotonic_ms();
    uint32_t wait_ms = due_ms > 0 && due_ms < timeout_ms ? (uint32_t)due_ms : timeout_ms;
    (void)rpc_wait(self->node.rpc, wait_ms);
}

static void wake(struct chain *chain) {
    rpc_wake(from_chain(chain)->node.rpc);
}

static void stop(struct chain *chain) {
    tron_node_stop(&from_chain(chain)->node);
}

/* ---- life cycle */

static void close_chain(struct chain *chain) {
    struct chain_tron *self = from_chain(chain);
    tron_node_release(&self->node);
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

static struct result open_node(struct chain_tron *self, const struct chain_tron_options *options,
                               const char *header, struct arena *arena) {
    struct tron_node_options node_options = {
        .url = options->url,
        .solidity_url = options->solidity_url,
        .jsonrpc_url = options->jsonrpc_url,
        .header = header,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT,
    };
    return tron_node_init(&self->node, &self->demand, &node_options, arena);
}

/* The key is copied into the connections, which wipe it. */
static struct result open_node_with_key(struct chain_tron *self,
                                        const struct chain_tron_options *options,
                                        struct arena *arena) {
    if (options->api_key == NULL || options->api_key[0] == '\0') {
        return open_node(self, options, NULL, arena);
    }
    char header[API_KEY_BYTES_MAX];
    int len = snprintf(header, sizeof header, "TRON-PRO-API-KEY: %s", options->api_key);
    bool is_plain = len > 0 && (size_t)len < sizeof header;
    for (const char *c = options->api_key; *c != '\0'; c++) {
        is_plain = is_plain && *c > ' ' && *c <= '~';
    }
    struct result opened = {.code = &ERR_URL_INVALID,
                            .detail = "an API key has printable characters and no spaces"};
    if (is_plain) {
        opened = open_node(self, options, header, arena);
    }
    explicit_bzero(header, sizeof header);
    return opened;
}

/* Tron makes a block every three seconds: asking more often only costs requests, which providers
 * count. */
static uint32_t pace_of(const struct chain_tron_options *options) {
    uint32_t pace_ms = options->poll_ms == 0 ? POLL_MS_DEFAULT : options->poll_ms;
    bool is_counted = options->chain_id == options->network->chain_id ||
                      str_starts_with(options->url, STR("https://"));
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
    struct result made = open_node_with_key(self, options, arena);
    if (!result_is_ok(made)) {
        close_chain(&self->chain);
        return made;
    }
    *ret_chain = &self->chain;
    return RESULT_OK;
}
