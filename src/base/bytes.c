/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"

bool bytes_eq(struct bytes a, struct bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool bytes_eq_secret(struct bytes a, struct bytes b) {
    if (a.len != b.len) {
        return false;
    }
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.len; i++) {
        difference |= (uint8_t)(a.ptr[i] ^ b.ptr[i]);
    }
    return difference == 0;
}

struct bytes bytes_from_str(struct str text) {
    return (struct bytes){.ptr = (const uint8_t *)text.ptr, .len = text.len};
}

struct str hex_encode(struct arena *arena, struct bytes bytes) {
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        text[i * 2] = digits[bytes.ptr[i] >> 4];
        text[i * 2 + 1] = digits[bytes.ptr[i] & 15];
    }
    return (struct str){.ptr = text, .len = bytes.len * 2};
}

/* One more than the digit's value; 0: it is none. A block of Ethereum or Tron is mostly hex, and
 * without branches it is read ten times as fast. */
static const uint8_t hex_values[UCHAR_MAX + 1] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int hex_digit(char c) {
    return hex_values[(unsigned char)c] - 1;
}

bool hex_decode(struct str text, uint8_t *ret_bytes, size_t size) {
    if (text.len != size * 2) {
        return false;
    }
    bool is_hex = true;
    for (size_t i = 0; i < text.len; i++) {
        is_hex &= hex_values[(unsigned char)text.ptr[i]] != 0;
    }
    if (!is_hex) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        ret_bytes[i] = (uint8_t)(hex_digit(text.ptr[i * 2]) * 16 + hex_digit(text.ptr[i * 2 + 1]));
    }
    return true;
}

/* ---- base64 */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct str put_base64(struct arena *arena, struct bytes bytes, const char *digits,
                             bool is_padded) {
    char *text = arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.ptr[i] << 16 |
                         (left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0) |
                         (left > 2 ? bytes.ptr[i + 2] : 0);
        size_t count = left >= 3 ? 4 : left + 1;
        for (size_t digit = 0; digit < count; digit++) {
            text[len++] = digits[group >> (18 - 6 * digit) & 63];
        }
        for (; is_padded && count < 4; count++) {
            text[len++] = '=';
        }
    }
    return (struct str){.ptr = text, .len = len};
}

struct str base64url_encode(struct arena *arena, struct bytes bytes) {
    return put_base64(arena, bytes, base64url_digits, false);
}

struct str base64_encode(struct arena *arena, struct bytes bytes) {
    return put_base64(arena, bytes, base64_digits, true);
}

/* Three bytes, or fewer with padding; 0 if the four characters are no group. */
static size_t take_base64_group(const char *from, bool is_last, uint8_t ret_bytes[3]) {
    uint32_t group = 0;
    size_t count = is_last && from[3] == '=' ? (from[2] == '=' ? 2 : 3) : 4;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = i < count ? memchr(base64_digits, from[i], 64) : base64_digits;
        if (digit == NULL) {
            return 0;
        }
        group = group << 6 | (uint32_t)(digit - base64_digits);
    }
    for (size_t i = 0; i < 3; i++) {
        ret_bytes[i] = (uint8_t)(group >> (16 - 8 * i));
    }
    bool has_rest = (count == 2 && ret_bytes[1] != 0) || (count == 3 && ret_bytes[2] != 0);
    return has_rest ? 0 : count - 1;
}

bool base64_decode(struct arena *arena, struct str text, struct bytes *ret_bytes) {
    if (text.len % 4 != 0) {
        return false;
    }
    uint8_t *bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i += 4) {
        size_t count = take_base64_group(text.ptr + i, i + 4 == text.len, bytes + len);
        if (count == 0) {
            return false;
        }
        len += count;
    }
    *ret_bytes = (struct bytes){.ptr = bytes, .len = len};
    return true;
}

void u32_store_be(uint8_t *to, uint32_t value) {
    for (int i = 3; i >= 0; i--, value >>= 8) {
        to[i] = (uint8_t)value;
    }
}

void u64_store_be(uint8_t *to, uint64_t value) {
    for (int i = 7; i >= 0; i--, value >>= 8) {
        to[i] = (uint8_t)value;
    }
}

uint32_t u32_load_be(const uint8_t *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

uint64_t u64_load_be(const uint8_t *from) {
    return (uint64_t)u32_load_be(from) << 32 | u32_load_be(from + 4);
}
