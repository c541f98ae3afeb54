/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CHAIN_TYPES_H
#define TILL_CORE_CHAIN_TYPES_H

/* Hashes as block explorers show them: for Bitcoin-like chains the byte order of RPC texts, not of
 * the wire. The one place that reverses them is the merkle check of adapters/chain_bitcoin. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { HASH_BYTES = 32 };

struct txid {
    uint8_t bytes[HASH_BYTES];
};

struct block_hash {
    uint8_t bytes[HASH_BYTES];
};

static inline bool txid_eq(struct txid a, struct txid b) {
    return memcmp(a.bytes, b.bytes, HASH_BYTES) == 0;
}

static inline bool block_hash_eq(struct block_hash a, struct block_hash b) {
    return memcmp(a.bytes, b.bytes, HASH_BYTES) == 0;
}

/* A block's place in a chain. */
struct block_ref {
    int64_t height;
    struct block_hash hash;
};

struct block_header {
    int64_t height;
    struct block_hash hash;
    struct block_hash parent;
    int64_t time_ms;   /* the block's own time */
    int64_t proven_ms; /* what the block proves of time: median time past (BTC, LTC), block time
                          elsewhere */
};

#endif
