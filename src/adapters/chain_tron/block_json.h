/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_BLOCK_JSON_H
#define TILL_ADAPTERS_CHAIN_TRON_BLOCK_JSON_H

/* Decodes blocks of java-tron's HTTP API from a stream, one (getblockbynum, getnowblock) or many
 * (getblockbylimitnext), and holds them against their own ids. What pays is read from the raw data
 * of the transactions, whose hash is their txid. */

#include "adapters/chain_tron/api.h"
#include "adapters/chain_tron/proto.h"
#include "adapters/chain_tron/tron_block.h"
#include "base/buf.h"
#include "base/result.h"

struct tx_parts; /* block_json.c */

/* The caller sets the first four, the rest is zero. */
struct block_decoder {
    const struct tron_rules *rules;
    struct arena *scratch;    /* for one transaction at a time */
    struct tron_block *block; /* filled; the caller owns it. NULL: only the header is wanted */
    struct api_error *error;
    struct tron_header header;
    struct block_hash id;
    uint32_t fields; /* which were there */
    struct tron_tree tree;
    bool is_unrooted; /* a transaction has parts that its rendering does not show */
    struct tx_parts *parts;
};

/* Reads one block; {} leaves the decoder as it was. Complains with json_fail. */
void tron_block_decode(struct json_reader *reader, struct block_decoder *decoder);

/* ERR_BLOCK_UNKNOWN for {}; ERR_NODE_ANSWER for a header that lacks something or does not fit its
 * id. Sets the block's header, too, and whether its transactions are rooted in it. */
struct result tron_block_check(const struct block_decoder *decoder,
                               struct block_header *ret_header);

/* A time of the HTTP API, which is in ms, or of JSON-RPC, which is in s; false for what is no time
 * since there is Tron. */
bool tron_time_ms(int64_t value, int64_t *ret_time_ms);

#endif
