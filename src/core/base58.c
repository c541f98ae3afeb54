/* SPDX-License-Identifier: MIT */
#include "core/base58.h"

#include <string.h>

#include "base/result.h"
#include "core/hash.h"

enum {
    CHECKSUM_BYTES = 4,
    RAW_BYTES_MAX = BASE58_PAYLOAD_MAX + CHECKSUM_BYTES,
};

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static int digit_value(char c) {
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

static size_t leading_count(const char *text, size_t len, char c) {
    size_t count = 0;
    while (count < len && text[count] == c) {
        count++;
    }
    return count;
}

/* Writes the number that `text` spells to the end of `number`, big-endian; false on a foreign
 * character or overflow. `ret_size` counts its significant bytes. */
static bool base58_to_number(struct str text, uint8_t number[RAW_BYTES_MAX], size_t *ret_size) {
    size_t size = 0;
    memset(number, 0, RAW_BYTES_MAX);
    for (size_t i = 0; i < text.len; i++) {
        int value = digit_value(text.ptr[i]);
        if (value < 0) {
            return false;
        }
        uint32_t carry = (uint32_t)value;
        for (size_t j = 0; j < size || carry != 0; j++) {
            if (j == RAW_BYTES_MAX) {
                return false;
            }
            carry += 58u * number[RAW_BYTES_MAX - 1 - j];
            number[RAW_BYTES_MAX - 1 - j] = (uint8_t)carry;
            carry >>= 8;
            size = j >= size ? j + 1 : size;
        }
    }
    *ret_size = size;
    return true;
}

/* Bytes with their checksum still behind them. Each leading '1' stands for one zero byte. */
static bool raw_decode(struct str text, uint8_t ret_raw[RAW_BYTES_MAX], size_t *ret_len) {
    if (text.len > BASE58_TEXT_MAX) {
        return false;
    }
    size_t zeros = leading_count(text.ptr, text.len, alphabet[0]);
    uint8_t number[RAW_BYTES_MAX];
    size_t size;
    bool fits = base58_to_number(text, number, &size) && zeros + size <= RAW_BYTES_MAX;
    if (fits) {
        memset(ret_raw, 0, zeros);
        memcpy(ret_raw + zeros, number + RAW_BYTES_MAX - size, size);
        *ret_len = zeros + size;
    }
    explicit_bzero(number, sizeof number);
    return fits;
}

bool base58check_decode(struct str text, struct base58_payload *ret_payload) {
    uint8_t raw[RAW_BYTES_MAX];
    size_t len;
    if (!raw_decode(text, raw, &len)) {
        return false;
    }
    bool valid = len > CHECKSUM_BYTES;
    if (valid) {
        struct bytes payload = {.ptr = raw, .len = len - CHECKSUM_BYTES};
        uint8_t digest[HASH_256_BYTES];
        hash_sha256_twice(payload, digest);
        valid = memcmp(digest, raw + payload.len, CHECKSUM_BYTES) == 0;
        if (valid) {
            *ret_payload = (struct base58_payload){.len = (uint8_t)payload.len};
            memcpy(ret_payload->bytes, payload.ptr, payload.len);
        }
    }
    explicit_bzero(raw, sizeof raw); /* it may have been a private key */
    return valid;
}

void base58check_encode(struct bytes payload, struct base58_text *ret_text) {
    BUG_IF(payload.len == 0 || payload.len > BASE58_PAYLOAD_MAX);
    uint8_t raw[RAW_BYTES_MAX];
    size_t len = payload.len + CHECKSUM_BYTES;
    uint8_t digest[HASH_256_BYTES];
    hash_sha256_twice(payload, digest);
    memcpy(raw, payload.ptr, payload.len);
    memcpy(raw + payload.len, digest, CHECKSUM_BYTES);

    /* Long division by 58: digits come out lowest first. */
    char reversed[BASE58_TEXT_MAX];
    size_t digits = 0;
    size_t zeros = leading_count((const char *)raw, len, '\0');
    for (size_t from = zeros; from < len;) {
        uint32_t remainder = 0;
        for (size_t i = from; i < len; i++) {
            remainder = remainder << 8 | raw[i];
            raw[i] = (uint8_t)(remainder / 58);
            remainder %= 58;
        }
        BUG_IF(digits == BASE58_TEXT_MAX);
        reversed[digits++] = alphabet[remainder];
        while (from < len && raw[from] == 0) {
            from++;
        }
    }
    BUG_IF(zeros + digits > BASE58_TEXT_MAX);
    *ret_text = (struct base58_text){.len = (uint8_t)(zeros + digits)};
    memset(ret_text->text, alphabet[0], zeros);
    for (size_t i = 0; i < digits; i++) {
        ret_text->text[zeros + i] = reversed[digits - 1 - i];
    }
}
