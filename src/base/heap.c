/* SPDX-License-Identifier: MIT */
#include "base/heap.h"

#include <stdbool.h>
#include <stddef.h>

static bool goes_before(const struct heap_node *a, const struct heap_node *b) {
    return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

/* Both are roots without siblings, or NULL. */
static struct heap_node *merge(struct heap_node *a, struct heap_node *b) {
    if (a == NULL || b == NULL) {
        return a == NULL ? b : a;
    }
    struct heap_node *top = goes_before(b, a) ? b : a;
    struct heap_node *below = top == a ? b : a;
    below->next = top->child;
    below->previous = top;
    if (top->child != NULL) {
        top->child->previous = below;
    }
    top->child = below;
    return top;
}

static struct heap_node *alone(struct heap_node *node) {
    node->next = NULL;
    node->previous = NULL;
    return node;
}

/* The two passes that make a pairing heap: siblings in pairs from the left, then the pairs from the
 * right. Pairs are kept in a list through `next`, which reverses them. */
static struct heap_node *merge_siblings(struct heap_node *first) {
    struct heap_node *pairs = NULL;
    while (first != NULL) {
        struct heap_node *second = first->next;
        struct heap_node *rest = second == NULL ? NULL : second->next;
        struct heap_node *pair = merge(alone(first), second == NULL ? NULL : alone(second));
        pair->next = pairs;
        pairs = pair;
        first = rest;
    }
    struct heap_node *root = NULL;
    while (pairs != NULL) {
        struct heap_node *rest = pairs->next;
        root = merge(root, alone(pairs));
        pairs = rest;
    }
    return root;
}

void heap_insert(struct heap *heap, struct heap_node *node) {
    node->child = NULL;
    heap->root = merge(heap->root, alone(node));
}

void heap_remove(struct heap *heap, struct heap_node *node) {
    struct heap_node *orphans = merge_siblings(node->child);
    node->child = NULL;
    if (node == heap->root) {
        heap->root = orphans;
        return;
    }
    if (node->previous->child == node) {
        node->previous->child = node->next;
    } else {
        node->previous->next = node->next;
    }
    if (node->next != NULL) {
        node->next->previous = node->previous;
    }
    (void)alone(node);
    heap->root = merge(heap->root, orphans);
}
