/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_UTC_H
#define TILL_BASE_UTC_H

/* Unix time as a date (proleptic Gregorian, UTC, no leap seconds) and back. No clock, no locale,
 * no time zone. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct utc {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;
    int minute;
    int second;
    int ms;
};

/* Years 0 to 9999; a time outside them is clamped. */
struct utc utc_from_ms(int64_t unix_ms);
/* False for a date that does not exist. */
bool utc_to_ms(const struct utc *utc, int64_t *ret_unix_ms);

enum { UTC_TEXT_BYTES = 24 };

/* RFC 3339 with milliseconds: 2025-01-31T23:59:59.123Z, written into `memory`. */
struct str utc_text(int64_t unix_ms, char memory[UTC_TEXT_BYTES]);

#endif
