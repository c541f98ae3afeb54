/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_SCAN_H
#define TILL_HTTP_SCAN_H

/* The strict HTTP/1.x request scanner: takes bytes as they come, in pieces of any size, and says
 * when one whole request is there or why it is refused. Pure: no I/O, no clock. The outcome depends
 * on the bytes alone, never on how they were split. Whatever two parsers could read differently is
 * refused (request smuggling); routing, methods and the meaning of headers are not its business. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/str.h"
#include "http/limits.h"

struct arena;

/* Headers that occur at most once. */
enum http_single {
    HTTP_SINGLE_HOST,
    HTTP_SINGLE_CONTENT_LENGTH,
    HTTP_SINGLE_TRANSFER_ENCODING,
    HTTP_SINGLE_AUTHORIZATION,
    HTTP_SINGLE_CONTENT_TYPE,
    HTTP_SINGLE_EXPECT,
    HTTP_SINGLE_COUNT,
};

/* Offsets into the head's text. */
struct http_field {
    uint16_t name_at, name_len, value_at, value_len;
};

/* The normal form: names in lower case, values without surrounding white space, target as sent. */
struct http_head {
    char *text;
    uint16_t method_len, target_at, target_len;
    uint8_t version_minor; /* 0 or 1 */
    bool keep_alive;       /* as version and Connection say */
    bool has_body;         /* announced by Content-Length or Transfer-Encoding */
    bool is_chunked;
    bool expects_continue;
    uint16_t single[HTTP_SINGLE_COUNT]; /* field number + 1; 0: absent */
    uint16_t field_count;
    struct http_field fields[HTTP_FIELDS_MAX];
};

enum http_scan_outcome { HTTP_SCAN_MORE, HTTP_SCAN_DONE, HTTP_SCAN_REFUSED };

/* The caller reads outcome, status, head and body; the rest is private. */
struct http_scan {
    enum http_scan_outcome outcome;
    int status;             /* of a refusal: 400, 408 never, 413, 414, 417, 431, 501, 505 */
    struct http_head *head; /* complete once `in_body` or done; NULL before the first byte */
    bool has_request_line;
    bool in_body;
    struct bytes body; /* so far; whole when done */

    struct arena *arena;
    size_t head_bytes_max, body_bytes_max;
    int state;
    uint8_t *body_to;
    size_t body_cap;
    size_t text_len, text_cap, line_at;
    size_t head_bytes;
    uint64_t left; /* of the body or the chunk */
    uint32_t line_bytes, extension_bytes, trailer_bytes;
    uint8_t digits, name_len;
    char name[24];
};

/* Memory comes from `arena` with the first byte, none before. */
void http_scan_init(struct http_scan *scan, struct arena *arena, size_t head_bytes_max,
                    size_t body_bytes_max);

/* Takes bytes and says how many; fewer than offered once a request is done or refused. */
size_t http_scan_feed(struct http_scan *scan, struct bytes input);

struct str http_head_method(const struct http_head *head);
struct str http_head_target(const struct http_head *head);
struct str http_head_name(const struct http_head *head, size_t field);
struct str http_head_value(const struct http_head *head, size_t field);
/* ptr NULL if absent. */
struct str http_head_single(const struct http_head *head, enum http_single which);

#endif
