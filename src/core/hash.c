/* SPDX-License-Identifier: MIT */
#include "core/hash.h"

#include <nettle/hmac.h>
#include <nettle/ripemd160.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <string.h>

#include "base/result.h"

enum { KECCAK256_RATE_BYTES = 136 };

void hash_sha256(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]) {
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, input.len, input.ptr);
    sha256_digest(&ctx, HASH_256_BYTES, ret_digest);
}

void hash_sha256_twice(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]) {
    uint8_t once[HASH_256_BYTES];
    hash_sha256(input, once);
    hash_sha256(BYTES_OF(once), ret_digest);
}

void hash_ripemd160(struct bytes input, uint8_t ret_digest[HASH_160_BYTES]) {
    struct ripemd160_ctx ctx;
    ripemd160_init(&ctx);
    ripemd160_update(&ctx, input.len, input.ptr);
    ripemd160_digest(&ctx, HASH_160_BYTES, ret_digest);
}

void hash_160(struct bytes input, uint8_t ret_digest[HASH_160_BYTES]) {
    uint8_t inner[HASH_256_BYTES];
    hash_sha256(input, inner);
    hash_ripemd160(BYTES_OF(inner), ret_digest);
}

/* The state's bytes, little-endian within each word as FIPS 202 (B.1) numbers them. Shifts that the
 * compiler makes one load of: a block of a chain has megabytes to hash. */
static uint64_t load_le(const uint8_t *from) {
    uint64_t word = 0;
    for (size_t i = 0; i < sizeof word; i++) {
        word |= (uint64_t)from[i] << (8 * i);
    }
    return word;
}

static void keccak_absorb(struct sha3_state *state, const uint8_t block[KECCAK256_RATE_BYTES]) {
    for (size_t i = 0; i < KECCAK256_RATE_BYTES / sizeof(uint64_t); i++) {
        state->a[i] ^= load_le(block + i * sizeof(uint64_t));
    }
    sha3_permute(state);
}

void hash_keccak256(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]) {
    struct sha3_state state = {0};
    while (input.len >= KECCAK256_RATE_BYTES) {
        keccak_absorb(&state, input.ptr);
        input.ptr += KECCAK256_RATE_BYTES;
        input.len -= KECCAK256_RATE_BYTES;
    }
    /* SHA-3 pads with 0x06; the submission, and so Ethereum, with 0x01. */
    uint8_t last[KECCAK256_RATE_BYTES] = {0};
    if (input.len > 0) {
        memcpy(last, input.ptr, input.len);
    }
    last[input.len] = 0x01;
    last[KECCAK256_RATE_BYTES - 1] |= 0x80;
    keccak_absorb(&state, last);
    for (size_t i = 0; i < HASH_256_BYTES; i++) {
        ret_digest[i] = (uint8_t)(state.a[i / 8] >> (8 * (i % 8)));
    }
}

void hash_tagged(struct str tag, struct bytes input, uint8_t ret_digest[HASH_256_BYTES]) {
    uint8_t tag_digest[HASH_256_BYTES];
    hash_sha256(bytes_from_str(tag), tag_digest);
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, sizeof tag_digest, tag_digest);
    sha256_update(&ctx, sizeof tag_digest, tag_digest);
    sha256_update(&ctx, input.len, input.ptr);
    sha256_digest(&ctx, HASH_256_BYTES, ret_digest);
}

void hash_hmac_sha256(struct bytes key, struct bytes input, uint8_t ret_digest[HASH_256_BYTES]) {
    struct hmac_sha256_ctx ctx;
    hmac_sha256_set_key(&ctx, key.len, key.ptr);
    hmac_sha256_update(&ctx, input.len, input.ptr);
    hmac_sha256_digest(&ctx, HASH_256_BYTES, ret_digest);
    explicit_bzero(&ctx, sizeof ctx);
}

void hash_hmac_sha512(struct bytes key, struct bytes input, uint8_t ret_digest[HASH_512_BYTES]) {
    struct hmac_sha512_ctx ctx;
    hmac_sha512_set_key(&ctx, key.len, key.ptr);
    hmac_sha512_update(&ctx, input.len, input.ptr);
    hmac_sha512_digest(&ctx, HASH_512_BYTES, ret_digest);
    explicit_bzero(&ctx, sizeof ctx);
}

/* RFC 5869, 2.2: "if not provided, it is set to a string of HashLen zeros", which HMAC's own
 * padding makes of an empty key. */
void hash_hkdf_sha256(struct bytes secret, struct bytes salt, struct str purpose, uint8_t *ret_key,
                      size_t size) {
    BUG_IF(size > HKDF_SHA256_BYTES_MAX);
    uint8_t extracted[HASH_256_BYTES];
    hash_hmac_sha256(salt, secret, extracted);
    struct hmac_sha256_ctx ctx;
    hmac_sha256_set_key(&ctx, sizeof extracted, extracted);
    uint8_t block[HASH_256_BYTES];
    size_t chained = 0; /* the first block has none before it */
    for (size_t done = 0; done < size; done += HASH_256_BYTES) {
        uint8_t counter = (uint8_t)(done / HASH_256_BYTES + 1);
        hmac_sha256_update(&ctx, chained, block);
        hmac_sha256_update(&ctx, purpose.len, (const uint8_t *)purpose.ptr);
        hmac_sha256_update(&ctx, 1, &counter);
        hmac_sha256_digest(&ctx, sizeof block, block);
        chained = sizeof block;
        size_t left = size - done;
        memcpy(ret_key + done, block, left < sizeof block ? left : sizeof block);
    }
    explicit_bzero(block, sizeof block);
    explicit_bzero(&ctx, sizeof ctx);
    explicit_bzero(extracted, sizeof extracted);
}
