/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_HASH_H
#define TILL_CORE_HASH_H

/* The hash functions that keys, addresses, tokens and subkeys need, each as one call over bytes in
 * memory. Knows nothing about what is hashed. Nothing here fails; secrets are the caller's to wipe.
 */

#include "base/bytes.h"

enum {
    HASH_160_BYTES = 20,
    HASH_256_BYTES = 32,
    HASH_512_BYTES = 64,
    HKDF_SHA256_BYTES_MAX = 255 * HASH_256_BYTES, /* RFC 5869, 2.3 */
};

void hash_sha256(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]);
/* SHA-256 twice: checksums, txids. */
void hash_sha256_twice(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]);
void hash_ripemd160(struct bytes input, uint8_t ret_digest[HASH_160_BYTES]);
/* RIPEMD-160 of SHA-256: Bitcoin's HASH160. */
void hash_160(struct bytes input, uint8_t ret_digest[HASH_160_BYTES]);
/* Keccak-256 with the padding of the original submission, as Ethereum and Tron use it; not SHA-3.
 */
void hash_keccak256(struct bytes input, uint8_t ret_digest[HASH_256_BYTES]);
/* BIP-340: SHA-256(SHA-256(tag) || SHA-256(tag) || input). */
void hash_tagged(struct str tag, struct bytes input, uint8_t ret_digest[HASH_256_BYTES]);

void hash_hmac_sha256(struct bytes key, struct bytes input, uint8_t ret_digest[HASH_256_BYTES]);
void hash_hmac_sha512(struct bytes key, struct bytes input, uint8_t ret_digest[HASH_512_BYTES]);

/* RFC 5869 extract and expand: `size` bytes of key material, at most HKDF_SHA256_BYTES_MAX (more is
 * a bug). An empty salt means 32 zero bytes, as the RFC says. */
void hash_hkdf_sha256(struct bytes secret, struct bytes salt, struct str purpose, uint8_t *ret_key,
                      size_t size);

#endif
