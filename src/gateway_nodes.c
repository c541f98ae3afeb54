/* SPDX-License-Identifier: MIT */
#include "gateway_nodes.h"

#include "adapters/chain_bitcoin/chain_bitcoin.h"
#include "adapters/chain_evm/chain_evm.h"
#include "adapters/chain_tron/chain_tron.h"
#include "app/networks.h"
#include "base/arena.h"
#include "config.h"
#include "core/error.h"
#include "ports/chain.h"

/* The places of one section's nodes; the second and third list are empty, or as long as the first.
 */
struct node_urls {
    struct str urls[CONFIG_URLS_MAX];
    struct str solidity_urls[CONFIG_URLS_MAX];
    struct str jsonrpc_urls[CONFIG_URLS_MAX];
    size_t count;
};

static size_t split_urls(const char *text, struct str urls[CONFIG_URLS_MAX]) {
    size_t count = 0;
    struct str rest = str_from_c(text);
    struct str url;
    while (rest.len > 0 && count < CONFIG_URLS_MAX && str_split_next(&rest, ' ', &url)) {
        if (url.len > 0) {
            urls[count++] = url;
        }
    }
    return count;
}

static struct result open_bitcoin(struct arena *arena, const struct config_chain *config,
                                  const struct followed_network *followed,
                                  const struct node_urls *urls, struct chain **ret_chain) {
    struct chain_bitcoin_options options = {.network = followed->network,
                                            .chain = followed->chain_name,
                                            .urls = urls->urls,
                                            .url_count = urls->count,
                                            .cookie_file = config->cookie_file,
                                            .poll_ms = (uint32_t)config->poll_ms};
    return chain_bitcoin_new(&options, arena, ret_chain);
}

static struct result open_evm(struct arena *arena, const struct config_chain *config,
                              const struct followed_network *followed, const struct node_urls *urls,
                              struct chain **ret_chain) {
    struct chain_evm_options options = {.network = followed->network,
                                        .chain = followed->chain_name,
                                        .chain_id = followed->chain_id,
                                        .urls = urls->urls,
                                        .url_count = urls->count,
                                        .tokens = &followed->tokens,
                                        .trusts_nodes = config->trust_node,
                                        .poll_ms = (uint32_t)config->poll_ms};
    return chain_evm_new(&options, arena, ret_chain);
}

static struct result open_tron(struct arena *arena, const struct config_chain *config,
                               const struct followed_network *followed,
                               const struct node_urls *urls, struct chain **ret_chain) {
    struct chain_tron_options options = {.network = followed->network,
                                         .chain = followed->chain_name,
                                         .chain_id = followed->chain_id,
                                         .urls = urls->urls,
                                         .url_count = urls->count,
                                         .solidity_urls = urls->solidity_urls,
                                         .jsonrpc_urls = urls->jsonrpc_urls,
                                         .api_key = config->api_key,
                                         .tokens = &followed->tokens,
                                         .poll_ms = (uint32_t)config->poll_ms};
    return chain_tron_new(&options, arena, ret_chain);
}

/* Over nodes that stand in for each other. */
static struct result open_adapter(struct arena *arena, const struct config_chain *config,
                                  const struct followed_network *followed,
                                  const struct node_urls *urls, struct chain **ret_chain) {
    switch (followed->network->kind) {
    case CHAIN_BITCOIN:
        return open_bitcoin(arena, config, followed, urls, ret_chain);
    case CHAIN_EVM:
        return open_evm(arena, config, followed, urls, ret_chain);
    case CHAIN_TRON:
        return open_tron(arena, config, followed, urls, ret_chain);
    case CHAIN_SANDBOX:
        break;
    }
    BUG_IF(true);
}

static struct result open_standing_in(struct arena *arena, const struct config_chain *config,
                                      const struct followed_network *followed,
                                      struct chain **ret_chain) {
    struct node_urls urls = {.count = 0};
    urls.count = split_urls(config->url, urls.urls);
    (void)split_urls(config->solidity_url, urls.solidity_urls);
    (void)split_urls(config->jsonrpc_url, urls.jsonrpc_urls);
    struct result opened = open_adapter(arena, config, followed, &urls, ret_chain);
    if (!result_is_ok(opened)) {
        return result_failf(arena, opened.code, "[chain %s] %s", config->key, result_text(opened));
    }
    return RESULT_OK;
}

struct result gateway_nodes_open(struct arena *arena, const struct config_chain *config,
                                 const struct followed_network *followed,
                                 struct chain **ret_chain) {
    if (config->quorum > 1) {
        return result_failf(arena, &ERR_CONFIG, "[chain %s] quorum: this version takes 1 only",
                            config->key);
    }
    return open_standing_in(arena, config, followed, ret_chain);
}

struct result gateway_nodes_open_operators(struct arena *arena, const struct config_chain *config,
                                           const struct followed_network *followed,
                                           struct chain **ret_chain) {
    *ret_chain = NULL;
    return followed->network->kind == CHAIN_BITCOIN
               ? open_standing_in(arena, config, followed, ret_chain)
               : RESULT_OK;
}
