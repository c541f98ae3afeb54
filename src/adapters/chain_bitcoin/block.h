/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_H

/* Decodes what a node says of blocks and transactions, verbosity 2, from a stream: outputs by their
 * scriptPubKey's hex and their exact amount, never by the fields that differ between nodes. What a
 * block claims is then held against its own hash. MWEB: items without an output of their own, the
 * pegged-in coins and the HogEx's own coin are passed over; the HogEx's other outputs are payments
 * like any other. */

#include "adapters/chain_bitcoin/block_proof.h"
#include "base/json_read.h"
#include "base/result.h"
#include "ports/chain.h"

struct arena;
struct asset;

/* Outputs that could pay somebody: with a value, and neither a data carrier nor longer than any
 * program of ours. */
struct output_list {
    struct arena *arena;
    const struct asset *coin;
    struct chain_output *items;
    size_t count;
    size_t cap;
};

struct node_header {
    struct block_header header;
    struct block_proof_header proof;
    int64_t confirmations; /* negative: not on the node's best chain */
    uint32_t fields;       /* which were there */
};

struct block_decoder {
    struct output_list outputs; /* the caller sets arena and coin, the rest is zero */
    struct node_header header;
    struct merkle merkle;
};

/* Each reads one JSON value and complains with json_fail. The first two are an rpc_decode. */
void block_decode(struct json_reader *reader, void *block_decoder);
void header_decode(struct json_reader *reader, void *node_header);
void tx_decode(struct json_reader *reader, struct output_list *outputs, struct txid *ret_txid);

/* ERR_NODE_ANSWER if something is missing or is not what the asked hash commits to;
 * ERR_BLOCK_UNKNOWN if the block is not on the node's best chain. */
struct result header_check(const struct node_header *header, struct block_hash asked,
                           struct block_header *ret_header);
/* The same, and the txids too. */
struct result block_check(const struct block_decoder *decoder, struct block_hash asked,
                          struct chain_block *ret_block);

#endif
