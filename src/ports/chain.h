/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CHAIN_H
#define TILL_PORTS_CHAIN_H

/* What Till asks of a chain: its tip, its blocks one by one, and hints. Calls block, with a timeout
 * of their own; each watcher owns one chain and calls it from one thread. Errors:
 * ERR_NODE_UNREACHABLE, ERR_NODE_NOT_READY, ERR_NODE_ANSWER, ERR_NODES_DISAGREE (soft);
 * ERR_NODE_WRONG_NETWORK, ERR_NODE_REFUSED (hard); ERR_BLOCK_UNKNOWN (the node does not have this
 * block on its best chain any more: look again); ERR_NODE_STOPPED (after `stop`: says nothing about
 * the node, and nothing follows from it). */

#include "base/result.h"
#include "core/address.h"
#include "core/amount.h"
#include "core/chain_types.h"

struct arena;
struct asset;
struct chain_account_ops;
struct chain_coin_ops;
struct network;

/* Ordinals of native coin on chains with receipts: this, plus the payment's place among those that
 * contracts made in its transaction and that took effect, in the order of the calls, from 1 on; 0
 * is the transaction's own transfer. Set apart from the logs'. */
#define CHAIN_ORDINAL_NATIVE 0x80000000U

/* Money seen on chain: coins or a token that this instance knows. */
struct chain_output {
    struct txid txid;
    uint32_t ordinal; /* vout; for tokens the log's position inside its own receipt; native coin
                         as above */
    struct script program; /* to whom */
    struct amount amount;
    bool coinbase;
};

/* What an operator should know of a block although it counts. */
struct chain_flaws {
    bool is_unproven;    /* it does not fit its own hash, and the node was believed */
    bool is_untraced;    /* what contracts paid is not among the outputs, although it is for others:
                            only `balances` show it */
    bool is_traceless;   /* the same, but as the node traces nothing, that is nothing new */
    size_t unread_count; /* Transfer events of tokens that this instance knows, of another form or
                            past 128 bits: they pay nobody */
    struct txid unread_txid; /* the first one's */
};

struct chain_block {
    struct block_header header;
    const struct chain_output
        *outputs; /* what could pay somebody: no zero values, no data carriers */
    size_t output_count;
    struct chain_flaws flaws;
};

/* Why a token cannot be asked for. */
enum chain_token_fault {
    CHAIN_TOKEN_FINE,
    CHAIN_TOKEN_MISSING,   /* no contract stands there; perhaps the node is not that far */
    CHAIN_TOKEN_SILENT,    /* it does not tell its decimals */
    CHAIN_TOKEN_MISCOUNTS, /* it has other decimals than the asset: its amounts mean nothing */
};

/* A token's contract as the node has it. */
struct chain_token {
    const struct asset *asset;
    struct script contract;
    enum chain_token_fault fault;
    const char *node; /* which of several nodes says that of it; NULL: the one that was asked */
    uint8_t code_hash[HASH_BYTES]; /* of its program: another one is another contract; without a
                                      fault only */
    bool has_implementation;       /* told, and likewise without a fault only: */
    uint8_t implementation[SCRIPT_EVM_BYTES]; /* whose program stands behind it if it is a proxy of
                                                 a form that we know; zeros: it is none */
};

struct chain_identity {
    struct block_hash genesis;
    const char *network;              /* "main", "regtest", "sandbox", ...; lives in the arena */
    const char *version;              /* the node's name and version, for logs and the doctor */
    const struct chain_token *tokens; /* those that this instance knows here; in the arena */
    size_t token_count;
};

/* How far the chain's own finality reaches. */
struct chain_finality {
    struct block_ref safe;
    struct block_ref finalized; /* not above `safe` */
};

struct chain {
    const struct chain_ops *ops;
    const struct network *network;
};

struct chain_ops {
    /* Who is the node? Called at start and after each time it was unreachable. */
    struct result (*identify)(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity);
    /* Header of the best block. ERR_NODE_NOT_READY while the node itself catches up. */
    struct result (*tip)(struct chain *chain, struct arena *arena, struct block_header *ret_tip);
    /* Hash of the best chain's block at `height`; ERR_BLOCK_UNKNOWN above the tip. */
    struct result (*hash_at)(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash);
    /* Header and outputs of a block, verified against its own hash as far as the chain allows. */
    struct result (*block)(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block);
    /* Outputs of transactions that appeared in the mempool since the last call. Best effort. */
    struct result (*mempool)(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count);
    /* Is the transaction waiting in the mempool now? NULL: this chain cannot tell. */
    struct result (*mempool_has)(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has);
    /* NULL: this chain has no finality but depth. */
    struct result (*finality)(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality);
    /* What each program holds of the native coin in that block's state. NULL: block() shows all
     * that can make it grow, so nobody needs to ask. */
    struct result (*balances)(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances);
    /* For putting transactions together; NULL: nothing is spent by outputs here, or not yet. */
    const struct chain_coin_ops *coins;
    /* For planning what to move; NULL: no accounts here, or not yet. */
    const struct chain_account_ops *accounts;
    /* What an operator should know of although the chain goes on: a sentence in `arena` that stays
     * the same while the matter does, or NULL. Asks nobody. NULL: there never is anything. */
    const char *(*warning)(struct chain *chain, struct arena *arena);
    /* Which nodes are not there although the chain goes on without them, likewise. */
    const char *(*missing)(struct chain *chain, struct arena *arena);
    /* Why tip() cannot go beyond the block that it tells although there is more: a sentence in
     * `arena`, or NULL. Asks nobody. NULL: it always goes as far as there is anything. */
    const char *(*stuck)(struct chain *chain, struct arena *arena);
    /* What of some block could not be held against its hash and was taken for the node's word,
     * since the operator says so: static text, or NULL. From any thread. NULL: nothing ever is. */
    const char *(*believed)(struct chain *chain);
    /* Returns when the tip may have changed, when `wake` was called, or after `timeout_ms`. */
    void (*wait)(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms);
    /* Ends a running or the next wait; from any thread. */
    void (*wake)(struct chain *chain);
    /* Ends what is under way, at once, and for good: all that asks a node fails with
     * ERR_NODE_STOPPED from now on, and no wait waits. From any thread. */
    void (*stop)(struct chain *chain);
    void (*close)(struct chain *chain);
};

#endif
