/* SPDX-License-Identifier: MIT */
#include "config_chain.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "config.h"
#include "config_value.h"
#include "core/asset.h"
#include "core/chain_params.h"
#include "core/confirmations.h"

/* Which kinds take a key. */
enum {
    BITCOIN = 1u << CHAIN_BITCOIN,
    EVM = 1u << CHAIN_EVM,
    TRON = 1u << CHAIN_TRON,
    EVERY = BITCOIN | EVM | TRON,
};

#define IN_CHAIN(member) offsetof(struct config_chain, member)

static const struct chain_key {
    struct config_key key;
    unsigned kinds;
} keys[] = {
    {{"kind", VALUE_TEXT, IN_CHAIN(kind), 0, 0}, EVERY},
    {{"url", VALUE_TEXT, IN_CHAIN(url), 0, 0}, EVERY},
    {{"confirmations", VALUE_TEXT, IN_CHAIN(confirmations), 0, 0}, EVERY},
    {{"poll_ms", VALUE_NUMBER, IN_CHAIN(poll_ms), 50, 600000}, EVERY},
    {{"quorum", VALUE_NUMBER, IN_CHAIN(quorum), 1, CONFIG_URLS_MAX}, EVERY},
    {{"cookie_file", VALUE_TEXT, IN_CHAIN(cookie_file), 0, 0}, BITCOIN},
    {{"network", VALUE_TEXT, IN_CHAIN(network), 0, 0}, BITCOIN},
    {{"chain_id", VALUE_NUMBER, IN_CHAIN(chain_id), 1, INT64_MAX}, EVM | TRON},
    {{"trust_node", VALUE_SWITCH, IN_CHAIN(trust_node), 0, 0}, EVM},
    {{"solidity_url", VALUE_TEXT, IN_CHAIN(solidity_url), 0, 0}, TRON},
    {{"jsonrpc_url", VALUE_TEXT, IN_CHAIN(jsonrpc_url), 0, 0}, TRON},
    {{"api_key", VALUE_TEXT, IN_CHAIN(api_key), 0, 0}, TRON},
};

static const char *kind_name(enum chain_kind kind) {
    switch (kind) {
    case CHAIN_BITCOIN:
        return "bitcoin";
    case CHAIN_EVM:
        return "evm";
    case CHAIN_TRON:
        return "tron";
    case CHAIN_SANDBOX:
        break;
    }
    return "sandbox";
}

static const char *chain_names(struct arena *arena) {
    const char *names = "";
    for (const struct network *const *at = network_list(); *at != NULL; at++) {
        if (*at != network_sandbox()) {
            names = arena_printf(arena, "%s %s", names, (*at)->key);
        }
    }
    return names;
}

static struct config_chain *chain_of(struct config *config, struct config_problem *problem,
                                     const char *name) {
    for (size_t i = 0; i < config->chain_count; i++) {
        if (strcmp(config->chains[i].key, name) == 0) {
            return &config->chains[i];
        }
    }
    const struct network *network = network_by_key(str_from_c(name));
    if (network == NULL || network == network_sandbox() ||
        config->chain_count == CONFIG_CHAINS_MAX) {
        (void)config_refuse(problem, "unknown chain \"%s\"; there are%s", name,
                            chain_names(problem->arena));
        return NULL;
    }
    struct config_chain *chain = &config->chains[config->chain_count++];
    *chain = (struct config_chain){
        .line = problem->line,
        .key = network->key,
        .kind = kind_name(network->kind),
        .url = "",
        .cookie_file = "",
        .network = "main",
        .confirmations = "",
        .poll_ms = 1000,
        .quorum = 1,
        .chain_id = (int64_t)network->chain_id,
        .solidity_url = "",
        .jsonrpc_url = "",
        .api_key = "",
    };
    return chain;
}

static const struct chain_key *find_key(const char *name) {
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].key.name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

/* ---- tokens: token.USDT_ERC20, and token_usdt_erc20 from the environment */

static const char *token_code_of(struct arena *arena, const char *name) {
    static const char prefix[] = "token";
    size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) != 0 || (name[length] != '.' && name[length] != '_')) {
        return NULL;
    }
    bool from_environment = name[length] == '_';
    char *code = arena_copy(arena, name + length + 1, strlen(name + length + 1));
    for (char *c = code; from_environment && *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'z') {
            *c = (char)(*c - 'a' + 'A');
        }
    }
    return code;
}

static bool set_token(struct config_chain *chain, struct config_problem *problem, const char *code,
                      const char *text) {
    struct token token;
    struct result read = token_from_text(network_by_key(str_from_c(chain->key)), str_from_c(code),
                                         str_from_c(text), &token);
    if (result_is_ok(read)) {
        read = token_list_put(&chain->tokens, &token);
    }
    return result_is_ok(read) || config_refuse(problem, "token.%s = %s of [chain %s]: %s", code,
                                               text, chain->key, result_text(read));
}

/* ---- values that only some networks take */

