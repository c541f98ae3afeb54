/* SPDX-License-Identifier: MIT */
#include "gateway_nodes.h"

#include "adapters/chain_bitcoin/chain_bitcoin.h"
#include "adapters/chain_evm/chain_evm.h"
#include "adapters/chain_quorum/chain_quorum.h"
#include "adapters/chain_tron/chain_tron.h"
#include "adapters/node_http/node_login.h"
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

/* ---- agreement */

/* The nodes of a quorum look a little later than the one who asks them, so that what they see first
 * is news. */
enum { QUORUM_POLL_LATER_MS = 1000 };

/* "http://host:port/": what may be shown of a URL. */
static struct result label_of(struct arena *arena, struct str url, const char **ret_label) {
    struct node_login login;
    struct node_url *parts = ARENA_NEW(arena, struct node_url);
    struct result read = node_login_from_url(url, &login, parts);
    node_login_wipe(&login);
    *ret_label = parts->label;
    return read;
}

static struct node_urls one_of(const struct node_urls *urls, size_t at) {
    return (struct node_urls){
        .urls = {urls->urls[at]},
        .solidity_urls = {urls->solidity_urls[at]},
        .jsonrpc_urls = {urls->jsonrpc_urls[at]},
        .count = 1,
    };
}

static struct result open_node(struct arena *arena, const struct config_chain *config,
                               const struct followed_network *followed,
                               const struct node_urls *urls, struct chain_quorum_node *ret_node) {
    TRY(label_of(arena, urls->urls[0], &ret_node->label));
    return open_adapter(arena, config, followed, urls, &ret_node->chain);
}

static struct result open_quorum(struct arena *arena, const struct config_chain *config,
                                 const struct followed_network *followed,
                                 const struct node_urls *urls, struct chain **ret_chain) {
    static_assert((int)CONFIG_URLS_MAX <= (int)CHAIN_QUORUM_NODES_MAX, "a place for each url");
    struct config_chain of_node = *config;
    of_node.poll_ms += QUORUM_POLL_LATER_MS;
    struct chain_quorum_node nodes[CONFIG_URLS_MAX] = {0};
    for (size_t i = 0; i < urls->count; i++) {
        struct node_urls one = one_of(urls, i);
        struct result opened = open_node(arena, &of_node, followed, &one, &nodes[i]);
        for (size_t j = 0; !result_is_ok(opened) && j < i; j++) {
            nodes[j].chain->ops->close(nodes[j].chain);
        }
        TRY(opened);
    }
    const struct chain_quorum_options options = {
        .nodes = nodes, .node_count = urls->count, .quorum = (size_t)config->quorum};
    *ret_chain = chain_quorum_new(&options);
    return RESULT_OK;
}

struct result gateway_nodes_open(struct arena *arena, const struct config_chain *config,
                                 const struct followed_network *followed,
                                 struct chain **ret_chain) {
    struct node_urls urls = {.count = 0};
    urls.count = split_urls(config->url, urls.urls);
    (void)split_urls(config->solidity_url, urls.solidity_urls);
    (void)split_urls(config->jsonrpc_url, urls.jsonrpc_urls);
    struct result opened = config->quorum > 1
                               ? open_quorum(arena, config, followed, &urls, ret_chain)
                               : open_adapter(arena, config, followed, &urls, ret_chain);
    if (!result_is_ok(opened)) {
        return result_failf(arena, opened.code, "[chain %s] %s", config->key, result_text(opened));
    }
    return RESULT_OK;
}

struct result gateway_nodes_open_operators(struct arena *arena, const struct config_chain *config,
                                           const struct followed_network *followed,
                                           struct chain **ret_chain) {
    struct config_chain asked = *config;
    if (followed->network->kind != CHAIN_BITCOIN) {
        asked.quorum = 1;
    }
    return gateway_nodes_open(arena, &asked, followed, ret_chain);
}
