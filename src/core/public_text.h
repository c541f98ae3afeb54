/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PUBLIC_TEXT_H
#define TILL_CORE_PUBLIC_TEXT_H

/* Texts that shops see: random names and secrets out of given random bytes, times and
 * days. */

#include "base/bytes.h"

struct arena;

enum {
    SHOP_ID_CHARS = 16,
    SHOP_SECRET_CHARS = 36,
    STATIC_ID_CHARS = 32, /* of a static wallet */
    PUBLIC_TIME_CHARS = 26
};

/* Bytes to pass so that running out of them does not happen in practice. */
#define RANDOM_TEXT_BYTES(chars) ((chars)*2 + 16)

/* Fills `chars` characters of [A-Za-z0-9], all equally likely, and a NUL. False if there were too
 * few bytes (about one in 32 is unusable): pass fresh ones. */
bool random_text_from_bytes(struct bytes random, size_t chars, char *ret_text);
/* The same of [A-Z0-9]; about one byte in 64 is unusable. */
bool random_code_from_bytes(struct bytes random, size_t chars, char *ret_text);

/* "2027-03-04 09:15:00.120000", UTC; from 1970 to 9999, beyond that the nearest. */
struct str public_time_to_text(struct arena *arena, int64_t at_ms);

/* "04.03.2027", UTC, as days since 1970; white space around it does not count. False for anything
 * else and for days before 1970. */
bool public_day_from_text(struct str text, int64_t *ret_day);

#endif
