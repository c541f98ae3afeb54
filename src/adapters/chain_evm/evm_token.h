/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TOKEN_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TOKEN_H

/* What a node is asked of a token's contract, as calls for one batch, and what its answers say of
 * the token: does it stand there, with the right decimals, with what program, and behind what
 * proxy? */

#include "adapters/chain_evm/evm_block.h"
#include "adapters/node_http/rpc.h"
#include "core/proxy_slot.h"
#include "ports/chain.h"

struct token;

enum { EVM_TOKEN_CALLS = 2 + PROXY_SLOTS };

struct evm_slot_answer {
    struct proxy_words *words;
    size_t at;
    int64_t error;
};

struct evm_token_answer {
    struct arena *arena;
    struct bytes decimals;
    int64_t decimals_error;
    struct bytes code;
    struct proxy_words words;
    struct evm_slot_answer slots[PROXY_SLOTS];
};

/* `ret_answer` stays where it is until the calls are answered. */
void evm_token_ask(struct arena *arena, const struct token *token,
                   struct evm_token_answer *ret_answer, struct rpc_call ret_calls[EVM_TOKEN_CALLS]);

/* A contract that throws, and a node that does not read storage, are no failures. */
void evm_token_excuse(const struct evm_token_answer *answer,
                      struct result results[EVM_TOKEN_CALLS]);

void evm_token_judge(const struct token *token, const struct evm_token_answer *answer,
                     struct chain_token *ret_token);

#endif
