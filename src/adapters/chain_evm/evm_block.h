/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_BLOCK_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_BLOCK_H

/* A block as a node tells it, decoded but not believed: header, transactions, receipts with logs.
 * Everything lives in the arena of the decoding. What the parts mean, and whether they belong
 * together, others judge. */

#include "core/evm_types.h"

struct evm_tx {
    struct txid hash;
    uint64_t index;
    uint64_t type; /* EIP-2718 */
    bool has_to;   /* else it creates a contract */
    struct evm_address from;
    struct evm_address to;
    struct evm_word value;
};

/* What the transactions' own bytes, written anew from what the node told, amount to. */
struct evm_tx_commitment {
    bool is_whole;         /* every type was known, */
    uint64_t unknown_type; /* else the first that was not */
    bool hashes_fit;       /* each hash is that of its transaction */
    bool senders_fit;      /* who seems to send to himself signed it */
    struct evm_word root;  /* what the header's transactions_root must be */
};

/* Coin that a contract moved inside a transaction. */
struct evm_transfer {
    size_t tx;      /* in the block */
    uint32_t place; /* among those of its transaction that took effect, from 1 on */
    struct evm_address from;
    struct evm_address to;
    struct evm_word value;
};

struct evm_block {
    struct evm_header header;
    const struct evm_tx *txs;
    size_t tx_count;
    struct evm_tx_commitment tx_commitment;
    const struct evm_receipt *receipts; /* NULL: not served */
    size_t receipt_count;
    const struct evm_transfer *transfers; /* as the node traced them, if it did */
    size_t transfer_count;
    bool is_untraced; /* it did not, although it traces others */
};

#endif
