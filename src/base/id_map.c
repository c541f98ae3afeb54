/* SPDX-License-Identifier: MIT */
#include "base/id_map.h"

#include <stdlib.h>

#include "base/result.h"

enum { SLOTS_MIN = 64 };

struct id_map_slot {
    int64_t id;
    void *thing; /* NULL: free */
};

/* Spreads ids that follow one another over all bits (the finalizer of SplitMix64). */
static size_t hash(int64_t id) {
    uint64_t x = (uint64_t)id;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (size_t)(x ^ x >> 31);
}

/* The slot with this id, or the free one where it belongs. */
static size_t slot_of(const struct id_map *map, int64_t id) {
    size_t at = hash(id) & (map->slot_count - 1);
    while (map->slots[at].thing != NULL && map->slots[at].id != id) {
        at = (at + 1) & (map->slot_count - 1);
    }
    return at;
}

static struct id_map_slot *slots_new(size_t count) {
    struct id_map_slot *slots = calloc(count, sizeof *slots);
    BUG_IF(slots == NULL);
    return slots;
}

static void grow(struct id_map *map) {
    struct id_map old = *map;
    map->slot_count = old.slot_count == 0 ? SLOTS_MIN : old.slot_count * 2;
    map->slots = slots_new(map->slot_count);
    for (size_t i = 0; i < old.slot_count; i++) {
        if (old.slots[i].thing != NULL) {
            map->slots[slot_of(map, old.slots[i].id)] = old.slots[i];
        }
    }
    free(old.slots);
}

void id_map_release(struct id_map *map) {
    free(map->slots);
    *map = (struct id_map){0};
}

void *id_map_get(const struct id_map *map, int64_t id) {
    return map->slot_count == 0 ? NULL : map->slots[slot_of(map, id)].thing;
}

void id_map_put(struct id_map *map, int64_t id, void *thing) {
    BUG_IF(thing == NULL);
    if (map->count >= map->slot_count / 2) {
        grow(map);
    }
    struct id_map_slot *slot = &map->slots[slot_of(map, id)];
    map->count += slot->thing == NULL ? 1 : 0;
    *slot = (struct id_map_slot){.id = id, .thing = thing};
}

void id_map_remove(struct id_map *map, int64_t id) {
    if (id_map_get(map, id) == NULL) {
        return;
    }
    size_t mask = map->slot_count - 1;
    size_t hole = slot_of(map, id);
    map->count--;
    /* Moves back each follower that could not be found any more across the hole. */
    for (size_t at = (hole + 1) & mask; map->slots[at].thing != NULL; at = (at + 1) & mask) {
        size_t home = hash(map->slots[at].id) & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole] = (struct id_map_slot){0};
}
