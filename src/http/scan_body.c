/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/arena.h"
#include "base/result.h"
#include "http/scan.h"
#include "http/scan_parts.h"

enum { BODY_BYTES_FIRST = 1024 };

/* Codings that exist and that we do not have: 501. Any other value is somebody's trick: 400. */
static const struct str codings_foreign[] = {
    {"gzip", 4},     {"x-gzip", 6},      {"deflate", 7},
    {"compress", 8}, {"x-compress", 10}, {"identity", 8},
};

static bool is_foreign_coding(struct str coding) {
    for (size_t i = 0; i < sizeof codings_foreign / sizeof codings_foreign[0]; i++) {
        if (str_eq_nocase(coding, codings_foreign[i])) {
            return true;
        }
    }
    return false;
}

/* Only "chunked". `gzip` and `gzip, chunked` are honest and unknown to us; `xchunked`, `chunked,
 * identity` and the like are how requests are smuggled. */
static int check_transfer_encoding(const struct http_head *head, struct str value) {
    if (head->version_minor == 0 || head->single[HTTP_SINGLE_CONTENT_LENGTH] != 0) {
        return 400;
    }
    if (str_eq_nocase(value, STR("chunked"))) {
        return 0;
    }
    bool foreign = false;
    struct str rest = value;
    struct str coding;
    while (str_split_next(&rest, ',', &coding)) {
        coding = str_trim(coding);
        bool is_last_chunked = rest.ptr == NULL && foreign && str_eq_nocase(coding, STR("chunked"));
        if (!is_foreign_coding(coding) && !is_last_chunked) {
            return 400;
        }
        foreign = true;
    }
    return 501;
}

/* RFC 9110, 8.6: "Content-Length = 1*DIGIT". No leading zeros: nobody sends them in good faith. */
static int check_content_length(struct str value, size_t bytes_max, uint64_t *ret_length) {
    if (value.len == 0 || (value.len > 1 && value.ptr[0] == '0')) {
        return 400;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9') {
            return 400;
        }
    }
    return str_to_u64(value, ret_length) && *ret_length <= bytes_max ? 0 : 413;
}

static bool is_host(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = (uint8_t)value.ptr[i];
        if (!scan_is(c, BYTE_VISIBLE) || strchr("/?#@\\<>\"{}|^`,", c) != NULL) {
            return false;
        }
    }
    return true;
}

/* In this order: what is wrong, what we cannot, what we will not. */
static int check_head(struct http_scan *scan) {
    struct http_head *head = scan->head;
    struct str host = http_head_single(head, HTTP_SINGLE_HOST);
    struct str coding = http_head_single(head, HTTP_SINGLE_TRANSFER_ENCODING);
    struct str length = http_head_single(head, HTTP_SINGLE_CONTENT_LENGTH);
    struct str expect = http_head_single(head, HTTP_SINGLE_EXPECT);
    if (host.ptr == NULL ? head->version_minor == 1 : !is_host(host)) {
        return 400;
    }
    if (coding.ptr != NULL) {
        int status = check_transfer_encoding(head, coding);
        if (status != 0) {
            return status;
        }
        head->is_chunked = true;
    }
    uint64_t length_value = 0;
    int length_status =
        length.ptr == NULL ? 0 : check_content_length(length, scan->body_bytes_max, &length_value);
    if (length_status == 400) {
        return 400;
    }
    if (expect.ptr != NULL && !str_eq_nocase(expect, STR("100-continue"))) {
        return 417;
    }
    scan->left = length_value;
    head->has_body = coding.ptr != NULL || length.ptr != NULL;
    head->expects_continue = expect.ptr != NULL && head->version_minor == 1;
    return length_status;
}

void scan_body_begin(struct http_scan *scan) {
    int status = check_head(scan);
    if (status != 0) {
        scan_refuse(scan, status);
        return;
    }
    scan->in_body = true;
    if (scan->head->is_chunked) {
        scan->state = SCAN_CHUNK_SIZE;
        return;
    }
    scan->state = SCAN_LENGTH;
    if (scan->left == 0) {
        scan->outcome = HTTP_SCAN_DONE;
    }
}

