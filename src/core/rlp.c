/* SPDX-License-Identifier: MIT */
#include "core/rlp.h"

#include <string.h>

enum {
    PREFIX_STRING = 0x80,
    PREFIX_LIST = 0xc0,
    SHORT_BYTES_MAX = 55,
    HEAD_BYTES_MAX = 1 + sizeof(uint64_t),
};

/* The bytes before a payload of `size`: "if it contains fewer than fifty-six bytes" one, else the
 * length itself stands between. Answers how many. */
static size_t write_head(uint8_t kind, size_t size, uint8_t ret_head[HEAD_BYTES_MAX]) {
    if (size <= SHORT_BYTES_MAX) {
        ret_head[0] = (uint8_t)(kind + size);
        return 1;
    }
    uint8_t length[sizeof(uint64_t)];
    u64_store_be(length, size);
    size_t zeros = 0;
    while (length[zeros] == 0) {
        zeros++;
    }
    size_t digits = sizeof length - zeros;
    ret_head[0] = (uint8_t)(kind + SHORT_BYTES_MAX + digits);
    memcpy(ret_head + 1, length + zeros, digits);
    return 1 + digits;
}

void rlp_put_bytes(struct buf *buf, struct bytes bytes) {
    if (bytes.len == 1 && bytes.ptr[0] < PREFIX_STRING) {
        buf_put(buf, bytes.ptr, 1);
        return;
    }
    uint8_t head[HEAD_BYTES_MAX];
    buf_put(buf, head, write_head(PREFIX_STRING, bytes.len, head));
    buf_put(buf, bytes.ptr, bytes.len);
}

void rlp_put_number(struct buf *buf, struct bytes big_endian) {
    while (big_endian.len > 0 && big_endian.ptr[0] == 0) {
        big_endian.ptr++;
        big_endian.len--;
    }
    rlp_put_bytes(buf, big_endian);
}

void rlp_put_u64(struct buf *buf, uint64_t value) {
    uint8_t bytes[sizeof value];
    u64_store_be(bytes, value);
    rlp_put_number(buf, BYTES_OF(bytes));
}

size_t rlp_list_begin(const struct buf *buf) {
    return buf->len;
}

/* The payload is moved up by its head once it is known how long that is: a few bytes for each
 * level, against the hashing of all of them. */
void rlp_list_end(struct buf *buf, size_t begun) {
    uint8_t head[HEAD_BYTES_MAX];
    size_t payload = buf->len - begun;
    size_t size = write_head(PREFIX_LIST, payload, head);
    buf_put(buf, head, size);
    if (!buf->failed) {
        memmove(buf->ptr + begun + size, buf->ptr + begun, payload);
        memcpy(buf->ptr + begun, head, size);
    }
}
