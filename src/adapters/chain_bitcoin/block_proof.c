/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/block_proof.h"

#include <string.h>

#include "base/result.h"
#include "core/hash.h"

enum { HEADER_BYTES = 80 };

static void reverse(const uint8_t from[HASH_BYTES], uint8_t to[HASH_BYTES]) {
    for (size_t i = 0; i < HASH_BYTES; i++) {
        to[i] = from[HASH_BYTES - 1 - i];
    }
}

static void store_le(uint8_t *to, uint32_t value) {
    for (size_t i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

struct block_hash block_proof_hash(const struct block_proof_header *header) {
    uint8_t bytes[HEADER_BYTES];
    store_le(bytes, (uint32_t)header->version);
    reverse(header->parent.bytes, bytes + 4);
    reverse(header->merkle_root, bytes + 36);
    store_le(bytes + 68, header->time_s);
    store_le(bytes + 72, header->bits);
    store_le(bytes + 76, header->nonce);
    uint8_t digest[HASH_256_BYTES];
    hash_sha256_twice(BYTES_OF(bytes), digest);
    struct block_hash hash;
    reverse(digest, hash.bytes);
    return hash;
}

static void hash_pair(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES],
                      uint8_t ret_hash[HASH_BYTES]) {
    uint8_t pair[2 * HASH_BYTES];
    memcpy(pair, left, HASH_BYTES);
    memcpy(pair + HASH_BYTES, right, HASH_BYTES);
    hash_sha256_twice(BYTES_OF(pair), ret_hash);
}

void merkle_init(struct merkle *merkle) {
    merkle->count = 0;
    merkle->is_ambiguous = false;
}

void merkle_add(struct merkle *merkle, const struct txid *txid) {
    BUG_IF(merkle->count == UINT32_MAX);
    uint8_t hash[HASH_BYTES];
    reverse(txid->bytes, hash);
    size_t level = 0;
    for (; merkle->count >> level & 1; level++) {
        if (memcmp(merkle->waiting[level], hash, HASH_BYTES) == 0) {
            merkle->is_ambiguous = true;
        }
        hash_pair(merkle->waiting[level], hash, hash);
    }
    memcpy(merkle->waiting[level], hash, HASH_BYTES);
    merkle->count++;
}

/* A node without a right neighbour is paired with itself. */
bool merkle_root(const struct merkle *merkle, uint8_t ret_root[HASH_BYTES]) {
    if (merkle->count == 0 || merkle->is_ambiguous) {
        return false;
    }
    uint8_t hash[HASH_BYTES] = {0};
    bool is_started = false;
    for (size_t level = 0; merkle->count >> level != 0; level++) {
        bool is_last = merkle->count >> level == 1;
        bool has_left = merkle->count >> level & 1;
        if (has_left && is_started) {
            hash_pair(merkle->waiting[level], hash, hash);
        } else if (has_left) {
            memcpy(hash, merkle->waiting[level], HASH_BYTES);
            is_started = true;
            if (!is_last) {
                hash_pair(hash, hash, hash);
            }
        } else if (is_started) {
            hash_pair(hash, hash, hash);
        }
    }
    reverse(hash, ret_root);
    return true;
}