/* Memory follows what has come, not what was announced. */
static bool reserve_body(struct http_scan *scan, size_t more) {
    size_t need = scan->body.len + more;
    if (need <= scan->body_cap) {
        return true;
    }
    size_t cap = scan->body_cap == 0 ? BODY_BYTES_FIRST : scan->body_cap * 2;
    if (cap < need) {
        cap = need;
    }
    uint8_t *to = arena_try_alloc(scan->arena, cap);
    if (to == NULL) {
        return false;
    }
    if (scan->body.len > 0) {
        memcpy(to, scan->body_to, scan->body.len);
    }
    scan->body_to = to;
    scan->body.ptr = to;
    scan->body_cap = cap;
    return true;
}

static size_t feed_data(struct http_scan *scan, struct bytes input) {
    size_t n = input.len < scan->left ? input.len : (size_t)scan->left;
    if (!reserve_body(scan, n)) {
        scan_refuse(scan, 413);
        return n;
    }
    memcpy(scan->body_to + scan->body.len, input.ptr, n);
    scan->body.len += n;
    scan->left -= n;
    BUG_IF(scan->body.len > scan->body_bytes_max);
    return n;
}

static uint64_t hex_value(uint8_t c) {
    return c <= '9' ? (uint64_t)(c - '0') : (uint64_t)((c | 0x20) - 'a' + 10);
}

static void feed_chunk_size(struct http_scan *scan, uint8_t byte) {
    if (++scan->line_bytes > HTTP_CHUNK_LINE_BYTES_MAX) {
        scan_refuse(scan, 400);
        return;
    }
    if (scan_is(byte, BYTE_HEX) && scan->digits < HTTP_CHUNK_SIZE_DIGITS_MAX) {
        scan->left = scan->left << 4 | hex_value(byte);
        scan->digits++;
        return;
    }
    if (scan->digits > 0 && byte == ';') {
        scan->extension_bytes++;
        scan->state = SCAN_CHUNK_EXTENSION;
    } else if (scan->digits > 0 && byte == '\r') {
        scan->state = SCAN_CHUNK_SIZE_LF;
    } else {
        scan_refuse(scan, 400);
        return;
    }
    if (scan->extension_bytes > HTTP_CHUNK_EXTENSIONS_BYTES_MAX) {
        scan_refuse(scan, 400);
    }
}

static void feed_extension(struct http_scan *scan, uint8_t byte) {
    if (byte == '\r') {
        scan->state = SCAN_CHUNK_SIZE_LF;
        return;
    }
    if (!scan_is(byte, BYTE_VALUE) || ++scan->line_bytes > HTTP_CHUNK_LINE_BYTES_MAX ||
        ++scan->extension_bytes > HTTP_CHUNK_EXTENSIONS_BYTES_MAX) {
        scan_refuse(scan, 400);
    }
}

static void begin_chunk(struct http_scan *scan) {
    scan->line_bytes = 0;
    scan->digits = 0;
    if (scan->left == 0) {
        scan->state = SCAN_TRAILER_START;
    } else if (scan->left > scan->body_bytes_max - scan->body.len) {
        scan_refuse(scan, 413);
    } else {
        scan->state = SCAN_CHUNK_DATA;
    }
}

/* RFC 9110, 6.5.1: trailers must not carry framing, routing or authentication. */
static bool is_forbidden_trailer(const struct http_scan *scan) {
    static const struct str names[] = {
        {"cookie", 6},  {"connection", 10},       {"te", 2},
        {"trailer", 7}, {"content-encoding", 16}, {"x-forwarded-for", 15}};
    struct str name = {.ptr = scan->name, .len = scan->name_len};
    enum http_single which;
    if (scan->name_len > sizeof scan->name) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return scan_is_single_name(name, &which);
}

