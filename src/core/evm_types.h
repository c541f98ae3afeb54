/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_EVM_TYPES_H
#define TILL_CORE_EVM_TYPES_H

/* The parts of a block on Ethereum and on what descends from it, as a node tells them: decoded, not
 * believed. What they are worth is for others to judge. Pointers are borrowed from the decoding. */

#include "core/bloom.h"
#include "core/chain_types.h"

enum {
    EVM_ADDRESS_BYTES = 20,
    EVM_WORD_BYTES = 32,
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

/* Fields that came with later forks, in the order in which they stand. A header has them or not,
 * and its hash depends on it. */
enum evm_header_field {
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
    struct bloom bloom;
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

/* EIP-2718: what a transaction and its receipt are. */
enum {
    EVM_TYPE_LEGACY = 0,
    EVM_TYPE_BRIDGE = 0x7e, /* of the OP stack: deposits, made by the bridge and signed by nobody */
};

/* What a receipt of EVM_TYPE_BRIDGE may have beside the rest. */
enum {
    EVM_RECEIPT_BRIDGE_NONCE = 1u << 0,
    EVM_RECEIPT_BRIDGE_VERSION = 1u << 1,
};

struct evm_receipt {
    struct txid tx;
    struct block_hash block;
    uint64_t index;
    uint64_t type;
    enum evm_status status;
    struct evm_word root;
    uint64_t cumulative_gas_used;
    const struct evm_log *logs; /* all of them, in order: the position is a token's ordinal */
    size_t log_count;
    uint32_t has;            /* EVM_RECEIPT_* */
    uint64_t bridge_nonce;   /* depositNonce */
    uint64_t bridge_version; /* depositReceiptVersion */
};

static inline bool evm_address_eq(const struct evm_address *a, const struct evm_address *b) {
    return memcmp(a->bytes, b->bytes, EVM_ADDRESS_BYTES) == 0;
}

static inline bool evm_word_eq(const struct evm_word *a, const struct evm_word *b) {
    return memcmp(a->bytes, b->bytes, EVM_WORD_BYTES) == 0;
}

#endif
