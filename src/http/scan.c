/* SPDX-License-Identifier: MIT */
#include "http/scan.h"

#include <string.h>

#include "base/arena.h"
#include "base/result.h"
#include "http/scan_parts.h"

enum { TEXT_BYTES_FIRST = 1024 };
static_assert(HTTP_TARGET_BYTES_MAX <= UINT16_MAX, "offsets into a head are 16 bits wide");

#define TOKEN (BYTE_TOKEN | BYTE_VALUE | BYTE_VISIBLE)
#define SIGN  (BYTE_VALUE | BYTE_VISIBLE)

const uint8_t scan_byte_class[256] = {
    ['\t'] = BYTE_VALUE,    [' '] = BYTE_VALUE,
    ['!'] = TOKEN,          ['"'] = SIGN,
    ['#' ... '\''] = TOKEN, ['('] = SIGN,
    [')'] = SIGN,           ['*'] = TOKEN,
    ['+'] = TOKEN,          [','] = SIGN,
    ['-'] = TOKEN,          ['.'] = TOKEN,
    ['/'] = SIGN,           ['0' ... '9'] = TOKEN | BYTE_HEX,
    [':' ... '@'] = SIGN,   ['A' ... 'F'] = TOKEN | BYTE_HEX,
    ['G' ... 'Z'] = TOKEN,  ['[' ... ']'] = SIGN,
    ['^' ... '`'] = TOKEN,  ['a' ... 'f'] = TOKEN | BYTE_HEX,
    ['g' ... 'z'] = TOKEN,  ['{'] = SIGN,
    ['|'] = TOKEN,          ['}'] = SIGN,
    ['~'] = TOKEN,          [0x80 ... 0xff] = BYTE_VALUE,
};

static const struct str single_names[HTTP_SINGLE_COUNT] = {
    [HTTP_SINGLE_HOST] = {"host", 4},
    [HTTP_SINGLE_CONTENT_LENGTH] = {"content-length", 14},
    [HTTP_SINGLE_TRANSFER_ENCODING] = {"transfer-encoding", 17},
    [HTTP_SINGLE_AUTHORIZATION] = {"authorization", 13},
    [HTTP_SINGLE_CONTENT_TYPE] = {"content-type", 12},
    [HTTP_SINGLE_EXPECT] = {"expect", 6},
};

void scan_refuse(struct http_scan *scan, int status) {
    BUG_IF(scan->outcome != HTTP_SCAN_MORE);
    scan->outcome = HTTP_SCAN_REFUSED;
    scan->status = status;
}

bool scan_is_single_name(struct str lower_name, enum http_single *ret_which) {
    for (size_t i = 0; i < HTTP_SINGLE_COUNT; i++) {
        if (str_eq(lower_name, single_names[i])) {
            *ret_which = (enum http_single)i;
            return true;
        }
    }
    return false;
}

static bool all_are(struct str text, unsigned classes) {
    for (size_t i = 0; i < text.len; i++) {
        if (!scan_is((uint8_t)text.ptr[i], classes)) {
            return false;
        }
    }
    return true;
}

/* RFC 9112, 2.3: "HTTP-version = HTTP-name "/" DIGIT "." DIGIT", case-sensitive. */
static int check_version(struct str version, uint8_t *ret_minor) {
    bool has_form = version.len == 8 && str_starts_with(version, STR("HTTP/")) &&
                    version.ptr[5] >= '0' && version.ptr[5] <= '9' && version.ptr[6] == '.' &&
                    version.ptr[7] >= '0' && version.ptr[7] <= '9';
    if (!has_form) {
        return 400;
    }
    if (version.ptr[5] != '1' || version.ptr[7] > '1') {
        return 505;
    }
    *ret_minor = (uint8_t)(version.ptr[7] - '0');
    return 0;
}

static int check_target(struct str method, struct str target) {
    if (target.len == 0 || !all_are(target, BYTE_VISIBLE) || str_find(target, '#') < target.len) {
        return 400;
    }
    if (target.len > HTTP_TARGET_BYTES_MAX) {
        return 414;
    }
    if (str_eq(target, STR("*"))) {
        return str_eq(method, STR("OPTIONS")) ? 0 : 400;
    }
    /* "//host/path" is a path to us and an authority to others. */
    return target.ptr[0] == '/' && !str_starts_with(target, STR("//")) ? 0 : 400;
}

static int read_request_line(struct http_head *head, struct str line) {
    size_t method_len = str_find(line, ' ');
    struct str method = str_slice(line, 0, method_len);
    if (method_len == 0 || method_len == line.len || !all_are(method, BYTE_TOKEN)) {
        return 400;
    }
    struct str rest = str_slice(line, method_len + 1, line.len);
    size_t target_len = str_find(rest, ' ');
    if (target_len == rest.len) {
        return 400;
    }
    struct str target = str_slice(rest, 0, target_len);
    int status = check_target(method, target);
    if (status != 0) {
        return status;
    }
    head->method_len = (uint16_t)method_len;
    head->target_at = (uint16_t)(method_len + 1);
    head->target_len = (uint16_t)target_len;
    return check_version(str_slice(rest, target_len + 1, rest.len), &head->version_minor);
}

