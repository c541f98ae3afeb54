/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_BLOCK_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_BLOCK_H

/* A block as a node tells it, decoded but not believed: header, transactions, receipts with logs.
 * Everything lives in the arena of the decoding. What the parts mean, and whether they belong
 * together, others judge. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "core/chain_types.h"

enum {
    EVM_ADDRESS_BYTES = 20,
    EVM_WORD_BYTES = 32,
    EVM_BLOOM_BYTES = 256,
    EVM_NONCE_BYTES = 8,
    EVM_TOPICS_MAX = 4,
};

struct evm_address {
    uint8_t bytes[EVM_ADDRESS_BYTES];
};

/* A hash, a topic or a number of 256 bits, big-endian. */
struct evm_word {
    uint8_t bytes[EVM_WORD_BYTES];
};

/* Fields that came with later forks. A header has them or not, and its hash depends on it. */
enum {
    EVM_HEADER_BASE_FEE = 1u << 0,         /* London */
    EVM_HEADER_WITHDRAWALS_ROOT = 1u << 1, /* Shanghai */
    EVM_HEADER_BLOB_GAS_USED = 1u << 2,    /* Cancun, as the next two */
    EVM_HEADER_EXCESS_BLOB_GAS = 1u << 3,
    EVM_HEADER_PARENT_BEACON_ROOT = 1u << 4,
    EVM_HEADER_REQUESTS_HASH = 1u << 5, /* Prague */
};

struct evm_header {
    struct block_hash hash; /* as the node says */
    struct block_hash parent;
    struct evm_word uncles_hash; /* sha3Uncles */
    struct evm_address miner;
    struct evm_word state_root;
    struct evm_word transactions_root;
    struct evm_word receipts_root;
    uint8_t bloom[EVM_BLOOM_BYTES];
    struct evm_word difficulty;
    uint64_t number;
    uint64_t gas_limit;
    uint64_t gas_used;
    uint64_t timestamp_s;
    struct bytes extra;
    struct evm_word mix_hash;
    uint8_t nonce[EVM_NONCE_BYTES];
    uint32_t has; /* EVM_HEADER_* */
    struct evm_word base_fee;
    struct evm_word withdrawals_root;
    uint64_t blob_gas_used;
    uint64_t excess_blob_gas;
    struct evm_word parent_beacon_root;
    struct evm_word requests_hash;
};

struct evm_tx {
    struct txid hash;
    uint64_t index;
    bool has_to; /* else it creates a contract */
    struct evm_address from;
    struct evm_address to;
    struct evm_word value;
};

struct evm_log {
    struct evm_address address;
    struct evm_word topics[EVM_TOPICS_MAX];
    uint8_t topic_count;
    bool removed;
    struct bytes data;
};

enum evm_status {
    EVM_STATUS_MISSING, /* before Byzantium: `root` stands in its place */
    EVM_STATUS_FAILED,
    EVM_STATUS_SUCCESS,
};

/* Fields of Optimism's receipts of type 0x7e, which its receipts root covers. */
enum {
    EVM_RECEIPT_L2_NONCE = 1u << 0,
    EVM_RECEIPT_L2_VERSION = 1u << 1,
};

struct evm_receipt {
    struct txid tx;
    struct block_hash block;
    uint64_t index;
    uint64_t type; /* 0: legacy */
    enum evm_status status;
    struct evm_word root;
    uint64_t cumulative_gas_used;
    const struct evm_log *logs; /* all of them, in order: the position is a token's ordinal */
    size_t log_count;
    uint32_t has;        /* EVM_RECEIPT_* */
    uint64_t l2_nonce;   /* depositNonce */
    uint64_t l2_version; /* depositReceiptVersion */
};

struct evm_block {
    struct evm_header header;
    const struct evm_tx *txs;
    size_t tx_count;
    const struct evm_receipt *receipts; /* NULL: not served */
    size_t receipt_count;
};

static inline bool evm_address_eq(const struct evm_address *a, const struct evm_address *b) {
    return memcmp(a->bytes, b->bytes, EVM_ADDRESS_BYTES) == 0;
}

static inline bool evm_word_eq(const struct evm_word *a, const struct evm_word *b) {
    return memcmp(a->bytes, b->bytes, EVM_WORD_BYTES) == 0;
}

#endif
