/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_CHAIN_EVM_H
#define TILL_ADAPTERS_CHAIN_EVM_CHAIN_EVM_H

/* Ethereum and the networks that speak its JSON-RPC, over one node behind ports/chain.h. Which of
 * them, and which tokens count there, is the caller's word: a chain id and contracts. */

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

struct arena;
struct chain;
struct network;
struct token_list;

struct chain_evm_options {
    const struct network *network;
    const char *chain; /* what identify names it: "main", "regtest" */
    uint64_t chain_id;
    struct str url;     /* http://user:password@host:port/path */
    const char *header; /* sent with each request: a provider's key; NULL or "": none */
    const struct token_list *tokens; /* copied */
    bool trusts_node;    /* where a block cannot be held against its hash, as evm_proof.h has it */
    uint32_t poll_ms;    /* how often to look for a new block */
    uint32_t timeout_ms; /* of one call; 0: 30 s */
};

/* Connects nowhere yet. ERR_URL_INVALID. The detail lives in `arena`. Owned by the caller, closed
 * by its own close. */
struct result chain_evm_new(const struct chain_evm_options *options, struct arena *arena,
                            struct chain **ret_chain);

#endif
