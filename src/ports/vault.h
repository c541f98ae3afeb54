/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_VAULT_H
#define TILL_PORTS_VAULT_H

/* Everything that needs the key file: sealing the shops' secrets, keyed hashes of API keys, MACs
 * over what is shown to payers, the key of public invoice ids; and randomness. The master key never
 * leaves the adapter. Thread-safe. */

#include "base/bytes.h"
#include "base/result.h"

struct arena;
struct vault;

enum {
    SECRET_BYTES_MAX = 128,
    VAULT_MAC_BYTES = 16,
    VAULT_KEY_HASH_BYTES = 32,
    VAULT_INVOICE_KEY_BYTES = 32
};

/* A secret outside the vault, for as short as possible; on the stack, never in an arena. */
struct secret {
    size_t len;
    uint8_t bytes[SECRET_BYTES_MAX];
};

void secret_wipe(struct secret *secret);
static inline struct bytes secret_bytes(const struct secret *secret) {
    return (struct bytes){.ptr = secret->bytes, .len = secret->len};
}

void vault_random(struct vault *vault, void *ret_bytes, size_t size);

/* The sealed form lives in `arena`; secrets of at most SECRET_BYTES_MAX bytes. */
struct bytes vault_seal(struct vault *vault, struct arena *arena, struct bytes secret);
/* ERR_VAULT_SEAL if the key file is not the one that sealed it. Wipe the result. */
struct result vault_unseal(struct vault *vault, struct bytes sealed, struct secret *ret_secret);

void vault_api_key_hash(struct vault *vault, struct str api_key,
                        uint8_t ret_hash[VAULT_KEY_HASH_BYTES]);
void vault_mac(struct vault *vault, struct bytes message, uint8_t ret_mac[VAULT_MAC_BYTES]);
void vault_invoice_key(struct vault *vault, uint8_t ret_key[VAULT_INVOICE_KEY_BYTES]);

#endif
