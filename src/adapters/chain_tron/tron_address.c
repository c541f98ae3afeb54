/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/tron_address.h"

#include <string.h>

#include "core/base58.h"

enum {
    PREFIXED_BYTES = SCRIPT_EVM_BYTES + 1,
    WORD_PADDING = HASH_256_BYTES - SCRIPT_EVM_BYTES,
};

bool tron_address_from_bytes(struct bytes bytes, struct tron_address *ret_address) {
    if (bytes.len != PREFIXED_BYTES || bytes.ptr[0] != TRON_ADDRESS_PREFIX) {
        return false;
    }
    memcpy(ret_address->bytes, bytes.ptr + 1, SCRIPT_EVM_BYTES);
    return true;
}

static bool read_hex(struct str text, struct tron_address *ret_address) {
    uint8_t bytes[PREFIXED_BYTES];
    if (text.len == 2 * (size_t)SCRIPT_EVM_BYTES) {
        return hex_decode(text, ret_address->bytes, SCRIPT_EVM_BYTES);
    }
    return text.len == 2 * sizeof bytes && hex_decode(text, bytes, sizeof bytes) &&
           tron_address_from_bytes(BYTES_OF(bytes), ret_address);
}

bool tron_address_read(struct str text, struct tron_address *ret_address) {
    if (str_starts_with(text, STR("0x"))) {
        return read_hex(str_slice(text, 2, text.len), ret_address);
    }
    if (!str_starts_with(text, STR("T"))) {
        return read_hex(text, ret_address);
    }
    struct base58_payload payload;
    return base58check_decode(text, &payload) &&
           tron_address_from_bytes((struct bytes){.ptr = payload.bytes, .len = payload.len},
                                   ret_address);
}

bool tron_address_from_word(const uint8_t word[HASH_256_BYTES], struct tron_address *ret_address) {
    for (size_t i = 0; i + 1 < WORD_PADDING; i++) {
        if (word[i] != 0) {
            return false;
        }
    }
    if (word[WORD_PADDING - 1] != 0 && word[WORD_PADDING - 1] != TRON_ADDRESS_PREFIX) {
        return false;
    }
    memcpy(ret_address->bytes, word + WORD_PADDING, SCRIPT_EVM_BYTES);
    return true;
}

bool tron_address_eq(const struct tron_address *a, const struct tron_address *b) {
    return memcmp(a->bytes, b->bytes, SCRIPT_EVM_BYTES) == 0;
}

bool tron_address_is_zero(const struct tron_address *address) {
    static const struct tron_address zero;
    return tron_address_eq(address, &zero);
}

struct script tron_address_program(const struct tron_address *address) {
    struct script program;
    bool fits = script_from_bytes(BYTES_OF(address->bytes), &program);
    (void)fits; /* 20 bytes always do */
    return program;
}
