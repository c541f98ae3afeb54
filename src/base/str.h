/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_STR_H
#define TILL_BASE_STR_H

/* Text we do not own: a pointer and a length, not NUL-terminated, borrowed from whoever made it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){.ptr = "" literal, .len = sizeof(literal) - 1})
/* For printf: "%.*s", STR_ARG(text) */
#define STR_ARG(text) (int)(text).len, (text).ptr

struct str str_from_c(const char *c_string);
/* A copy that lives in `arena`, NUL-terminated behind its length. */
struct str str_copy(struct arena *arena, struct str text);
const char *str_to_c(struct arena *arena, struct str text);

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
bool str_is_empty(struct str text);
bool str_starts_with(struct str text, struct str prefix);
bool str_ends_with(struct str text, struct str suffix);
/* Index of the first `c`, or text.len. */
size_t str_find(struct str text, char c);

struct str str_slice(struct str text, size_t from, size_t to);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str text);
/* Takes the part before `separator` off the front of `*rest`; false once `*rest` is used up. */
bool str_split_next(struct str *rest, char separator, struct str *ret_part);

/* Decimal digits only, no sign, no white space; false on anything else or overflow. */
bool str_to_u64(struct str text, uint64_t *ret_value);
/* The same with an optional leading minus. */
bool str_to_i64(struct str text, int64_t *ret_value);
bool str_is_utf8(struct str text);
/* Length of the UTF-8 sequence at the front of `text`, which is not empty; 0 if it is none (RFC
 * 3629: no overlong forms, no surrogates). */
size_t str_utf8_len(struct str text);
/* The same the other way: writes `code_point` (no surrogate) and answers how many bytes it takes.
 */
size_t str_utf8_encode(uint32_t code_point, char ret_bytes[4]);

#endif
