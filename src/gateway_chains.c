/* SPDX-License-Identifier: MIT */
#include "gateway_chains.h"

#include <stdlib.h>

#include "adapters/chain_sandbox/chain_sandbox.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "gateway_nodes.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/sandbox.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_shop.h"
#include "sandbox_accounts.h"
#include "workers/chain_watcher.h"
#include "workers/ticker.h"

enum { SANDBOX_POLL_MS = 1000 };

/* ---- networks */

static struct followed_network *follow_new(const struct network *network, const char *chain_name) {
    struct followed_network *followed = calloc(1, sizeof *followed);
    BUG_IF(followed == NULL);
    followed->network = network;
    followed->chain_name = chain_name;
    followed->confirmations = confirmation_tiers_default(network);
    followed->health.blind = true;
    BUG_IF(pthread_mutex_init(&followed->lock, NULL) != 0);
    return followed;
}

static void follow_free(struct followed_network *followed) {
    if (followed->operators_chain != NULL) {
        followed->operators_chain->ops->close(followed->operators_chain);
    }
    (void)pthread_mutex_destroy(&followed->lock);
    free(followed);
}

/* The new one's place in the lists. */
static size_t add_network(struct gateway_chains *chains, struct followed_network *followed,
                          struct chain *chain) {
    struct networks *networks = &chains->app->networks;
    BUG_IF(networks->count == NETWORK_COUNT_MAX);
    size_t at = networks->count++;
    networks->followed[at] = followed;
    chains->chains[at] = chain;
    return at;
}

static struct result set_confirmations(struct arena *arena, struct followed_network *followed,
                                       const char *text) {
    if (text[0] == '\0') {
        return RESULT_OK;
    }
    struct result parsed = confirmation_tiers_from_text(str_from_c(text), &followed->confirmations);
    if (!result_is_ok(parsed)) {
        return result_failf(arena, &ERR_CONFIG, "[chain %s] confirmations: %s",
                            followed->network->key, result_text(parsed));
    }
    if (!confirmation_tiers_fit(&followed->confirmations, followed->network)) {
        return result_failf(arena, &ERR_CONFIG,
                            "[chain %s] confirmations: no block there is called safe or finalized",
                            followed->network->key);
    }
    return RESULT_OK;
}

/* A chain is the main one by its id, and its tokens are the built-in ones only there. */
static void follow_tokens(struct followed_network *followed, const struct config_chain *config) {
    const struct network *network = followed->network;
    followed->chain_id = (uint64_t)config->chain_id;
    followed->chain_name = followed->chain_id == network->chain_id ? "main" : "regtest";
    token_list_init(&followed->tokens, network, followed->chain_id);
    for (size_t i = 0; i < config->tokens.count; i++) {
        /* config_chains_check saw that they go together */
        BUG_IF(!result_is_ok(token_list_put(&followed->tokens, &config->tokens.tokens[i])));
    }
}

static struct result open_chain(struct gateway_chains *chains, struct arena *arena,
                                const struct config_chain *config) {
    const struct network *network = network_by_key(str_from_c(config->key));
    BUG_IF(network == NULL);
    struct followed_network *followed = follow_new(network, config->network);
    if (network->chain_id != 0) {
        follow_tokens(followed, config);
    }
    struct chain *chain = NULL;
    struct result opened = gateway_nodes_open(arena, config, followed, chains->app->clock, &chain);
    if (!result_is_ok(opened)) {
        follow_free(followed);
        return opened;
    }
    chains->poll_ms[add_network(chains, followed, chain)] = (uint32_t)config->poll_ms;
    /* A second connection: an operator neither waits for a block that is being fetched nor holds
     * one up. */
    TRY(gateway_nodes_open_operators(arena, config, followed, &followed->operators_chain));
    return set_confirmations(arena, followed, config->confirmations);
}

static struct result open_sandbox(struct gateway_chains *chains, struct arena *arena,
                                  const struct config *config, const char *store_path) {
    struct chain_sandbox_options options = {
        .network = network_sandbox(),
        .path = arena_printf(arena, "%s.sandbox", store_path),
        .clock = chains->app->clock,
        .seed = 1,
    };
    TRY(chain_sandbox_open(&options, arena, &chains->sandbox));
    chains->app->sandbox = chains->sandbox;
    chains->block_ms = (uint32_t)config->sandbox.block_ms;
    struct followed_network *followed = follow_new(network_sandbox(), "regtest");
    size_t at = add_network(chains, followed, chain_sandbox_chain(chains->sandbox));
    chains->poll_ms[at] = SANDBOX_POLL_MS;
    return set_confirmations(arena, followed, config->sandbox.confirmations);
}

