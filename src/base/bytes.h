/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_BYTES_H
#define TILL_BASE_BYTES_H

/* Bytes we do not own, and their texts: hex, base64 and base64url (RFC 4648; the latter without
 * padding). */

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

struct bytes {
    const uint8_t *ptr;
    size_t len;
};

#define BYTES_OF(array) ((struct bytes){.ptr = (array), .len = sizeof(array)})

bool bytes_eq(struct bytes a, struct bytes b);
/* Takes the same time whatever the contents, for secrets and MACs. */
bool bytes_eq_secret(struct bytes a, struct bytes b);
struct bytes bytes_from_str(struct str text);

struct str hex_encode(struct arena *arena, struct bytes bytes); /* lower case */
/* Exactly `size` bytes, either case; false on anything else. */
bool hex_decode(struct str text, uint8_t *ret_bytes, size_t size);
int hex_digit(char c); /* its value; -1 if it is none */
struct str base64url_encode(struct arena *arena, struct bytes bytes);
struct str base64_encode(struct arena *arena, struct bytes bytes);
/* Strict: whole groups, padding where it belongs, nothing else; false otherwise. */
bool base64_decode(struct arena *arena, struct str text, struct bytes *ret_bytes);

void u32_store_be(uint8_t *to, uint32_t value);
void u64_store_be(uint8_t *to, uint64_t value);
uint32_t u32_load_be(const uint8_t *from);
uint64_t u64_load_be(const uint8_t *from);

#endif
