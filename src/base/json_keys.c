/* SPDX-License-Identifier: MIT */
/* One stack holds the keys of all open objects, the innermost on top. Only objects with more than
 * KEYS_SEARCHED keys enter the table. Slots are taken by linear probing and freed newest first, so
 * freeing one never breaks the probe of a key that is still there. */
#include "base/json_keys.h"

#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/checked.h"
#include "base/result.h"

enum { KEYS_SEARCHED = 16, KEYS_FIRST = 32, KEYS_FIRST_BYTES = 256, SLOTS_FIRST = 128 };

struct json_key {
    size_t text; /* where it begins in keys->text */
    uint32_t len;
    uint32_t hash; /* 0: not in the table */
};

void json_keys_init(struct json_keys *keys, struct arena *arena) {
    *keys = (struct json_keys){.arena = arena};
}

size_t json_keys_open(struct json_keys *keys) {
    size_t outer_first = keys->first;
    keys->first = keys->count;
    return outer_first;
}

size_t json_keys_count(const struct json_keys *keys) {
    return keys->count - keys->first;
}

/* An array of twice the size with the same contents; NULL when the arena is full. */
static void *grow(struct arena *arena, const void *from, size_t used_bytes, size_t bytes) {
    void *grown = arena_try_alloc(arena, bytes);
    if (grown != NULL && used_bytes > 0) {
        memcpy(grown, from, used_bytes);
    }
    return grown;
}

static uint64_t fold(uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t key_hash(const struct json_keys *keys, const char *text, size_t len) {
    uint64_t state = keys->seed[0] ^ len;
    while (len > 0) {
        uint64_t word = 0;
        size_t size = len < sizeof word ? len : sizeof word;
        memcpy(&word, text, size);
        state = fold(state ^ word, keys->seed[1]);
        text += size;
        len -= size;
    }
    return (uint32_t)fold(state, keys->seed[1]) | 1;
}

static bool key_eq(const struct json_keys *keys, const struct json_key *key, struct str text) {
    return key->len == text.len &&
           (text.len == 0 || memcmp(keys->text + key->text, text.ptr, text.len) == 0);
}

static size_t slot_after(const struct json_keys *keys, size_t slot) {
    return (slot + 1) & (keys->slot_count - 1);
}

static void table_insert(struct json_keys *keys, size_t index) {
    size_t slot = keys->keys[index].hash & (keys->slot_count - 1);
    while (keys->slots[slot] != 0) {
        slot = slot_after(keys, slot);
    }
    keys->slots[slot] = (uint32_t)index + 1;
    keys->slots_used++;
}

static void table_remove(struct json_keys *keys, size_t index) {
    size_t slot = keys->keys[index].hash & (keys->slot_count - 1);
    while (keys->slots[slot] != index + 1) {
        slot = slot_after(keys, slot);
    }
    keys->slots[slot] = 0;
    keys->slots_used--;
}

static bool table_has(const struct json_keys *keys, uint32_t hash, struct str text) {
    size_t slot = hash & (keys->slot_count - 1);
    for (; keys->slots[slot] != 0; slot = slot_after(keys, slot)) {
        size_t index = keys->slots[slot] - 1;
        const struct json_key *key = &keys->keys[index];
        /* The same key may also be there for an outer object, once for each open depth. */
        if (index >= keys->first && key->hash == hash && key_eq(keys, key, text)) {
            return true;
        }
    }
    return false;
}

/* At most half full, counting the key that is about to come. */
static bool table_reserve(struct json_keys *keys, size_t more) {
    size_t slot_count = keys->slot_count == 0 ? SLOTS_FIRST : keys->slot_count;
    while ((keys->slots_used + more) * 2 > slot_count) {
        slot_count *= 2;
    }
    if (slot_count == keys->slot_count) {
        return true;
    }
    uint32_t *slots = arena_try_alloc(keys->arena, slot_count * sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    if (keys->slots == NULL) {
        BUG_IF(getrandom(keys->seed, sizeof keys->seed, 0) != sizeof keys->seed);
        keys->seed[1] |= 1;
    }
    keys->slots = slots;
    keys->slot_count = slot_count;
    keys->slots_used = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].hash != 0) {
            table_insert(keys, i);
        }
    }
    return true;
}

/* The innermost object has become large: its keys so far move into the table. */
static bool table_take_innermost(struct json_keys *keys) {
    if (!table_reserve(keys, KEYS_SEARCHED + 1)) {
        return false;
    }
    for (size_t i = keys->first; i < keys->count; i++) {
        struct json_key *key = &keys->keys[i];
        key->hash = key_hash(keys, keys->text + key->text, key->len);
        table_insert(keys, i);
    }
    return true;
}

static bool list_has(const struct json_keys *keys, struct str text) {
    for (size_t i = keys->first; i < keys->count; i++) {
        if (key_eq(keys, &keys->keys[i], text)) {
            return true;
        }
    }
    return false;
}

static bool stack_reserve(struct json_keys *keys, size_t text_len) {
    if (keys->count == keys->cap) {
        size_t cap = keys->cap == 0 ? KEYS_FIRST : keys->cap * 2;
        size_t used_bytes = keys->count * sizeof *keys->keys;
        struct json_key *grown =
            grow(keys->arena, keys->keys, used_bytes, cap * sizeof *keys->keys);
        if (grown == NULL) {
            return false;
        }
        keys->keys = grown;
        keys->cap = cap;
    }
    if (keys->text_cap - keys->text_len < text_len) {
        size_t cap = keys->text_cap == 0 ? KEYS_FIRST_BYTES : keys->text_cap;
        while (cap - keys->text_len < text_len) {
            cap *= 2;
        }
        char *grown = grow(keys->arena, keys->text, keys->text_len, cap);
        if (grown == NULL) {
            return false;
        }
        keys->text = grown;
        keys->text_cap = cap;
    }
    return true;
}

enum json_keys_answer json_keys_add(struct json_keys *keys, struct str key) {
    BUG_IF(key.len > UINT32_MAX || keys->count >= UINT32_MAX / 2);
    size_t count = json_keys_count(keys);
    uint32_t hash = 0;
    if (count >= KEYS_SEARCHED) {
        bool has_room =
            count == KEYS_SEARCHED ? table_take_innermost(keys) : table_reserve(keys, 1);
        if (!has_room) {
            return JSON_KEYS_NO_MEMORY;
        }
        hash = key_hash(keys, key.ptr, key.len);
    }
    if (hash == 0 ? list_has(keys, key) : table_has(keys, hash, key)) {
        return JSON_KEYS_DUPLICATE;
    }
    if (!stack_reserve(keys, key.len)) {
        return JSON_KEYS_NO_MEMORY;
    }
    if (key.len > 0) {
        memcpy(keys->text + keys->text_len, key.ptr, key.len);
    }
    keys->keys[keys->count] =
        (struct json_key){.text = keys->text_len, .len = (uint32_t)key.len, .hash = hash};
    keys->text_len += key.len;
    keys->count++;
    if (hash != 0) {
        table_insert(keys, keys->count - 1);
    }
    return JSON_KEYS_ADDED;
}

void json_keys_close(struct json_keys *keys, size_t outer_first) {
    BUG_IF(outer_first > keys->first);
    if (keys->count > keys->first) {
        keys->text_len = keys->keys[keys->first].text;
    }
    while (keys->count > keys->first) {
        keys->count--;
        if (keys->keys[keys->count].hash != 0) {
            table_remove(keys, keys->count);
        }
    }
    keys->first = outer_first;
}
