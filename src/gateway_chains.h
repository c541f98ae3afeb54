/* SPDX-License-Identifier: MIT */
#ifndef TILL_GATEWAY_CHAINS_H
#define TILL_GATEWAY_CHAINS_H

/* The part of the wiring that concerns networks: which ones the configuration follows, their
 * adapters and watchers, and the sandbox with its wallets. */

#include "app/app.h"

struct chain;
struct chain_watcher;
struct config;
struct sandbox;
struct store;
struct ticker;

struct gateway_chains {
    struct app *app;
    struct store *store;
    struct chain *chains[NETWORK_COUNT_MAX]; /* beside app->networks.followed; NULL: closed with the
                                                sandbox */
    struct chain_watcher *watchers[NETWORK_COUNT_MAX];
    struct store_conn *readers[NETWORK_COUNT_MAX];
    uint32_t poll_ms[NETWORK_COUNT_MAX];
    struct sandbox *sandbox;
    struct store_conn *miner_reader;
    struct ticker *miner;
    uint32_t block_ms;
};

/* Fills app->networks and opens the adapters; connects nowhere. ERR_CONFIG names what cannot be
 * used. */
struct result gateway_chains_open(struct gateway_chains *chains, struct arena *arena,
                                  const struct config *config, const char *store_path);
/* The sandbox's wallets, one for each asset that has an address form. The committer must be
 * running. */
struct result gateway_chains_add_sandbox_wallets(struct gateway_chains *chains,
                                                 struct arena *arena);
struct result gateway_chains_start(struct gateway_chains *chains);
void gateway_chains_stop(struct gateway_chains *chains);
void gateway_chains_close(struct gateway_chains *chains);

#endif
