/* SPDX-License-Identifier: MIT */
#include "app/networks.h"

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
