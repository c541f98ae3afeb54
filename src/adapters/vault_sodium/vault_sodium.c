/* SPDX-License-Identifier: MIT */
#include "adapters/vault_sodium/vault_sodium.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/hash.h"

enum { MASTER_KEY_BYTES = 32, SUBKEY_BYTES = 32 };

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES

struct vault {
    uint8_t master[MASTER_KEY_BYTES];
    uint8_t sealing[SUBKEY_BYTES];
    uint8_t api_keys[SUBKEY_BYTES];
    uint8_t macs[SUBKEY_BYTES];
    uint8_t invoice_ids[SUBKEY_BYTES];
};

static void subkey(const struct vault *vault, const char *purpose, uint8_t ret_key[SUBKEY_BYTES]) {
    hash_hkdf_sha256(BYTES_OF(vault->master), (struct bytes){0}, str_from_c(purpose), ret_key,
                     SUBKEY_BYTES);
}

static void derive_subkeys(struct vault *vault) {
    subkey(vault, "till sealing 1", vault->sealing);
    subkey(vault, "till api keys 1", vault->api_keys);
    subkey(vault, "till macs 1", vault->macs);
    subkey(vault, "till invoice ids 1", vault->invoice_ids);
}

static bool write_all(int fd, const uint8_t *from, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, from, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        from += written;
        size -= (size_t)written;
    }
    return true;
}

/* Never over an existing file. */
static struct result write_key_file(struct arena *arena, const char *path,
                                    const uint8_t master[MASTER_KEY_BYTES]) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) {
        return result_failf(arena, &ERR_VAULT_KEY_FILE, "cannot make the key file %s: %s", path,
                            strerror(errno));
    }
    bool written = write_all(fd, master, MASTER_KEY_BYTES) && fsync(fd) == 0;
    (void)close(fd);
    if (!written) {
        (void)unlink(path);
        return result_failf(arena, &ERR_VAULT_KEY_FILE, "cannot write the key file %s", path);
    }
    return RESULT_OK;
}

static struct result read_key_file(struct arena *arena, int fd, const char *path,
                                   uint8_t ret_master[MASTER_KEY_BYTES]) {
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size != MASTER_KEY_BYTES ||
        read(fd, ret_master, MASTER_KEY_BYTES) != MASTER_KEY_BYTES) {
        return result_failf(arena, &ERR_VAULT_KEY_FILE,
                            "%s is not a key file (32 bytes): put the right one back from a backup",
                            path);
    }
    if ((status.st_mode & 077) != 0) {
        return result_failf(arena, &ERR_VAULT_KEY_FILE,
                            "the key file %s is open to others: chmod 0400 it", path);
    }
    return RESULT_OK;
}

static struct vault *vault_new(const uint8_t master[MASTER_KEY_BYTES]) {
    struct vault *vault = sodium_malloc(sizeof *vault);
    BUG_IF(vault == NULL);
    memcpy(vault->master, master, MASTER_KEY_BYTES);
    derive_subkeys(vault);
    return vault;
}

struct result vault_sodium_open(struct arena *arena, const char *path, bool create,
                                struct vault **ret_vault) {
    BUG_IF(sodium_init() < 0);
    uint8_t master[MASTER_KEY_BYTES];
    struct result opened;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        opened = read_key_file(arena, fd, path, master);
        (void)close(fd);
    } else if (errno == ENOENT && create) {
        randombytes_buf(master, sizeof master);
        opened = write_key_file(arena, path, master);
    } else {
        opened = result_failf(arena, &ERR_VAULT_KEY_FILE,
                              "cannot read the key file %s: %s; without it the shops' secrets stay "
                              "sealed: put it back from a backup",
                              path, strerror(errno));
    }
    if (result_is_ok(opened)) {
        *ret_vault = vault_new(master);
    }
    sodium_memzero(master, sizeof master);
    return opened;
}

void vault_sodium_close(struct vault *vault) {
    sodium_free(vault);
}

void secret_wipe(struct secret *secret) {
    sodium_memzero(secret, sizeof *secret);
}

void vault_random(struct vault *vault, void *ret_bytes, size_t size) {
    (void)vault;
    randombytes_buf(ret_bytes, size);
}

static struct bytes seal(struct arena *arena, const uint8_t key[SUBKEY_BYTES],
                         struct bytes secret) {
    uint8_t *sealed = arena_alloc(arena, NONCE_BYTES + secret.len + TAG_BYTES);
    randombytes_buf(sealed, NONCE_BYTES);
    unsigned long long len;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, &len, secret.ptr,
                                                     secret.len, NULL, 0, NULL, sealed, key);
    return (struct bytes){.ptr = sealed, .len = NONCE_BYTES + (size_t)len};
}

