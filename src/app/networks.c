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

/* 0 for what is no token of this chain. */
static uint32_t token_bit(const struct followed_network *followed, const struct asset *asset) {
    static_assert(TOKENS_MAX <= 32, "a bit for each");
    for (size_t i = 0; i < followed->tokens.count; i++) {
        if (followed->tokens.tokens[i].asset == asset) {
            return UINT32_C(1) << i;
        }
    }
    return 0;
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

struct result network_takes(struct followed_network *followed, const struct asset *asset) {
    if (followed->network == network_sandbox() || asset->kind != ASSET_TOKEN) {
        return RESULT_OK;
    }
    if (token_bit(followed, asset) == 0) {
        return (struct result){&ERR_ASSET_UNAVAILABLE,
                               "the token has no contract on this chain: name it as token.CODE in "
                               "the section of its network"};
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
