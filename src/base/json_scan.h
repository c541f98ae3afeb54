/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_JSON_SCAN_H
#define TILL_BASE_JSON_SCAN_H

/* The inner loops of JSON: how far plain text goes, and how far a number does. They see one run of
 * bytes at a time and know nothing of what comes before and after it. */

#include <stdbool.h>
#include <stdint.h>

/* The first byte from `p` on that cannot stand for itself in a string: a quote, a backslash, a
 * control character, or what is no whole UTF-8 sequence before `end`. */
const uint8_t *json_scan_text(const uint8_t *p, const uint8_t *end);

/* Where in the grammar of a number (RFC 8259 section 6) we are. */
enum json_number {
    JSON_NUMBER_STOP, /* not part of a number */
    JSON_NUMBER_BEGIN,
    JSON_NUMBER_MINUS,
    JSON_NUMBER_ZERO,
    JSON_NUMBER_INTEGER,
    JSON_NUMBER_POINT,
    JSON_NUMBER_FRACTION,
    JSON_NUMBER_E,
    JSON_NUMBER_E_SIGN,
    JSON_NUMBER_EXPONENT,
    JSON_NUMBER_STATES,
};

/* The first byte that does not continue the number; `*number` begins as JSON_NUMBER_BEGIN and is
 * carried from run to run. */
const uint8_t *json_scan_number(enum json_number *number, const uint8_t *p, const uint8_t *end);
/* Whether a number may end here: not after "-", "1." or "1e". */
bool json_number_is_whole(enum json_number number);

#endif
