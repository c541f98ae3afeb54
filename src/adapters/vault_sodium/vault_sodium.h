/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_VAULT_SODIUM_H
#define TILL_ADAPTERS_VAULT_SODIUM_H

/* The vault on libsodium: a 32-byte master key in a file of mode 0400, made at first start, and
 * subkeys by HKDF-SHA256 (RFC 5869), one for each purpose. Sealing is XChaCha20-Poly1305. */

#include "ports/vault.h"

/* Reads the key file, or makes it when `create`. ERR_VAULT_KEY_FILE with a sentence that says what
 * to do. Owned by the caller. */
struct result vault_sodium_open(struct arena *arena, const char *path, bool create,
                                struct vault **ret_vault);
void vault_sodium_close(struct vault *vault);

/* Seals the master key under a passphrase (argon2id) for a backup, and opens it again into a new
 * key file. */
struct result vault_export(struct vault *vault, struct arena *arena, struct str passphrase,
                           struct bytes *ret_sealed);
struct result vault_import(struct arena *arena, struct bytes sealed, struct str passphrase,
                           const char *path);

#endif
