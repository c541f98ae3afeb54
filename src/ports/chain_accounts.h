/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CHAIN_ACCOUNTS_H
#define TILL_PORTS_CHAIN_ACCOUNTS_H

/* What Till asks of a chain of accounts when a plan is to be made of what to move: what accounts
 * hold now, and what moving it costs. Part of struct chain_ops; errors as in ports/chain.h. */

#include "base/result.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/chain_types.h"
#include "core/token.h"

struct arena;
struct asset;
struct chain;

/* What an account holds in the node's newest state. */
struct chain_holding {
    struct amount coin;
    struct amount tokens[TOKENS_MAX]; /* as many as were asked for, in their order */
    uint64_t nonce; /* of its next transaction, those that wait counted; 0 on Tron */
    bool waits;     /* a transaction of it waits to be mined: what it will take is still counted */
};

struct chain_holdings_wanted {
    const struct script *programs;
    size_t count;
    const struct token *const *tokens; /* at most TOKENS_MAX */
    size_t token_count;
};

/* What a chain of the OP Stack takes of a transaction's sender beside its gas: wei. Nothing in the
 * transaction limits it. */
struct chain_below_fees {
    uint64_t coin;  /* for the bytes of a transfer of coin, on the chain below */
    uint64_t token; /* of one of a token */
    uint64_t operator_fee;
    uint64_t operator_fee_of_million; /* of gas, on top */
};

/* What the chain asks for. Of the two halves only that of its kind is set. */
struct chain_fees {
    struct block_header block; /* the newest one; what a transaction may refer to */
    /* EVM: wei for a unit of gas. No base fee: transactions name one price. */
    bool has_base_fee;
    uint64_t base_fee;
    uint64_t priority_fee;         /* what the node advises; without a base fee the whole price */
    struct chain_below_fees below; /* zero on other chains */
    /* Tron: sun. */
    uint64_t energy_price;
    uint64_t byte_price; /* of a byte beyond what is free */
};

struct chain_move {
    struct script from;
    struct script to;
    const struct token *token; /* NULL: the coin itself, on EVM chains only; of no amount */
    struct amount amount;
};

struct chain_account_ops {
    struct result (*fees)(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees);
    struct result (*holdings)(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings);
    /* Gas or energy that a transfer takes. */
    struct result (*effort)(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort);
};

#endif
