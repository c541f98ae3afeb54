/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_RAW_TX_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_RAW_TX_H

/* A transaction of a block as bytes: its txid, computed, and its outputs, which the txid commits
 * to. With the merkle root over the txids nothing about a payment is left to the node's word. */

#include "base/bytes.h"
#include "core/chain_types.h"

struct raw_tx {
    struct txid txid;
    uint32_t output_count;
    struct bytes outputs; /* for raw_tx_output_next */
};

struct raw_output {
    uint64_t value; /* base units */
    struct bytes program;
};

/* `bytes` are borrowed. False if they are not exactly one transaction. */
bool raw_tx_read(struct bytes bytes, struct raw_tx *ret_tx);
/* Takes the next output off the front of `outputs`; there are output_count. */
void raw_tx_output_next(struct bytes *outputs, struct raw_output *ret_output);

#endif
