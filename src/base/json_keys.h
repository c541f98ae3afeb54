/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_JSON_KEYS_H
#define TILL_BASE_JSON_KEYS_H

/* The keys of the objects that are open at this moment, to find one that comes twice. Exact, and
 * never quadratic: small objects are searched in order, large ones through a table whose hash is
 * seeded at random, so that no input can be made to collide. */

#include "base/str.h"

struct arena;
struct json_key;

struct json_keys {
    struct arena *arena;
    struct json_key *keys; /* those of the innermost object come last */
    size_t count;
    size_t cap;
    size_t first; /* of the innermost object */
    char *text;   /* all keys, one behind another */
    size_t text_len;
    size_t text_cap;
    uint32_t *slots; /* index + 1 into `keys`; 0 is free; NULL until an object grows large */
    size_t slot_count;
    size_t slots_used;
    uint64_t seed[2];
};

enum json_keys_answer { JSON_KEYS_ADDED, JSON_KEYS_DUPLICATE, JSON_KEYS_NO_MEMORY };

void json_keys_init(struct json_keys *keys, struct arena *arena);
/* An object opens; the caller keeps the answer and gives it back when the object closes. */
size_t json_keys_open(struct json_keys *keys);
void json_keys_close(struct json_keys *keys, size_t outer_first);
/* Copies the key. */
enum json_keys_answer json_keys_add(struct json_keys *keys, struct str key);
/* Of the innermost object. */
size_t json_keys_count(const struct json_keys *keys);

#endif