static void feed_trailer_name(struct http_scan *scan, uint8_t byte) {
    if (byte == ':') {
        scan->state = SCAN_TRAILER_VALUE;
        if (scan->name_len == 0 || is_forbidden_trailer(scan)) {
            scan_refuse(scan, 400);
        }
        return;
    }
    if (!scan_is(byte, BYTE_TOKEN)) {
        scan_refuse(scan, 400);
        return;
    }
    if (scan->name_len < sizeof scan->name) {
        scan->name[scan->name_len] = scan_lower((char)byte);
    }
    if (scan->name_len <= sizeof scan->name) {
        scan->name_len++; /* one more than fits: too long to be a forbidden one */
    }
}

static void feed_trailer(struct http_scan *scan, uint8_t byte) {
    if (++scan->trailer_bytes > HTTP_TRAILER_BYTES_MAX) {
        scan_refuse(scan, 431);
    } else if (scan->state == SCAN_TRAILER_START && byte == '\r') {
        scan->state = SCAN_END_LF;
    } else if (scan->state == SCAN_TRAILER_VALUE && byte == '\r') {
        scan->state = SCAN_TRAILER_LF;
    } else if (scan->state == SCAN_TRAILER_VALUE) {
        if (!scan_is(byte, BYTE_VALUE)) {
            scan_refuse(scan, 400);
        }
    } else {
        if (scan->state == SCAN_TRAILER_START) {
            scan->name_len = 0;
            scan->state = SCAN_TRAILER_NAME;
        }
        feed_trailer_name(scan, byte);
    }
}

static void feed_exactly(struct http_scan *scan, uint8_t byte, uint8_t wanted,
                         enum scan_state next) {
    if (byte != wanted) {
        scan_refuse(scan, 400);
        return;
    }
    scan->state = next;
}

/* One byte of a chunked body that is not data. */
static void feed_chunk_byte(struct http_scan *scan, uint8_t byte) {
    switch ((enum scan_state)scan->state) {
    case SCAN_CHUNK_SIZE:
        feed_chunk_size(scan, byte);
        return;
    case SCAN_CHUNK_EXTENSION:
        feed_extension(scan, byte);
        return;
    case SCAN_CHUNK_SIZE_LF:
        feed_exactly(scan, byte, '\n', SCAN_CHUNK_DATA);
        if (scan->outcome == HTTP_SCAN_MORE) {
            begin_chunk(scan);
        }
        return;
    case SCAN_CHUNK_DATA_CR:
        feed_exactly(scan, byte, '\r', SCAN_CHUNK_DATA_LF);
        return;
    case SCAN_CHUNK_DATA_LF:
        feed_exactly(scan, byte, '\n', SCAN_CHUNK_SIZE);
        return;
    case SCAN_TRAILER_START:
    case SCAN_TRAILER_NAME:
    case SCAN_TRAILER_VALUE:
        feed_trailer(scan, byte);
        return;
    case SCAN_TRAILER_LF:
        feed_exactly(scan, byte, '\n', SCAN_TRAILER_START);
        return;
    case SCAN_END_LF:
        feed_exactly(scan, byte, '\n', SCAN_END_LF);
        if (scan->outcome == HTTP_SCAN_MORE) {
            scan->outcome = HTTP_SCAN_DONE;
        }
        return;
    case SCAN_FIRST:
    case SCAN_EMPTY_LF:
    case SCAN_REQUEST_LINE:
    case SCAN_LINE:
    case SCAN_LINE_LF:
    case SCAN_LENGTH:
    case SCAN_CHUNK_DATA:
        BUG_IF(true);
    }
}

size_t scan_body_feed(struct http_scan *scan, struct bytes input) {
    size_t at = 0;
    while (at < input.len && scan->outcome == HTTP_SCAN_MORE) {
        if (scan->state != SCAN_LENGTH && scan->state != SCAN_CHUNK_DATA) {
            feed_chunk_byte(scan, input.ptr[at++]);
            continue;
        }
        at += feed_data(scan, (struct bytes){.ptr = input.ptr + at, .len = input.len - at});
        if (scan->left > 0 || scan->outcome != HTTP_SCAN_MORE) {
            continue;
        }
        if (scan->state == SCAN_LENGTH) {
            scan->outcome = HTTP_SCAN_DONE;
        } else {
            scan->state = SCAN_CHUNK_DATA_CR;
        }
    }
    return at;
}
