/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_NODE_H
#define TILL_ADAPTERS_CHAIN_TRON_NODE_H

/* One Tron node: its full and solidified HTTP API and its JSON-RPC, as one thing that is asked one
 * question after the other. When it has had enough of us it is left alone for a growing while. A
 * node is used only while it is known to be on the right chain. */

#include "adapters/chain_tron/api.h"
#include "adapters/chain_tron/doubts.h"
#include "adapters/chain_tron/proto.h"
#include "adapters/chain_tron/tron_block.h"
#include "adapters/node_http/rpc.h"
#include "ports/chain.h"

enum {
    TRON_RANGE_MAX = 100,                   /* what getblockbylimitnext gives */
    TRON_TOKENS_CHECK_MS = 6 * 3600 * 1000, /* how often tokens are looked at */
    TRON_TOKENS_RECHECK_MS = 50 * 1000,     /* while one of them cannot be used */
};

/* What the node must be, and what was noticed of its blocks. */
struct tron_demand {
    const struct network *network;
    const char *chain; /* borrowed */
    uint64_t chain_id;
    struct tron_rules rules;
    struct tron_doubts doubts;
};

struct tron_node_options {
    struct str url;
    struct str solidity_url; /* empty: `url` */
    struct str jsonrpc_url;  /* empty: /jsonrpc below `url` */
    const char *header;      /* with the API key; NULL: none */
    uint32_t timeout_ms;
};

struct tron_node {
    struct tron_demand *demand; /* borrowed */
    struct rpc *rpc;
    struct node_http *own_full;  /* NULL: that of `rpc` */
    struct node_http *own_solid; /* NULL: the full one */
    struct arena *scratch;
    bool is_identified;
    bool lacks_rpc;         /* switched off, as it is by default */
    bool lacks_header_only; /* getblock is not served */
    bool lacks_solid_api;   /* the solid head is asked for by JSON-RPC */
    bool lacks_solid_range;
    bool lies_in_ranges;   /* eth_getLogs over several blocks forgets some */
    bool lies_in_logs;     /* eth_getLogs forgets logs altogether, or refuses to tell them */
    uint32_t log_refusals; /* in a row */
    uint32_t span;         /* how many blocks it is asked for at a time */
    uint32_t log_span;     /* and how many for the logs of */
    uint32_t singles;      /* blocks that were asked for one by one since the last row */
    uint32_t pause_ms;     /* the latest */
    int64_t pause_until_ms;
    struct block_hash genesis; /* once it is identified */
    char version[64];
    int64_t tokens_checked_at_ms;          /* 0: not yet */
    struct chain_token tokens[TOKENS_MAX]; /* as they were seen; no asset: not yet */
};

struct result tron_node_init(struct tron_node *node, struct tron_demand *demand,
                             const struct tron_node_options *options, struct arena *arena);
void tron_node_release(struct tron_node *node);

/* Whether a request since the last time asked had to connect anew: another node may answer now. */
bool tron_node_took_connection(struct tron_node *node);
/* Ends what it is asked, for good; from any thread. */
void tron_node_stop(struct tron_node *node);
int64_t tron_monotonic_ms(void);

/* ---- questions: the errors of ports/chain.h */

enum tron_folder { TRON_FULL, TRON_SOLID };

struct tron_question {
    enum tron_folder folder;
    const char *name; /* "getblockbynum" */
    struct str body;
    size_t answer_bytes_max;
    void (*decode)(struct json_reader *reader, void *context);
    void *context;
    struct api_error *error; /* set by `decode` */
    bool *ret_lacks;         /* set if the node does not serve this; NULL: nobody asks */
};
struct result tron_node_ask(struct tron_node *node, struct arena *arena,
                            const struct tron_question *question);
/* Sets lacks_rpc if the node serves none. */
struct result tron_node_call(struct tron_node *node, struct arena *arena,
                             const struct rpc_call *call);

/* ERR_NODE_WRONG_NETWORK for another chain. */
struct result tron_node_identify(struct tron_node *node, struct arena *arena);
/* Who it is; it has been identified. */
void tron_node_identity(const struct tron_node *node, struct arena *arena,
                        struct chain_identity *ret_identity);

/* The solid head. */
struct result tron_node_tip(struct tron_node *node, struct arena *arena,
                            struct block_header *ret_tip);
/* The head, or a block by its height; ERR_BLOCK_UNKNOWN for {}. Its logs are not in yet. The caller
 * owns it. */
struct result tron_node_head(struct tron_node *node, struct arena *arena,
                             struct tron_block **ret_block);
struct result tron_node_block(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                              int64_t height, struct tron_block **ret_block);
/* `count` blocks in a row, at most TRON_RANGE_MAX. */
struct result tron_node_blocks(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                               int64_t first_height, size_t count, struct tron_block **ret_blocks);
/* Fetches the logs of blocks that follow one another; those that are whole already are passed over.
 * Blocks that became whole stay so when a later one fails. */
struct result tron_node_logs(struct tron_node *node, struct arena *arena,
                             struct tron_block *const *blocks, size_t count);

/* Is the transaction in a block above `height`, or waiting for one? */
struct result tron_node_has_tx(struct tron_node *node, struct arena *arena, const struct txid *txid,
                               int64_t height, bool *ret_has);
/* What an account holds in the state of the solid head. */
struct result tron_node_balance(struct tron_node *node, struct arena *arena,
                                const struct script *program, struct amount *ret_balance);

#endif
