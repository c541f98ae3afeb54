/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_RAW_TX_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_RAW_TX_H

/* A transaction of a block as bytes: its txid, computed, and its outputs, which the txid commits
 * to. With the merkle root over the txids nothing about a payment is left to the node's word. */

#include "base/buf.h"
#include "core/chain_types.h"

struct raw_tx {
    struct txid txid;
    struct bytes version;
    struct bytes body; /* inputs and outputs with their counts */
    struct bytes lock_time;
    uint32_t output_count;
    struct bytes outputs; /* for raw_tx_output_next */
};

struct raw_output {
    uint64_t value; /* base units */
    struct bytes program;
};

/* `bytes` are borrowed. False if they are not exactly one transaction. */
bool raw_tx_read(struct bytes bytes, struct raw_tx *ret_tx);
/* The transaction without witnesses, which is what its txid is the hash of. */
void raw_tx_strip(const struct raw_tx *tx, struct buf *out);
/* Takes the next output off the front of `outputs`; there are output_count. */
void raw_tx_output_next(struct bytes *outputs, struct raw_output *ret_output);

#endif
