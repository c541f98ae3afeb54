/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_SCAN_PARTS_H
#define TILL_HTTP_SCAN_PARTS_H

/* What the two halves of the scanner share: scan.c reads heads, scan_body.c reads bodies. */

#include "http/scan.h"

enum scan_state {
    SCAN_FIRST,        /* the request line, or the one empty line allowed before it */
    SCAN_EMPTY_LF,     /* that empty line's LF */
    SCAN_REQUEST_LINE, /* its first byte */
    SCAN_LINE,         /* within a line of the head */
    SCAN_LINE_LF,
    SCAN_LENGTH, /* a body of known length */
    SCAN_CHUNK_SIZE,
    SCAN_CHUNK_EXTENSION,
    SCAN_CHUNK_SIZE_LF,
    SCAN_CHUNK_DATA,
    SCAN_CHUNK_DATA_CR,
    SCAN_CHUNK_DATA_LF,
    SCAN_TRAILER_START,
    SCAN_TRAILER_NAME,
    SCAN_TRAILER_VALUE,
    SCAN_TRAILER_LF,
    SCAN_END_LF,
};

enum {
    BYTE_TOKEN = 1u << 0,   /* RFC 9110, 5.6.2 tchar */
    BYTE_VALUE = 1u << 1,   /* field values: visible, space, tab, obs-text */
    BYTE_VISIBLE = 1u << 2, /* 0x21-0x7e */
    BYTE_HEX = 1u << 3,
};

extern const uint8_t scan_byte_class[256];

static inline bool scan_is(uint8_t byte, unsigned classes) {
    return (scan_byte_class[byte] & classes) != 0;
}

static inline char scan_lower(char c) {
    if (c >= 'A' && c <= 'Z') {
        return (char)(c | 0x20);
    }
    return c;
}

void scan_refuse(struct http_scan *scan, int status);
/* A header that only means something in the head; refused in a trailer. */
bool scan_is_single_name(struct str lower_name, enum http_single *ret_which);
/* The head is complete: decides the body's framing. */
void scan_body_begin(struct http_scan *scan);
size_t scan_body_feed(struct http_scan *scan, struct bytes input);

#endif