bool config_confirmations_check(struct config_problem *problem, const struct network *network,
                                const char *section, const char *text) {
    if (text[0] == '\0') {
        return true;
    }
    struct confirmation_tiers tiers;
    struct result read = confirmation_tiers_from_text(str_from_c(text), &tiers);
    if (!result_is_ok(read)) {
        return config_refuse(problem, "confirmations of [%s]: %s", section, result_text(read));
    }
    return confirmation_tiers_fit(&tiers, network) ||
           config_refuse(problem,
                         "confirmations of [%s]: %s blocks are not called safe or finalized; give "
                         "a number",
                         section, network->name);
}

static const char *params_names(struct arena *arena, const char *key) {
    static const char *const all[] = {"main", "testnet4", "signet", "testnet", "regtest"};
    const char *names = "";
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (chain_params_by_name(str_from_c(key), str_from_c(all[i])) != NULL) {
            names = arena_printf(arena, "%s %s", names, all[i]);
        }
    }
    return names;
}

static bool check_value(const struct config_chain *chain, struct config_problem *problem,
                        const char *name, const char *text) {
    const struct network *network = network_by_key(str_from_c(chain->key));
    if (strcmp(name, "kind") == 0 && strcmp(text, kind_name(network->kind)) != 0) {
        return config_refuse(problem, "kind of [chain %s] is %s, not \"%s\"", chain->key,
                             kind_name(network->kind), text);
    }
    if (strcmp(name, "network") == 0 &&
        chain_params_by_name(str_from_c(chain->key), str_from_c(text)) == NULL) {
        return config_refuse(problem, "[chain %s] has no network \"%s\"; there are%s", chain->key,
                             text, params_names(problem->arena, chain->key));
    }
    if (strcmp(name, "confirmations") == 0) {
        const char *section = arena_printf(problem->arena, "chain %s", chain->key);
        return config_confirmations_check(problem, network, section, text);
    }
    return true;
}

bool config_chain_set(struct config *config, struct config_problem *problem, const char *chain_name,
                      const char *name, const char *text) {
    struct config_chain *chain = chain_of(config, problem, chain_name);
    if (chain == NULL) {
        return false;
    }
    enum chain_kind kind = network_by_key(str_from_c(chain->key))->kind;
    const char *code = token_code_of(problem->arena, name);
    if (code != NULL && kind != CHAIN_BITCOIN) {
        return set_token(chain, problem, code, text);
    }
    const struct chain_key *key = find_key(name);
    if (key == NULL || (key->kinds & (1u << kind)) == 0) {
        return config_refuse(problem, "unknown key of [chain %s], kind %s: \"%s\"", chain->key,
                             kind_name(kind), name);
    }
    return config_value_set(problem, &key->key, chain, text) &&
           check_value(chain, problem, name, text);
}

/* ---- whole sections */

static int64_t word_count_of(const char *text) {
    struct str rest = str_from_c(text);
    struct str url;
    int64_t count = 0;
    while (str_split_next(&rest, ' ', &url)) {
        count += url.len > 0 ? 1 : 0;
    }
    return count;
}

static bool check_urls(const struct config_chain *chain, struct config_problem *problem) {
    int64_t urls = word_count_of(chain->url);
    if (urls == 0) {
        return config_refuse(problem, "[chain %s] needs a url", chain->key);
    }
    if (urls > CONFIG_URLS_MAX) {
        return config_refuse(problem, "[chain %s] url names %lld nodes, and %d are the most",
                             chain->key, (long long)urls, CONFIG_URLS_MAX);
    }
    if (urls < chain->quorum) {
        return config_refuse(problem, "[chain %s] quorum = %lld, but url names %lld", chain->key,
                             (long long)chain->quorum, (long long)urls);
    }
    int64_t cookies = word_count_of(chain->cookie_file);
    if (urls > 1 && cookies > 1 && cookies != urls) {
        return config_refuse(problem,
                             "[chain %s] cookie_file names one for all nodes, or one for each url",
                             chain->key);
    }
    int64_t solidity_urls = word_count_of(chain->solidity_url);
    int64_t jsonrpc_urls = word_count_of(chain->jsonrpc_url);
    if ((solidity_urls != 0 && solidity_urls != urls) ||
        (jsonrpc_urls != 0 && jsonrpc_urls != urls)) {
        return config_refuse(
            problem, "[chain %s] solidity_url and jsonrpc_url name one for each url", chain->key);
    }
    return true;
}

static bool check_tokens(const struct config_chain *chain, struct config_problem *problem) {
    struct token_list tokens;
    token_list_init(&tokens, network_by_key(str_from_c(chain->key)), (uint64_t)chain->chain_id);
    for (size_t i = 0; i < chain->tokens.count; i++) {
        struct result put = token_list_put(&tokens, &chain->tokens.tokens[i]);
        if (!result_is_ok(put)) {
            return config_refuse(problem, "[chain %s] token.%s: %s", chain->key,
                                 chain->tokens.tokens[i].asset->code, result_text(put));
        }
    }
    return true;
}

bool config_chains_check(const struct config *config, struct config_problem *problem) {
    for (size_t i = 0; i < config->chain_count; i++) {
        const struct config_chain *chain = &config->chains[i];
        problem->line = chain->line;
        if (!check_urls(chain, problem) || !check_tokens(chain, problem)) {
            return false;
        }
    }
    return true;
}
