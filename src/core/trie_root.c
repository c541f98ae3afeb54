/* SPDX-License-Identifier: MIT */
/* Keys are visited in the order in which the trie stores them: 1 to 127 (one byte each), 0 (the
 * byte 0x80), then 128 and up (a length byte and the number). No key is the beginning of another,
 * so no branch has a value of its own, and a leaf's place follows from its two neighbours alone. */
#include "core/trie_root.h"

#include <string.h>

#include "base/result.h"
#include "core/rlp.h"

enum {
    FIRST_LONG_INDEX = 0x80,
    FLAG_ODD = 1, /* of the hex prefix, appendix C */
    FLAG_LEAF = 2,
};

static const struct trie_key key_zero = {.len = 2, .nibbles = {8, 0}};

static int larger(int a, int b) {
    return a > b ? a : b;
}

static struct trie_key key_of(uint32_t index) {
    char memory[1 + sizeof index];
    struct buf buf = buf_over(memory, sizeof memory);
    rlp_put_u64(&buf, index);
    struct trie_key key = {.len = (uint8_t)(2 * buf.len)};
    for (size_t i = 0; i < key.len; i++) {
        uint8_t byte = (uint8_t)memory[i / 2];
        key.nibbles[i] = i % 2 == 0 ? byte >> 4 : byte & 15;
    }
    return key;
}

static int shared_nibbles(const struct trie_key *a, const struct trie_key *b) {
    int shared = 0;
    while (a->nibbles[shared] == b->nibbles[shared]) {
        shared++;
    }
    return shared;
}

/* Nibbles `from` to `to` of the key with the flags before them, two to a byte. */
static void put_path(struct buf *buf, const struct trie_key *key, int from, int to, uint8_t flags) {
    uint8_t path[1 + TRIE_NIBBLES_MAX / 2];
    size_t len = 1;
    bool is_odd = (to - from) % 2 != 0;
    path[0] = (uint8_t)(flags << 4);
    if (is_odd) {
        path[0] = (uint8_t)((flags | FLAG_ODD) << 4 | key->nibbles[from++]);
    }
    for (; from < to; from += 2) {
        path[len++] = (uint8_t)(key->nibbles[from] << 4 | key->nibbles[from + 1]);
    }
    rlp_put_bytes(buf, (struct bytes){.ptr = path, .len = len});
}

static void put_ref(struct buf *buf, const struct trie_ref *ref) {
    buf_put(buf, ref->bytes, ref->len);
}

/* What a parent holds of a node: the node itself if it is shorter than a hash, else its hash. */
static struct trie_ref ref_of(const struct buf *node) {
    struct trie_ref ref;
    if (node->len < HASH_256_BYTES) {
        ref.len = (uint8_t)node->len;
        if (node->len > 0) { /* none, where memory ended */
            memcpy(ref.bytes, node->ptr, node->len);
        }
        return ref;
    }
    uint8_t digest[HASH_256_BYTES];
    hash_keccak256(buf_bytes(node), digest);
    struct buf buf = buf_over((char *)ref.bytes, sizeof ref.bytes);
    rlp_put_bytes(&buf, BYTES_OF(digest));
    ref.len = (uint8_t)buf.len;
    return ref;
}

/* ---- the three kinds of nodes, each left in root->node */

static void write_leaf(struct trie_root *root, const struct trie_key *key, int from,
                       const struct buf *element) {
    root->node.len = 0;
    put_path(&root->node, key, from, key->len, FLAG_LEAF);
    rlp_put_bytes(&root->node, buf_bytes(element));
    rlp_list_end(&root->node, 0);
}

static void write_branch(struct trie_root *root, const struct trie_branch *branch) {
    root->node.len = 0;
    for (size_t i = 0; i < TRIE_BRANCH_WIDTH; i++) {
        if (branch->children[i].len == 0) {
            rlp_put_bytes(&root->node, (struct bytes){0});
        } else {
            put_ref(&root->node, &branch->children[i]);
        }
    }
    rlp_put_bytes(&root->node, (struct bytes){0});
    rlp_list_end(&root->node, 0);
}

static void write_extension(struct trie_root *root, const struct trie_key *key, int from, int to) {
    struct trie_ref ref = ref_of(&root->node);
    root->node.len = 0;
    put_path(&root->node, key, from, to, 0);
    put_ref(&root->node, &ref);
    rlp_list_end(&root->node, 0);
}

/* ---- the walk */

static int deepest_open(const struct trie_root *root) {
    return root->open_count == 0 ? -1 : root->open[root->open_count - 1].depth;
}

/* The node just written becomes a child of the branch at `depth`. */
static void hang(struct trie_root *root, const struct trie_key *key, int depth) {
    if (deepest_open(root) < depth) {
        BUG_IF(root->open_count == TRIE_NIBBLES_MAX);
        root->open[root->open_count++] = (struct trie_branch){.depth = (uint8_t)depth};
    }
    struct trie_branch *branch = &root->open[root->open_count - 1];
    BUG_IF(branch->depth != depth || branch->children[key->nibbles[depth]].len != 0);
    branch->children[key->nibbles[depth]] = ref_of(&root->node);
}

/* Between its neighbours' keys; the one before has been placed. The last branch that closes leaves
 * the root node in root->node. */
static void place(struct trie_root *root, const struct trie_key *key, const struct buf *element,
                  const struct trie_key *next) {
    if (root->node.failed || element->failed) {
        return;
    }
    int shared = next == NULL ? -1 : shared_nibbles(key, next);
    int depth = larger(deepest_open(root), shared);
    write_leaf(root, key, depth + 1, element);
    if (depth >= 0) {
        hang(root, key, depth);
    }
    while (deepest_open(root) > shared) {
        const struct trie_branch *branch = &root->open[--root->open_count];
        int parent = larger(deepest_open(root), shared);
        write_branch(root, branch);
        if (branch->depth > parent + 1) {
            write_extension(root, key, parent + 1, branch->depth);
        }
        if (parent >= 0) {
            hang(root, key, parent);
        }
    }
}

void trie_root_init(struct trie_root *root, struct arena *arena) {
    root->count = 0;
    root->open_count = 0;
    root->first = buf_in(arena);
    root->latest = buf_in(arena);
    root->node = buf_in(arena);
}

void trie_root_add(struct trie_root *root, struct bytes element) {
    BUG_IF(element.len == 0 || root->count == UINT32_MAX);
    uint32_t index = root->count++;
    if (index == 0) {
        buf_put(&root->first, element.ptr, element.len);
        return;
    }
    struct trie_key key = key_of(index);
    if (index == FIRST_LONG_INDEX) {
        place(root, &root->latest_key, &root->latest, &key_zero);
        place(root, &key_zero, &root->first, &key);
    } else if (index > 1) {
        place(root, &root->latest_key, &root->latest, &key);
    }
    root->latest.len = 0;
    buf_put(&root->latest, element.ptr, element.len);
    root->latest_key = key;
}

bool trie_root_finish(struct trie_root *root, uint8_t ret_hash[HASH_256_BYTES]) {
    if (root->count == 0) {
        rlp_put_bytes(&root->node, (struct bytes){0});
    } else if (root->count > FIRST_LONG_INDEX) {
        place(root, &root->latest_key, &root->latest, NULL);
    } else {
        if (root->count > 1) {
            place(root, &root->latest_key, &root->latest, &key_zero);
        }
        place(root, &key_zero, &root->first, NULL);
    }
    if (root->node.failed || root->latest.failed || root->first.failed) {
        return false;
    }
    hash_keccak256(buf_bytes(&root->node), ret_hash);
    return true;
}
