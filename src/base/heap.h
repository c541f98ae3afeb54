/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_HEAP_H
#define TILL_BASE_HEAP_H

/* A priority queue of structs that carry their own node: the smallest key first, the smallest tie
 * among equals. It allocates nothing and can let go of any node. A pairing heap: insert takes
 * constant time, the rest O(log n) on average over a history. */

#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t key;
    int64_t tie;
    struct heap_node *child;
    struct heap_node *next;
    struct heap_node *previous; /* the parent, for a first child */
};

struct heap {
    struct heap_node *root; /* the first; NULL when empty */
};

/* With key and tie set, and in no heap. */
void heap_insert(struct heap *heap, struct heap_node *node);
/* From the heap that it is in. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* The struct whose `member` this node is. */
#define HEAP_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

#endif