static bool unseal(const uint8_t key[SUBKEY_BYTES], struct bytes sealed,
                   struct secret *ret_secret) {
    if (sealed.len < NONCE_BYTES + TAG_BYTES ||
        sealed.len - NONCE_BYTES - TAG_BYTES > SECRET_BYTES_MAX) {
        return false;
    }
    unsigned long long len;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            ret_secret->bytes, &len, NULL, sealed.ptr + NONCE_BYTES, sealed.len - NONCE_BYTES, NULL,
            0, sealed.ptr, key) != 0) {
        return false;
    }
    ret_secret->len = (size_t)len;
    return true;
}

struct bytes vault_seal(struct vault *vault, struct arena *arena, struct bytes secret) {
    BUG_IF(secret.len > SECRET_BYTES_MAX);
    return seal(arena, vault->sealing, secret);
}

struct result vault_unseal(struct vault *vault, struct bytes sealed, struct secret *ret_secret) {
    ENSURE(unseal(vault->sealing, sealed, ret_secret), ERR_VAULT_SEAL);
    return RESULT_OK;
}

static void keyed_hash(const uint8_t key[SUBKEY_BYTES], struct bytes message,
                       uint8_t ret_hash[HASH_256_BYTES]) {
    hash_hmac_sha256((struct bytes){.ptr = key, .len = SUBKEY_BYTES}, message, ret_hash);
}

void vault_api_key_hash(struct vault *vault, struct str api_key,
                        uint8_t ret_hash[VAULT_KEY_HASH_BYTES]) {
    keyed_hash(vault->api_keys, bytes_from_str(api_key), ret_hash);
}

void vault_mac(struct vault *vault, struct bytes message, uint8_t ret_mac[VAULT_MAC_BYTES]) {
    uint8_t hash[HASH_256_BYTES];
    keyed_hash(vault->macs, message, hash);
    memcpy(ret_mac, hash, VAULT_MAC_BYTES);
}

void vault_invoice_key(struct vault *vault, uint8_t ret_key[VAULT_INVOICE_KEY_BYTES]) {
    memcpy(ret_key, vault->invoice_ids, VAULT_INVOICE_KEY_BYTES);
}

static bool passphrase_key(struct str passphrase, const uint8_t *salt,
                           uint8_t ret_key[SUBKEY_BYTES]) {
    return crypto_pwhash(ret_key, SUBKEY_BYTES, passphrase.ptr, passphrase.len, salt,
                         crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                         crypto_pwhash_ALG_ARGON2ID13) == 0;
}

struct result vault_export(struct vault *vault, struct arena *arena, struct str passphrase,
                           struct bytes *ret_sealed) {
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t key[SUBKEY_BYTES];
    randombytes_buf(salt, sizeof salt);
    ENSURE(passphrase_key(passphrase, salt, key), ERR_VAULT_SEAL);
    struct bytes sealed = seal(arena, key, BYTES_OF(vault->master));
    sodium_memzero(key, sizeof key);
    uint8_t *whole = arena_alloc(arena, sizeof salt + sealed.len);
    memcpy(whole, salt, sizeof salt);
    memcpy(whole + sizeof salt, sealed.ptr, sealed.len);
    *ret_sealed = (struct bytes){.ptr = whole, .len = sizeof salt + sealed.len};
    return RESULT_OK;
}

struct result vault_import(struct arena *arena, struct bytes sealed, struct str passphrase,
                           const char *path) {
    BUG_IF(sodium_init() < 0);
    ENSURE(sealed.len > crypto_pwhash_SALTBYTES, ERR_VAULT_SEAL);
    uint8_t key[SUBKEY_BYTES];
    ENSURE(passphrase_key(passphrase, sealed.ptr, key), ERR_VAULT_SEAL);
    struct bytes body = {.ptr = sealed.ptr + crypto_pwhash_SALTBYTES,
                         .len = sealed.len - crypto_pwhash_SALTBYTES};
    struct secret master = {0};
    bool opened = unseal(key, body, &master) && master.len == MASTER_KEY_BYTES;
    sodium_memzero(key, sizeof key);
    struct result written =
        opened ? write_key_file(arena, path, master.bytes) : result_fail(&ERR_VAULT_SEAL);
    secret_wipe(&master);
    return written;
}
