/* SPDX-License-Identifier: MIT */
#include "core/net_address.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum { V4_BYTES = 4, V6_BYTES = 16, V6_GROUPS = 8, TEXT_BYTES_MAX = 45 };

static bool v4_parse(struct str text, uint8_t ret_bytes[V4_BYTES]) {
    uint8_t bytes[V4_BYTES];
    for (size_t i = 0; i < V4_BYTES; i++) {
        struct str part = str_slice(text, 0, str_find(text, '.'));
        uint64_t value;
        bool is_plain = part.len >= 1 && part.len <= 3 && (part.len == 1 || part.ptr[0] != '0');
        if (!is_plain || !str_to_u64(part, &value) || value > UINT8_MAX) {
            return false;
        }
        bytes[i] = (uint8_t)value;
        bool is_last = i == V4_BYTES - 1;
        if (is_last != (part.len == text.len)) {
            return false;
        }
        text = str_slice(text, part.len + (is_last ? 0 : 1), text.len);
    }
    memcpy(ret_bytes, bytes, V4_BYTES);
    return true;
}

static bool group_parse(struct str text, uint8_t ret_bytes[2]) {
    if (text.len == 0 || text.len > 4) {
        return false;
    }
    char padded[4] = {'0', '0', '0', '0'};
    memcpy(padded + sizeof padded - text.len, text.ptr, text.len);
    return hex_decode((struct str){.ptr = padded, .len = sizeof padded}, ret_bytes, 2);
}

/* Groups with single colons between them, the last of which may be an IPv4 address; an empty text
 * is no group. Answers how many bytes they make. */
static bool groups_parse(struct str text, uint8_t ret_bytes[V6_BYTES], size_t *ret_size) {
    size_t size = 0;
    bool is_more = text.len > 0;
    while (is_more) {
        struct str part = str_slice(text, 0, str_find(text, ':'));
        is_more = part.len < text.len;
        text = str_slice(text, part.len + (is_more ? 1 : 0), text.len);
        if (!is_more && str_find(part, '.') < part.len) {
            if (size + V4_BYTES > V6_BYTES || !v4_parse(part, ret_bytes + size)) {
                return false;
            }
            size += V4_BYTES;
        } else {
            if (size + 2 > V6_BYTES || !group_parse(part, ret_bytes + size)) {
                return false;
            }
            size += 2;
        }
    }
    *ret_size = size;
    return true;
}

static size_t find_double_colon(struct str text) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == ':' && text.ptr[i + 1] == ':') {
            return i;
        }
    }
    return text.len;
}

static bool v6_parse(struct str text, uint8_t ret_bytes[V6_BYTES]) {
    uint8_t head[V6_BYTES];
    uint8_t tail[V6_BYTES];
    size_t head_size;
    size_t tail_size = 0;
    size_t gap = find_double_colon(text);
    bool has_gap = gap < text.len;
    struct str front = str_slice(text, 0, gap);
    if (!groups_parse(front, head, &head_size) || (has_gap && str_find(front, '.') < front.len) ||
        (has_gap && !groups_parse(str_slice(text, gap + 2, text.len), tail, &tail_size))) {
        return false;
    }
    size_t size = head_size + tail_size;
    if (has_gap ? size > V6_BYTES - 2 : size != V6_BYTES) {
        return false;
    }
    memset(ret_bytes, 0, V6_BYTES);
    memcpy(ret_bytes, head, head_size);
    memcpy(ret_bytes + V6_BYTES - tail_size, tail, tail_size);
    return true;
}

bool net_address_parse(struct str text, struct net_address *ret_address) {
    if (text.len > TEXT_BYTES_MAX) {
        return false;
    }
    struct net_address address = {.is_v6 = str_find(text, ':') < text.len};
    bool is_sound = address.is_v6 ? v6_parse(text, address.bytes) : v4_parse(text, address.bytes);
    if (is_sound) {
        *ret_address = address;
    }
    return is_sound;
}

static void v4_put(struct buf *buf, const uint8_t *bytes) {
    for (size_t i = 0; i < V4_BYTES; i++) {
        buf_puts(buf, i == 0 ? "" : ".");
        buf_put_u64(buf, bytes[i]);
    }
}

/* RFC 5952, 4.2: "::" stands for the longest run of zero groups, the first of equals, never for a
 * single group. Answers where it starts and ends; both V6_GROUPS if there is none. */
static void longest_zeros(const uint16_t groups[V6_GROUPS], size_t *ret_from, size_t *ret_to) {
    size_t best_from = V6_GROUPS;
    size_t best_to = V6_GROUPS;
    for (size_t from = 0; from < V6_GROUPS; from++) {
        size_t to = from;
        while (to < V6_GROUPS && groups[to] == 0) {
            to++;
        }
        if (to - from >= 2 && to - from > best_to - best_from) {
            best_from = from;
            best_to = to;
        }
    }
    *ret_from = best_from;
    *ret_to = best_to;
}

static void v6_put(struct buf *buf, const uint8_t *bytes) {
    static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
    if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        buf_puts(buf, "::ffff:");
        v4_put(buf, bytes + sizeof mapped);
        return;
    }
    uint16_t groups[V6_GROUPS];
    for (size_t i = 0; i < V6_GROUPS; i++) {
        groups[i] = (uint16_t)(bytes[i * 2] << 8 | bytes[i * 2 + 1]);
    }
    size_t zeros_from;
    size_t zeros_to;
    longest_zeros(groups, &zeros_from, &zeros_to);
    for (size_t i = 0; i < V6_GROUPS; i++) {
        if (i == zeros_from) {
            buf_puts(buf, "::");
            i = zeros_to - 1;
            continue;
        }
        bool needs_colon = i > 0 && i != zeros_to;
        buf_putf(buf, "%s%x", needs_colon ? ":" : "", groups[i]);
    }
}

struct str net_address_text(struct arena *arena, const struct net_address *address) {
    struct buf buf = buf_in(arena);
    if (address->is_v6) {
        v6_put(&buf, address->bytes);
    } else {
        v4_put(&buf, address->bytes);
    }
    buf_put_char(&buf, '\0');
    return str_slice(buf_str(&buf), 0, buf.len - 1);
}

bool net_address_eq(const struct net_address *a, const struct net_address *b) {
    return a->is_v6 == b->is_v6 && memcmp(a->bytes, b->bytes, a->is_v6 ? V6_BYTES : V4_BYTES) == 0;
}
