/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_CHAIN_BITCOIN_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_CHAIN_BITCOIN_H

/* Bitcoin and Litecoin behind ports/chain.h, over the JSON-RPC of one node. */

#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

struct arena;
struct chain;
struct network;

struct chain_bitcoin_options {
    const struct network *network; /* btc or ltc */
    const char *chain;             /* main, testnet4, testnet, signet, regtest */
    struct str url;                /* http://user:password@host:port */
    const char *cookie_file;       /* if the url has no login; NULL or "": none */
    uint32_t poll_ms;              /* how often to look when the node does not tell */
    uint32_t timeout_ms;           /* of one call; 0: 30 s */
};

/* Connects nowhere yet. ERR_URL_INVALID, ERR_NODE_WRONG_NETWORK if the network has no such chain.
 * The detail lives in `arena`. Owned by the caller, closed by its own close. */
struct result chain_bitcoin_new(const struct chain_bitcoin_options *options, struct arena *arena,
                                struct chain **ret_chain);

#endif
