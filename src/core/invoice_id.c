/* SPDX-License-Identifier: MIT */
#include "core/invoice_id.h"

#include <string.h>

#include "base/result.h"
#include "core/permutation.h"

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

enum { ALPHABET_CHARS = sizeof(alphabet) - 1, SIDE = 36 * 36 * 36 * 36 };

static_assert(ALPHABET_CHARS == 36, "digits and capital letters");
static_assert((int64_t)SIDE * SIDE == INVOICE_ID_COUNT, "eight characters make two equal halves");
static_assert(INVOICE_ID_KEY_BYTES == AES256_KEY_SIZE, "the key is an AES-256 key");

void invoice_id_key_init(struct invoice_id_key *key, const uint8_t secret[INVOICE_ID_KEY_BYTES]) {
    aes256_set_encrypt_key(&key->cipher, secret);
}

void invoice_id_key_release(struct invoice_id_key *key) {
    explicit_bzero(key, sizeof(*key));
}

static struct permutation permutation_of(const struct invoice_id_key *key) {
    return (struct permutation){.cipher = &key->cipher, .side = SIDE};
}

struct invoice_id invoice_id_encode(const struct invoice_id_key *key, int64_t row_id) {
    BUG_IF(row_id < 0 || row_id >= INVOICE_ID_COUNT);
    uint64_t number = permutation_forward(permutation_of(key), (uint64_t)row_id);
    struct invoice_id id = {0};
    for (int i = INVOICE_ID_CHARS - 1; i >= 0; i--) {
        id.text[i] = alphabet[number % ALPHABET_CHARS];
        number /= ALPHABET_CHARS;
    }
    return id;
}

static int alphabet_index(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

bool invoice_id_decode(const struct invoice_id_key *key, struct str text, int64_t *ret_row_id) {
    static const struct str prefix = {.ptr = "INV-", .len = 4};
    struct str bare = str_trim(text);
    if (bare.len == prefix.len + INVOICE_ID_CHARS &&
        str_eq_nocase(str_slice(bare, 0, prefix.len), prefix)) {
        bare = str_slice(bare, prefix.len, bare.len);
    }
    if (bare.len != INVOICE_ID_CHARS) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < INVOICE_ID_CHARS; i++) {
        int index = alphabet_index(bare.ptr[i]);
        if (index < 0) {
            return false;
        }
        number = number * ALPHABET_CHARS + (uint64_t)index;
    }
    *ret_row_id = (int64_t)permutation_backward(permutation_of(key), number);
    return true;
}
