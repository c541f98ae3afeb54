/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_BASE58_H
#define TILL_CORE_BASE58_H

/* Base58Check, the text of old addresses and extended keys: bytes plus the first four of their
 * double SHA-256. Strict: no white space, one text for each payload. */

#include "base/bytes.h"

enum {
    BASE58_PAYLOAD_MAX = 78, /* an extended key, the longest thing we read */
    BASE58_TEXT_MAX = 112,   /* 82 bytes are at most 112 digits */
};

struct base58_payload {
    uint8_t len;
    uint8_t bytes[BASE58_PAYLOAD_MAX];
};

struct base58_text {
    uint8_t len;
    char text[BASE58_TEXT_MAX + 1]; /* NUL-terminated */
};

/* False if a character is foreign, the checksum is wrong or the payload is too long or empty. */
bool base58check_decode(struct str text, struct base58_payload *ret_payload);

/* `payload` has 1 to BASE58_PAYLOAD_MAX bytes; anything else is a bug. */
void base58check_encode(struct bytes payload, struct base58_text *ret_text);

#endif