/* Tabs around a length or a coding are legal white space that others have read as part of it. */
static bool has_tab_around(struct str raw) {
    return str_find(raw, '\t') < raw.len;
}

static int read_single(struct http_head *head, struct str name, struct str raw_value) {
    enum http_single which;
    if (!scan_is_single_name(name, &which)) {
        return 0;
    }
    bool is_framing = which == HTTP_SINGLE_CONTENT_LENGTH || which == HTTP_SINGLE_TRANSFER_ENCODING;
    if (head->single[which] != 0 || (is_framing && has_tab_around(raw_value))) {
        return 400;
    }
    head->single[which] = (uint16_t)(head->field_count + 1);
    return 0;
}

/* RFC 9112, 5.1: "No whitespace is allowed between the field name and colon." 5.2: obs-fold is
 * refused, because it begins with white space. */
static int read_field(struct http_head *head, size_t line_at, size_t line_len) {
    struct str line = {.ptr = head->text + line_at, .len = line_len};
    size_t name_len = str_find(line, ':');
    if (name_len == line.len || name_len == 0) {
        return 400;
    }
    for (size_t i = 0; i < name_len; i++) {
        char *c = head->text + line_at + i;
        if (!scan_is((uint8_t)*c, BYTE_TOKEN)) {
            return 400;
        }
        *c = scan_lower(*c);
    }
    if (head->field_count == HTTP_FIELDS_MAX) {
        return 431;
    }
    struct str raw = str_slice(line, name_len + 1, line.len);
    int status = read_single(head, str_slice(line, 0, name_len), raw);
    struct str value = str_trim(raw);
    head->fields[head->field_count++] = (struct http_field){
        .name_at = (uint16_t)line_at,
        .name_len = (uint16_t)name_len,
        .value_at = (uint16_t)(value.ptr - head->text),
        .value_len = (uint16_t)value.len,
    };
    return status;
}

/* A list of tokens: `close` wins over `keep-alive`, whatever the order. */
static void read_connection(struct http_head *head) {
    bool close = false;
    bool keep = false;
    for (size_t i = 0; i < head->field_count; i++) {
        if (!str_eq(http_head_name(head, i), STR("connection"))) {
            continue;
        }
        struct str rest = http_head_value(head, i);
        struct str token;
        while (str_split_next(&rest, ',', &token)) {
            token = str_trim(token);
            close = close || str_eq_nocase(token, STR("close"));
            keep = keep || str_eq_nocase(token, STR("keep-alive"));
        }
    }
    head->keep_alive = !close && (head->version_minor == 1 || keep);
}

static void end_line(struct http_scan *scan) {
    struct http_head *head = scan->head;
    size_t line_len = scan->text_len - scan->line_at;
    scan->state = SCAN_LINE;
    if (!scan->has_request_line) {
        int status =
            read_request_line(head, (struct str){.ptr = head->text, .len = scan->text_len});
        scan->has_request_line = status == 0 || status == 505;
        scan->line_at = scan->text_len;
        if (status != 0) {
            scan_refuse(scan, status);
        }
        return;
    }
    if (line_len == 0) {
        read_connection(head);
        scan_body_begin(scan);
        return;
    }
    int status = read_field(head, scan->line_at, line_len);
    scan->line_at = scan->text_len;
    if (status != 0) {
        scan_refuse(scan, status);
    }
}

static bool reserve_text(struct http_scan *scan, size_t more) {
    if (scan->text_cap - scan->text_len >= more) {
        return true;
    }
    size_t cap = scan->text_cap == 0 ? TEXT_BYTES_FIRST : scan->text_cap * 2;
    while (cap - scan->text_len < more) {
        cap *= 2;
    }
    if (cap > scan->head_bytes_max) {
        cap = scan->head_bytes_max;
    }
    char *text = arena_try_alloc(scan->arena, cap);
    if (text == NULL || cap - scan->text_len < more) {
        return false;
    }
    if (scan->text_len > 0) {
        memcpy(text, scan->head->text, scan->text_len);
    }
    scan->head->text = text;
    scan->text_cap = cap;
    return true;
}

static void refuse_long_head(struct http_scan *scan) {
    scan_refuse(scan, scan->has_request_line ? 431 : 414);
}

