/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <string.h>

#include "base/arena.h"
#include "base/result.h"

struct str str_from_c(const char *c_string) {
    return (struct str){.ptr = c_string, .len = c_string == NULL ? 0 : strlen(c_string)};
}

struct str str_copy(struct arena *arena, struct str text) {
    return (struct str){.ptr = arena_copy(arena, text.ptr, text.len), .len = text.len};
}

const char *str_to_c(struct arena *arena, struct str text) {
    return arena_copy(arena, text.ptr, text.len);
}

bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_eq_nocase(struct str a, struct str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool str_is_empty(struct str text) {
    return text.len == 0;
}

bool str_starts_with(struct str text, struct str prefix) {
    return text.len >= prefix.len && str_eq(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends_with(struct str text, struct str suffix) {
    return text.len >= suffix.len &&
           str_eq(str_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t str_find(struct str text, char c) {
    const char *at = text.len == 0 ? NULL : memchr(text.ptr, c, text.len);
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

struct str str_slice(struct str text, size_t from, size_t to) {
    BUG_IF(from > to || to > text.len);
    /* An empty text may have no place; not even 0 may be added to that. */
    return (struct str){.ptr = from == 0 ? text.ptr : text.ptr + from, .len = to - from};
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str text) {
    while (text.len > 0 && is_space(text.ptr[0])) {
        text = str_slice(text, 1, text.len);
    }
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

bool str_split_next(struct str *rest, char separator, struct str *ret_part) {
    if (rest->ptr == NULL) {
        return false;
    }
    size_t at = str_find(*rest, separator);
    *ret_part = str_slice(*rest, 0, at);
    *rest = at == rest->len ? (struct str){0} : str_slice(*rest, at + 1, rest->len);
    return true;
}

bool str_to_u64(struct str text, uint64_t *ret_value) {
    uint64_t value = 0;
    if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.ptr[i] - '0'), &value)) {
            return false;
        }
    }
    *ret_value = value;
    return true;
}

bool str_to_i64(struct str text, int64_t *ret_value) {
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t magnitude;
    if (!str_to_u64(negative ? str_slice(text, 1, text.len) : text, &magnitude)) {
        return false;
    }
    if (magnitude > (uint64_t)INT64_MAX) {
        return false;
    }
    *ret_value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

size_t str_utf8_len(struct str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    if (p[0] < 0x80) {
        return 1;
    }
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || text.len < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] >= 0xa0;
    bool too_large = p[0] == 0xf4 && p[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : len;
}

bool str_is_utf8(struct str text) {
    while (text.len > 0) {
        size_t len = str_utf8_len(text);
        if (len == 0) {
            return false;
        }
        text = str_slice(text, len, text.len);
    }
    return true;
}

size_t str_utf8_encode(uint32_t code_point, char ret_bytes[4]) {
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    BUG_IF(code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff));
    size_t len = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code_point >>= 6) {
        ret_bytes[i] = (char)(0x80 | (code_point & 0x3f));
    }
    ret_bytes[0] = (char)(lead[len] | code_point);
    return len;
}
