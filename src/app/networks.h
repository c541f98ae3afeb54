/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_NETWORKS_H
#define TILL_APP_NETWORKS_H

/* The networks that this instance follows and how well it sees them. The list is made at start;
 * each watcher writes the health of its own network, everyone may read it. While a network is blind
 * nothing on it becomes paid and nothing expires. */

#include <pthread.h>

#include "base/result.h"
#include "base/str.h"
#include "core/asset.h"
#include "core/confirmations.h"
#include "core/token.h"
#include "ports/chain.h"

struct rescan;

enum { NETWORK_REASON_BYTES = 400, NETWORK_WARNING_BYTES = 400 };

struct network_health {
    bool ready;     /* a block has been applied since the store was made: addresses may be issued */
    bool blind;     /* see `reason` */
    int64_t height; /* our tip */
    int64_t node_height;      /* the node's, 0 while unknown */
    int64_t proven_ms;        /* the time our tip proves */
    int64_t tip_at_ms;        /* our tip's own time */
    int64_t checked_at_ms;    /* when the node last answered */
    uint64_t unproven_blocks; /* since the start, likewise: struct chain_flaws */
    uint64_t unread_transfers;
    char node_version[64];
    char reason[NETWORK_REASON_BYTES];   /* why blind, for people */
    char warning[NETWORK_WARNING_BYTES]; /* what stands although it goes on; "" if nothing does */
};

struct followed_network {
    const struct network *network;
    const char *chain_name;   /* "main", "regtest", ...: the form of its addresses; the sandbox has
                                 regtest's */
    uint64_t chain_id;        /* EVM and Tron: of the chain that is followed; 0: none */
    struct token_list tokens; /* on that chain */
    struct confirmation_tiers confirmations;
    struct chain *operators_chain; /* for an operator's questions, one thread at a time; NULL: no */
    pthread_mutex_t lock;          /* guards what follows */
    uint32_t changed_tokens; /* bit i: tokens.tokens[i] is not what was pinned; none is taken */
    uint8_t token_faults[TOKENS_MAX]; /* enum chain_token_fault of tokens.tokens[i] */
    bool takes_rescans;               /* both by app/rescan.h only */
    struct rescan *rescan;
    struct network_health health;
};

struct networks {
    struct followed_network *followed[NETWORK_COUNT_MAX];
    size_t count;
};

/* NULL if this instance does not follow it. */
struct followed_network *networks_find(const struct networks *networks,
                                       const struct network *network);
/* The contract of a token on the chain that is followed, as people write it; NULL: a coin, or none
 * that this instance knows. */
const char *network_contract(const struct followed_network *followed, const struct asset *asset);
/* May new invoices ask for the asset there? ERR_ASSET_UNAVAILABLE, with a detail, for a token that
 * has no contract on this chain, or whose contract cannot be used or is not the pinned one. */
struct result network_takes(struct followed_network *followed, const struct asset *asset);
void network_set_changed(struct followed_network *followed, const struct asset *asset,
                         bool is_changed);
bool network_has_changed(struct followed_network *followed, const struct asset *asset);
/* What the nodes find wrong with a token, as of the last look. */
void network_set_token_fault(struct followed_network *followed, const struct asset *asset,
                             enum chain_token_fault fault);
enum chain_token_fault network_token_fault(struct followed_network *followed,
                                           const struct asset *asset);
const char *token_fault_text(enum chain_token_fault fault); /* "" if there is none */
struct network_health network_health_get(struct followed_network *followed);
void network_health_set(struct followed_network *followed, const struct network_health *health);

#endif
