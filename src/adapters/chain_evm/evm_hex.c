/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_hex.h"

#include "base/arena.h"

static bool take_prefix(struct str *text) {
    if (!str_starts_with(*text, STR("0x"))) {
        return false;
    }
    *text = str_slice(*text, 2, text->len);
    return true;
}

bool evm_number_from_text(struct str text, struct evm_word *ret_value) {
    if (!take_prefix(&text) || text.len == 0 || text.len > (size_t)2 * EVM_WORD_BYTES) {
        return false;
    }
    if (text.ptr[0] == '0' && text.len > 1) {
        return false;
    }
    struct evm_word value = {0};
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.ptr[text.len - 1 - i]);
        if (digit < 0) {
            return false;
        }
        uint8_t *byte = &value.bytes[EVM_WORD_BYTES - 1 - i / 2];
        *byte = (uint8_t)(*byte | (i % 2 == 0 ? digit : digit << 4));
    }
    *ret_value = value;
    return true;
}

bool evm_u64_from_text(struct str text, uint64_t *ret_value) {
    struct evm_word word;
    if (text.len > 2 + 2 * sizeof(uint64_t) || !evm_number_from_text(text, &word)) {
        return false;
    }
    *ret_value = u64_load_be(word.bytes + EVM_WORD_BYTES - sizeof(uint64_t));
    return true;
}

bool evm_data_from_text(struct str text, uint8_t *ret_bytes, size_t size) {
    return take_prefix(&text) && hex_decode(text, ret_bytes, size);
}

uint64_t evm_read_u64(struct json_reader *reader) {
    uint64_t value = 0;
    if (!evm_u64_from_text(json_read_str(reader), &value)) {
        json_fail(reader, "a quantity is not 64 bits in hex without leading zeros");
    }
    return value;
}

void evm_read_number(struct json_reader *reader, struct evm_word *ret_value) {
    if (!evm_number_from_text(json_read_str(reader), ret_value)) {
        json_fail(reader, "a quantity is not 256 bits in hex without leading zeros");
    }
}

void evm_read_data(struct json_reader *reader, uint8_t *ret_bytes, size_t size) {
    if (!evm_data_from_text(json_read_str(reader), ret_bytes, size)) {
        json_fail(reader, "data in hex is not as long as it must be");
    }
}

struct bytes evm_read_bytes(struct json_reader *reader, struct arena *arena) {
    struct str text = json_read_str(reader);
    if (!take_prefix(&text) || text.len % 2 != 0) {
        json_fail(reader, "data is not whole bytes in hex");
        return (struct bytes){0};
    }
    size_t size = text.len / 2;
    uint8_t *bytes = arena_try_alloc(arena, size + 1);
    if (bytes == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return (struct bytes){0};
    }
    if (!hex_decode(text, bytes, size)) {
        json_fail(reader, "data is not whole bytes in hex");
        return (struct bytes){0};
    }
    return (struct bytes){.ptr = bytes, .len = size};
}

bool evm_word_to_units(const struct evm_word *word, unsigned __int128 *ret_units) {
    unsigned __int128 units = 0;
    for (size_t i = 0; i < EVM_WORD_BYTES; i++) {
        bool is_high = i < EVM_WORD_BYTES - sizeof(units);
        if (is_high && word->bytes[i] != 0) {
            return false;
        }
        units = is_high ? 0 : units << 8 | word->bytes[i];
    }
    *ret_units = units;
    return true;
}

bool evm_word_is_zero(const struct evm_word *word) {
    static const struct evm_word zero = {0};
    return evm_word_eq(word, &zero);
}
