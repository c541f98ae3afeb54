/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_H

/* Decodes a node's block, verbosity 2, from a stream. Outputs are read from the transactions'
 * bytes, whose txids are computed and held against the header, and the header against the block's
 * hash: of what a payment is, nothing rests on the node's word. MWEB: a peg-in and the HogEx's own
 * coin are passed over; the HogEx's other outputs are payments like any other. */

#include "adapters/chain_bitcoin/block_proof.h"
#include "adapters/chain_bitcoin/output_list.h"
#include "base/json_read.h"
#include "base/result.h"
#include "ports/chain.h"

struct arena;

struct node_header {
    struct block_header header;
    struct block_proof_header proof;
    int64_t confirmations; /* negative: not on the node's best chain */
    uint32_t fields;       /* which were there */
};

/* The caller sets `outputs` and `scratch`, the rest is zero. */
struct block_decoder {
    struct output_list outputs;
    struct arena *scratch; /* for one transaction at a time */
    uint8_t *raw;
    size_t raw_cap;
    struct node_header header;
    struct merkle merkle;
};

/* Each reads one JSON value and complains with json_fail: an rpc_decode. */
void block_decode(struct json_reader *reader, void *block_decoder);
void header_decode(struct json_reader *reader, void *node_header);

/* ERR_NODE_ANSWER if something is missing or is not what the asked hash commits to;
 * ERR_BLOCK_UNKNOWN if the block is not on the node's best chain. */
struct result header_check(const struct node_header *header, struct block_hash asked,
                           struct block_header *ret_header);
/* The same, and the txids too. */
struct result block_check(const struct block_decoder *decoder, struct block_hash asked,
                          struct chain_block *ret_block);

#endif