struct result gateway_chains_open(struct gateway_chains *chains, struct arena *arena,
                                  const struct config *config, const char *store_path) {
    if (config->sandbox.enabled) {
        TRY(open_sandbox(chains, arena, config, store_path));
    }
    for (size_t i = 0; i < config->chain_count; i++) {
        TRY(open_chain(chains, arena, &config->chains[i]));
    }
    return RESULT_OK;
}

/* ---- the sandbox's wallets */

static struct result add_sandbox_wallet(struct gateway_chains *chains, struct arena *arena,
                                        const struct sandbox_account *from) {
    const struct asset *asset = asset_by_code(str_from_c(from->asset));
    BUG_IF(asset == NULL);
    struct wallet_add add = {0};
    const struct chain_params *params =
        chain_params_by_name(str_from_c(asset->network->key), STR("regtest"));
    TRY(account_parse(params, str_from_c(from->key), from->type, &add.account));
    add.wallet = (struct wallet_row){
        .network = network_sandbox(),
        .asset = asset,
        .descriptor = account_descriptor(arena, &add.account),
        .chain_name = STR("regtest"),
        .created_at_ms = clock_wall_ms(chains->app->clock),
    };
    wallet_mac(chains->app, &add.wallet, add.wallet.mac);
    return job_run(chains->app->queue, &wallet_add_use_case, &add, arena);
}

struct result gateway_chains_add_sandbox_wallets(struct gateway_chains *chains,
                                                 struct arena *arena) {
    if (chains->sandbox == NULL) {
        return RESULT_OK;
    }
    struct store_conn *reader;
    TRY(store_reader_open(chains->store, &reader));
    struct result added = RESULT_OK;
    for (size_t i = 0; i < sandbox_account_count; i++) {
        struct wallet_row wallet;
        const struct asset *asset = asset_by_code(str_from_c(sandbox_accounts[i].asset));
        struct result found =
            store_wallet_in_use(reader, arena, 0, network_sandbox(), asset, &wallet);
        if (found.code == &ERR_NOT_FOUND) {
            found = add_sandbox_wallet(chains, arena, &sandbox_accounts[i]);
        }
        if (!result_is_ok(found)) {
            added = found;
        }
    }
    store_reader_close(reader);
    return added;
}

/* ---- loops */

static void mine(void *context) {
    struct gateway_chains *chains = context;
    int64_t deadline_ms = 0;
    /* The first deadline that the sandbox's own tip does not prove yet. */
    struct network_health health =
        network_health_get(networks_find(&chains->app->networks, network_sandbox()));
    struct result asked =
        store_invoice_next_deadline(chains->miner_reader, health.proven_ms, &deadline_ms);
    if (result_is_ok(asked)) {
        asked = sandbox_tick(chains->sandbox, clock_wall_ms(chains->app->clock), deadline_ms);
    }
    if (!result_is_ok(asked)) {
        log_event(LOG_WARN, "sandbox_not_mined", LOG_RESULT(asked));
    }
}

static struct result start_watcher(struct gateway_chains *chains, size_t at) {
    TRY(store_reader_open(chains->store, &chains->readers[at]));
    struct chain_watcher_options options = {
        .app = chains->app,
        .chain = chains->chains[at],
        .followed = chains->app->networks.followed[at],
        .reader = chains->readers[at],
        .poll_ms = chains->poll_ms[at],
    };
    chains->watchers[at] = chain_watcher_new(&options);
    chain_watcher_start(chains->watchers[at]);
    return RESULT_OK;
}

struct result gateway_chains_start(struct gateway_chains *chains) {
    for (size_t i = 0; i < chains->app->networks.count; i++) {
        TRY(start_watcher(chains, i));
    }
    if (chains->sandbox != NULL) {
        TRY(store_reader_open(chains->store, &chains->miner_reader));
        chains->miner = ticker_start_new(mine, chains, chains->block_ms);
    }
    return RESULT_OK;
}

void gateway_chains_stop(struct gateway_chains *chains) {
    ticker_stop_free(chains->miner);
    chains->miner = NULL;
    for (size_t i = 0; i < chains->app->networks.count; i++) {
        struct chain *operators = chains->app->networks.followed[i]->operators_chain;
        if (operators != NULL) {
            operators->ops->stop(operators);
        }
        if (chains->watchers[i] != NULL) {
            chain_watcher_stop(chains->watchers[i]);
        }
    }
}

void gateway_chains_close(struct gateway_chains *chains) {
    if (chains->app == NULL) {
        return;
    }
    gateway_chains_stop(chains); /* a start that failed half way */
    struct networks *networks = &chains->app->networks;
    for (size_t i = 0; i < networks->count; i++) {
        chain_watcher_free(chains->watchers[i]);
        store_reader_close(chains->readers[i]);
        chains->chains[i]->ops->close(chains->chains[i]);
        follow_free(networks->followed[i]);
    }
    networks->count = 0;
    store_reader_close(chains->miner_reader);
    chain_sandbox_close(chains->sandbox);
}