/* The longest run of bytes that may stand in this line, at most one more than the head may hold. */
static size_t feed_line(struct http_scan *scan, struct bytes input) {
    size_t left = scan->head_bytes_max - scan->head_bytes;
    size_t most = input.len < left + 1 ? input.len : left + 1;
    unsigned skip = scan->has_request_line ? 0 : 0x80; /* a request line is ASCII */
    size_t n = 0;
    while (n < most && scan_is(input.ptr[n], BYTE_VALUE) && (input.ptr[n] & skip) == 0) {
        n++;
    }
    if (n > left) {
        refuse_long_head(scan);
        return n;
    }
    if (n > 0) {
        if (!reserve_text(scan, n)) {
            refuse_long_head(scan);
            return n;
        }
        memcpy(scan->head->text + scan->text_len, input.ptr, n);
        scan->text_len += n;
        scan->head_bytes += n;
    }
    if (n == input.len) {
        return n;
    }
    if (input.ptr[n] != '\r') {
        scan_refuse(scan, 400);
    } else if (scan->head_bytes >= scan->head_bytes_max) {
        refuse_long_head(scan);
    } else {
        scan->head_bytes++;
        scan->state = SCAN_LINE_LF;
    }
    return n + 1;
}

/* One byte where only one byte may stand. */
static void expect_lf(struct http_scan *scan, uint8_t byte) {
    if (byte != '\n') {
        scan_refuse(scan, 400);
    } else if (scan->head_bytes >= scan->head_bytes_max) {
        refuse_long_head(scan);
    } else {
        scan->head_bytes++;
    }
}

static void feed_first(struct http_scan *scan, uint8_t byte, size_t *consumed) {
    if (byte == '\r' && scan->state == SCAN_FIRST) {
        scan->head_bytes++;
        scan->state = SCAN_EMPTY_LF;
        *consumed += 1;
        return;
    }
    if (!scan_is(byte, BYTE_TOKEN)) {
        scan_refuse(scan, 400); /* a TLS hello, for one */
        return;
    }
    scan->state = SCAN_LINE;
}

static size_t feed_head(struct http_scan *scan, struct bytes input) {
    size_t at = 0;
    while (at < input.len && scan->outcome == HTTP_SCAN_MORE && !scan->in_body) {
        switch ((enum scan_state)scan->state) {
        case SCAN_FIRST:
        case SCAN_REQUEST_LINE:
            feed_first(scan, input.ptr[at], &at);
            break;
        case SCAN_EMPTY_LF:
            expect_lf(scan, input.ptr[at++]);
            scan->state = SCAN_REQUEST_LINE;
            break;
        case SCAN_LINE:
            at += feed_line(scan, (struct bytes){.ptr = input.ptr + at, .len = input.len - at});
            break;
        case SCAN_LINE_LF:
            expect_lf(scan, input.ptr[at++]);
            if (scan->outcome == HTTP_SCAN_MORE) {
                end_line(scan);
            }
            break;
        case SCAN_LENGTH:
        case SCAN_CHUNK_SIZE:
        case SCAN_CHUNK_EXTENSION:
        case SCAN_CHUNK_SIZE_LF:
        case SCAN_CHUNK_DATA:
        case SCAN_CHUNK_DATA_CR:
        case SCAN_CHUNK_DATA_LF:
        case SCAN_TRAILER_START:
        case SCAN_TRAILER_NAME:
        case SCAN_TRAILER_VALUE:
        case SCAN_TRAILER_LF:
        case SCAN_END_LF:
            BUG_IF(true);
        }
    }
    return at;
}

void http_scan_init(struct http_scan *scan, struct arena *arena, size_t head_bytes_max,
                    size_t body_bytes_max) {
    BUG_IF(head_bytes_max > UINT16_MAX);
    *scan = (struct http_scan){
        .arena = arena,
        .head_bytes_max = head_bytes_max,
        .body_bytes_max = body_bytes_max,
        .state = SCAN_FIRST,
    };
}

size_t http_scan_feed(struct http_scan *scan, struct bytes input) {
    if (input.len == 0 || scan->outcome != HTTP_SCAN_MORE) {
        return 0;
    }
    if (scan->head == NULL) {
        scan->head = ARENA_NEW(scan->arena, struct http_head);
    }
    size_t at = 0;
    if (!scan->in_body) {
        at = feed_head(scan, input);
    }
    if (scan->in_body && scan->outcome == HTTP_SCAN_MORE) {
        at += scan_body_feed(scan, (struct bytes){.ptr = input.ptr + at, .len = input.len - at});
    }
    return at;
}

struct str http_head_method(const struct http_head *head) {
    return (struct str){.ptr = head->text, .len = head->method_len};
}

struct str http_head_target(const struct http_head *head) {
    return (struct str){.ptr = head->text + head->target_at, .len = head->target_len};
}

struct str http_head_name(const struct http_head *head, size_t field) {
    const struct http_field *f = &head->fields[field];
    return (struct str){.ptr = head->text + f->name_at, .len = f->name_len};
}

struct str http_head_value(const struct http_head *head, size_t field) {
    const struct http_field *f = &head->fields[field];
    return (struct str){.ptr = head->text + f->value_at, .len = f->value_len};
}

struct str http_head_single(const struct http_head *head, enum http_single which) {
    if (head->single[which] == 0) {
        return (struct str){0};
    }
    return http_head_value(head, head->single[which] - 1u);
}
