/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_DECODE_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_DECODE_H

/* Blocks, transactions, receipts and logs as nodes write them, into the structs of evm_block.h.
 * Strict about the fields that we need, blind to all others: unknown kinds of transactions are
 * transactions. Each function is an rpc_decode; a null is an answer too. */

#include "adapters/chain_evm/evm_block.h"
#include "base/json_read.h"

struct arena;

struct evm_block_decoder {
    struct arena *arena;
    bool takes_txs; /* whole transactions; else they are passed over */
    bool is_null;   /* the node does not have it */
    struct evm_header header;
    const struct evm_tx *txs;
    size_t tx_count;
    struct evm_tx_commitment tx_commitment;
};

/* eth_getBlockByHash, eth_getBlockByNumber. */
void evm_block_decode(struct json_reader *reader, void *context);
/* The same of the pending block, which has no hash yet: its transactions alone. */
void evm_pending_decode(struct json_reader *reader, void *context);

struct evm_receipts_decoder {
    struct arena *arena;
    bool is_null;
    const struct evm_receipt *receipts;
    size_t count;
};

/* eth_getBlockReceipts. */
void evm_receipts_decode(struct json_reader *reader, void *context);
/* eth_getTransactionReceipt: one, or none. */
void evm_receipt_decode(struct json_reader *reader, void *context);

/* A log with its place in the block. */
struct evm_placed_log {
    struct evm_log log;
    struct txid tx;
    struct block_hash block;
    uint64_t tx_index;
    uint64_t index; /* in the block */
};

struct evm_logs_decoder {
    struct arena *arena;
    bool is_null;
    const struct evm_placed_log *logs;
    size_t count;
};

/* eth_getLogs. */
void evm_logs_decode(struct json_reader *reader, void *context);

/* eth_getTransactionByHash: is it known and in no block? Context: bool. */
void evm_is_pending_decode(struct json_reader *reader, void *context);

#endif
