/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_TRIE_ROOT_H
#define TILL_CORE_TRIE_ROOT_H

/* The root that an Ethereum block's header keeps of a list: the Merkle Patricia trie (Yellow Paper,
 * appendix D) from rlp(index) to the element. Elements are hashed as they come; what is kept does
 * not grow with the list: the branches that are still open, the first element and the latest. */

#include "base/buf.h"
#include "core/hash.h"

enum {
    TRIE_NIBBLES_MAX = 10,                   /* rlp of a 32-bit index */
    TRIE_REF_BYTES_MAX = 1 + HASH_256_BYTES, /* a node's hash, or a shorter node itself */
    TRIE_BRANCH_WIDTH = 16,
};

struct trie_ref {
    uint8_t len; /* 0: no such child */
    uint8_t bytes[TRIE_REF_BYTES_MAX];
};

/* A key as the trie walks it. */
struct trie_key {
    uint8_t len;
    uint8_t nibbles[TRIE_NIBBLES_MAX];
};

struct trie_branch {
    uint8_t depth; /* of the nibble that chooses among the children */
    struct trie_ref children[TRIE_BRANCH_WIDTH];
};

struct trie_root {
    uint32_t count;
    struct buf first;  /* element 0: its key sorts behind that of 127 */
    struct buf latest; /* waits until its neighbour's key is known */
    struct trie_key latest_key;
    struct buf node; /* the one being hashed */
    size_t open_count;
    struct trie_branch open[TRIE_NIBBLES_MAX]; /* from the root down */
};

/* `arena` holds copies of the first and the latest element, and grows with the longest of them. */
void trie_root_init(struct trie_root *root, struct arena *arena);
/* The next element of the list, copied. Empty elements cannot be part of a trie: a bug. */
void trie_root_add(struct trie_root *root, struct bytes element);
/* Ends the list. False if the arena was full. */
bool trie_root_finish(struct trie_root *root, uint8_t ret_hash[HASH_256_BYTES]);

#endif
