/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_CHAIN_TRON_H
#define TILL_ADAPTERS_CHAIN_TRON_CHAIN_TRON_H

/* Tron behind ports/chain.h, over one node: blocks, TRX and results over java-tron's HTTP API,
 * TRC-20 logs over its JSON-RPC, or over the HTTP API where the node serves none. Only solidified
 * blocks are blocks here; what stands in the head blocks above them is the mempool. docs/tron.md
 * says what rests on the node's word. */

#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

struct arena;
struct chain;
struct network;
struct token_list;

struct chain_tron_options {
    const struct network *network;
    const char *chain; /* what identify names it: "main", "regtest"; outlives the chain */
    uint64_t chain_id; /* what eth_chainId answers: the last 4 bytes of the genesis id */
    struct str url;    /* a full node's HTTP API: http://127.0.0.1:8090 */
    /* Empty: the same host, below /walletsolidity and /jsonrpc. */
    struct str solidity_url;         /* http://127.0.0.1:8091 */
    struct str jsonrpc_url;          /* whole: http://127.0.0.1:8545/jsonrpc */
    const char *api_key;             /* sent as TRON-PRO-API-KEY; NULL or "": none */
    const struct token_list *tokens; /* copied; each must be there, with the asset's decimals */
    uint32_t poll_ms;    /* how often to look for a block; on the main chain at least 3 s */
    uint32_t timeout_ms; /* of one request; 0: 30 s */
};

/* Connects nowhere yet. ERR_URL_INVALID. The detail lives in `arena`. Owned by the caller, closed
 * by its own close. */
struct result chain_tron_new(const struct chain_tron_options *options, struct arena *arena,
                             struct chain **ret_chain);

#endif
