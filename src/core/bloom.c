/* SPDX-License-Identifier: MIT */
#include "core/bloom.h"

#include "core/hash.h"

enum { BITS_OF_ENTRY = 3, BIT_MASK = 2047 };

/* "taking the low-order 11 bits of each of the first three pairs of bytes in a Keccak-256 hash":
 * bit 0 is the last byte's lowest. */
static void bits_of(struct bytes entry, uint16_t ret_bits[BITS_OF_ENTRY]) {
    uint8_t digest[HASH_256_BYTES];
    hash_keccak256(entry, digest);
    for (size_t i = 0; i < BITS_OF_ENTRY; i++) {
        unsigned pair = (unsigned)digest[2 * i] << 8 | digest[2 * i + 1];
        ret_bits[i] = (uint16_t)(pair & BIT_MASK);
    }
}

static size_t byte_at(uint16_t bit) {
    return BLOOM_BYTES - 1 - bit / 8;
}

void bloom_add(struct bloom *bloom, struct bytes entry) {
    uint16_t bits[BITS_OF_ENTRY];
    bits_of(entry, bits);
    for (size_t i = 0; i < BITS_OF_ENTRY; i++) {
        bloom->bytes[byte_at(bits[i])] |= (uint8_t)(1u << bits[i] % 8);
    }
}

void bloom_unite(struct bloom *bloom, const struct bloom *other) {
    for (size_t i = 0; i < BLOOM_BYTES; i++) {
        bloom->bytes[i] |= other->bytes[i];
    }
}

bool bloom_covers(const struct bloom *whole, const struct bloom *part) {
    for (size_t i = 0; i < BLOOM_BYTES; i++) {
        if ((part->bytes[i] & ~whole->bytes[i]) != 0) {
            return false;
        }
    }
    return true;
}
