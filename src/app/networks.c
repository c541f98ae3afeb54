/* SPDX-License-Identifier: MIT */
#include "app/networks.h"

#include "core/error.h"

struct followed_network *networks_find(const struct networks *networks,
                                       const struct network *network) {
    for (size_t i = 0; i < networks->count; i++) {
        if (networks->followed[i]->network == network) {
            return networks->followed[i];
        }
    }
    return NULL;
}

const char *network_contract(const struct followed_network *followed, const struct asset *asset) {
    const struct token *token = token_by_asset(&followed->tokens, asset);
    return token == NULL ? NULL : token->text.text;
}

/* TOKENS_MAX for what is no token of this chain. */
static size_t token_at(const struct followed_network *followed, const struct asset *asset) {
    for (size_t i = 0; i < followed->tokens.count; i++) {
        if (followed->tokens.tokens[i].asset == asset) {
            return i;
        }
    }
    return TOKENS_MAX;
}

/* 0 for what is no token of this chain. */
static uint32_t token_bit(const struct followed_network *followed, const struct asset *asset) {
    static_assert(TOKENS_MAX < 32, "a bit for each");
    size_t at = token_at(followed, asset);
    return at == TOKENS_MAX ? 0 : UINT32_C(1) << at;
}

void network_set_changed(struct followed_network *followed, const struct asset *asset,
                         bool is_changed) {
    uint32_t bit = token_bit(followed, asset);
    (void)pthread_mutex_lock(&followed->lock);
    followed->changed_tokens =
        is_changed ? followed->changed_tokens | bit : followed->changed_tokens & ~bit;
    (void)pthread_mutex_unlock(&followed->lock);
}

bool network_has_changed(struct followed_network *followed, const struct asset *asset) {
    (void)pthread_mutex_lock(&followed->lock);
    bool is_changed = (followed->changed_tokens & token_bit(followed, asset)) != 0;
    (void)pthread_mutex_unlock(&followed->lock);
    return is_changed;
}

void network_set_token_fault(struct followed_network *followed, const struct asset *asset,
                             enum chain_token_fault fault) {
    size_t at = token_at(followed, asset);
    if (at < TOKENS_MAX) {
        (void)pthread_mutex_lock(&followed->lock);
        followed->token_faults[at] = (uint8_t)fault;
        (void)pthread_mutex_unlock(&followed->lock);
    }
}

enum chain_token_fault network_token_fault(struct followed_network *followed,
                                           const struct asset *asset) {
    size_t at = token_at(followed, asset);
    if (at == TOKENS_MAX) {
        return CHAIN_TOKEN_FINE;
    }
    (void)pthread_mutex_lock(&followed->lock);
    enum chain_token_fault fault = (enum chain_token_fault)followed->token_faults[at];
    (void)pthread_mutex_unlock(&followed->lock);
    return fault;
}

const char *token_fault_text(enum chain_token_fault fault) {
    switch (fault) {
    case CHAIN_TOKEN_FINE:
        return "";
    case CHAIN_TOKEN_MISSING:
        return "the node knows no contract at the token's address";
    case CHAIN_TOKEN_SILENT:
        return "the token's contract does not tell its decimals";
    case CHAIN_TOKEN_MISCOUNTS:
        return "the token's contract has other decimals than the token should";
    }
    return "";
}

struct result network_takes(struct followed_network *followed, const struct asset *asset) {
    if (followed->network == network_sandbox() || asset->kind != ASSET_TOKEN) {
        return RESULT_OK;
    }
    if (token_bit(followed, asset) == 0) {
        return (struct result){&ERR_ASSET_UNAVAILABLE,
                               "the token has no contract on this chain: name it as token.CODE in "
                               "the section of its network"};
    }
    enum chain_token_fault fault = network_token_fault(followed, asset);
    if (fault != CHAIN_TOKEN_FINE) {
        return (struct result){&ERR_ASSET_UNAVAILABLE, token_fault_text(fault)};
    }
    if (network_has_changed(followed, asset)) {
        return (struct result){
            &ERR_ASSET_UNAVAILABLE,
            "the token's contract has changed: till chain accept-token takes it"};
    }
    return RESULT_OK;
}

struct network_health network_health_get(struct followed_network *followed) {
    (void)pthread_mutex_lock(&followed->lock);
    struct network_health health = followed->health;
    (void)pthread_mutex_unlock(&followed->lock);
    return health;
}

void network_health_set(struct followed_network *followed, const struct network_health *health) {
    (void)pthread_mutex_lock(&followed->lock);
    followed->health = *health;
    (void)pthread_mutex_unlock(&followed->lock);
}
