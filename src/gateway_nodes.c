/* SPDX-License-Identifier: MIT */
#include "gateway_nodes.h"

#include "adapters/chain_bitcoin/chain_bitcoin.h"
#include "adapters/chain_evm/chain_evm.h"
#include "adapters/chain_failover/chain_failover.h"
#include "adapters/chain_quorum/chain_quorum.h"
#include "adapters/chain_tron/chain_tron.h"
#include "adapters/node_http/node_login.h"
#include "app/networks.h"
#include "base/arena.h"
#include "config.h"
#include "core/error.h"
#include "ports/chain.h"

/* Where one node is; all but the url may be empty. */
struct node_place {
    struct str url;
    const char *cookie_file;
    struct str solidity_url;
    struct str jsonrpc_url;
};

static size_t split(const char *text, struct str words[CONFIG_URLS_MAX]) {
    size_t count = 0;
    struct str rest = str_from_c(text);
    struct str word;
    while (rest.len > 0 && count < CONFIG_URLS_MAX && str_split_next(&rest, ' ', &word)) {
        if (word.len > 0) {
            words[count++] = word;
        }
    }
    return count;
}

/* A cookie for each node, or one for all, whose name may have spaces if there is one node. */
static const char *cookie_of(struct arena *arena, const struct config_chain *config, size_t count,
                             size_t at) {
    struct str cookies[CONFIG_URLS_MAX];
    bool has_each = count > 1 && split(config->cookie_file, cookies) == count;
    return has_each ? str_to_c(arena, cookies[at]) : config->cookie_file;
}

/* The nodes of one section. */
static size_t read_nodes(struct arena *arena, const struct config_chain *config,
                         struct node_place ret_nodes[CONFIG_URLS_MAX]) {
    struct str urls[CONFIG_URLS_MAX];
    struct str solidity_urls[CONFIG_URLS_MAX] = {0};
    struct str jsonrpc_urls[CONFIG_URLS_MAX] = {0};
    size_t count = split(config->url, urls);
    (void)split(config->solidity_url, solidity_urls);
    (void)split(config->jsonrpc_url, jsonrpc_urls);
    for (size_t i = 0; i < count; i++) {
        ret_nodes[i] = (struct node_place){.url = urls[i],
                                           .cookie_file = cookie_of(arena, config, count, i),
                                           .solidity_url = solidity_urls[i],
                                           .jsonrpc_url = jsonrpc_urls[i]};
    }
    return count;
}

/* ---- one node */

static struct result open_bitcoin(struct arena *arena, const struct config_chain *config,
                                  const struct followed_network *followed,
                                  const struct node_place *place, struct chain **ret_chain) {
    struct chain_bitcoin_options options = {.network = followed->network,
                                            .chain = followed->chain_name,
                                            .url = place->url,
                                            .cookie_file = place->cookie_file,
                                            .poll_ms = (uint32_t)config->poll_ms};
    return chain_bitcoin_new(&options, arena, ret_chain);
}

static struct result open_evm(struct arena *arena, const struct config_chain *config,
                              const struct followed_network *followed,
                              const struct node_place *place, struct chain **ret_chain) {
    struct chain_evm_options options = {.network = followed->network,
                                        .chain = followed->chain_name,
                                        .chain_id = followed->chain_id,
                                        .url = place->url,
                                        .tokens = &followed->tokens,
                                        .trusts_node = config->trust_node,
                                        .poll_ms = (uint32_t)config->poll_ms};
    return chain_evm_new(&options, arena, ret_chain);
}

static struct result open_tron(struct arena *arena, const struct config_chain *config,
                               const struct followed_network *followed,
                               const struct node_place *place, struct chain **ret_chain) {
    struct chain_tron_options options = {.network = followed->network,
                                         .chain = followed->chain_name,
                                         .chain_id = followed->chain_id,
                                         .url = place->url,
                                         .solidity_url = place->solidity_url,
                                         .jsonrpc_url = place->jsonrpc_url,
                                         .api_key = config->api_key,
                                         .tokens = &followed->tokens,
                                         .poll_ms = (uint32_t)config->poll_ms};
    return chain_tron_new(&options, arena, ret_chain);
}

static struct result open_node(struct arena *arena, const struct config_chain *config,
                               const struct followed_network *followed,
                               const struct node_place *place, struct chain **ret_chain) {
    switch (followed->network->kind) {
    case CHAIN_BITCOIN:
        return open_bitcoin(arena, config, followed, place, ret_chain);
    case CHAIN_EVM:
        return open_evm(arena, config, followed, place, ret_chain);
    case CHAIN_TRON:
        return open_tron(arena, config, followed, place, ret_chain);
    case CHAIN_SANDBOX:
        break;
    }
    BUG_IF(true);
}

/* ---- several */

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

/* All of them or none. */
static struct result open_nodes(struct arena *arena, const struct config_chain *config,
                                const struct followed_network *followed,
                                const struct node_place *places, size_t count,
                                struct chain **nodes) {
    struct config_chain of_node = *config;
    of_node.poll_ms += config->quorum > 1 ? QUORUM_POLL_LATER_MS : 0;
    for (size_t i = 0; i < count; i++) {
        struct result opened = open_node(arena, &of_node, followed, &places[i], &nodes[i]);
        for (size_t j = 0; !result_is_ok(opened) && j < i; j++) {
            nodes[j]->ops->close(nodes[j]);
        }
        TRY(opened);
    }
    return RESULT_OK;
}

static struct chain *stand_in(const struct chain_quorum_node *labelled, size_t count,
                              const struct clock *clock) {
    struct chain_failover_node nodes[CONFIG_URLS_MAX];
    for (size_t i = 0; i < count; i++) {
        nodes[i] =
            (struct chain_failover_node){.chain = labelled[i].chain, .label = labelled[i].label};
    }
    const struct chain_failover_options options = {
        .nodes = nodes, .node_count = count, .clock = clock};
    return chain_failover_new(&options);
}

static struct result open_chain(struct arena *arena, const struct config_chain *config,
                                const struct followed_network *followed, const struct clock *clock,
                                struct chain **ret_chain) {
    static_assert((int)CONFIG_URLS_MAX <= (int)CHAIN_QUORUM_NODES_MAX &&
                      (int)CONFIG_URLS_MAX <= (int)CHAIN_FAILOVER_NODES_MAX,
                  "a place for each url");
    struct node_place places[CONFIG_URLS_MAX];
    struct chain *nodes[CONFIG_URLS_MAX];
    struct chain_quorum_node labelled[CONFIG_URLS_MAX];
    size_t count = read_nodes(arena, config, places);
    for (size_t i = 0; i < count; i++) {
        TRY(label_of(arena, places[i].url, &labelled[i].label));
    }
    TRY(open_nodes(arena, config, followed, places, count, nodes));
    for (size_t i = 0; i < count; i++) {
        labelled[i].chain = nodes[i];
    }
    if (config->quorum == 1) {
        *ret_chain = count == 1 ? nodes[0] : stand_in(labelled, count, clock);
        return RESULT_OK;
    }
    const struct chain_quorum_options options = {
        .nodes = labelled, .node_count = count, .quorum = (size_t)config->quorum};
    *ret_chain = chain_quorum_new(&options);
    return RESULT_OK;
}

struct result gateway_nodes_open(struct arena *arena, const struct config_chain *config,
                                 const struct followed_network *followed, const struct clock *clock,
                                 struct chain **ret_chain) {
    struct result opened = open_chain(arena, config, followed, clock, ret_chain);
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
    return gateway_nodes_open(arena, &asked, followed, NULL, ret_chain);
}
