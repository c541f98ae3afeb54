/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_TOKEN_H
#define TILL_CORE_TOKEN_H

/* Which contract of a chain is which asset: the core table's on a network's own main chain, and
 * what the operator names, there and elsewhere. Never by symbol: anybody may call a contract
 * "USDT". */

#include "base/result.h"
#include "core/address.h"

struct asset;
struct network;

enum { TOKENS_MAX = 16 };

struct token {
    const struct asset *asset;
    struct script contract;   /* its 20 bytes, on Tron without the version */
    struct address_text text; /* as people write it: EIP-55, or Base58Check */
};

struct token_list {
    struct token tokens[TOKENS_MAX];
    size_t count;
};

/* The built-in ones if `chain_id` is the network's main one, else none. */
void token_list_init(struct token_list *list, const struct network *network, uint64_t chain_id);

/* "CONTRACT:DECIMALS", a token of `network`. The decimals must be the table's: they are written so
 * that a mistake is seen. ERR_TOKEN_CONTRACT_INVALID, with a detail. */
struct result token_from_text(const struct network *network, struct str code, struct str text,
                              struct token *ret_token);

/* In place of what the list has for the asset. ERR_TOKEN_CONTRACT_INVALID if another asset has the
 * contract. */
struct result token_list_put(struct token_list *list, const struct token *token);

/* NULL if there is none. */
const struct token *token_by_asset(const struct token_list *list, const struct asset *asset);
const struct token *token_by_contract(const struct token_list *list, struct bytes contract);

#endif
