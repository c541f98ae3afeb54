/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_ID_MAP_H
#define TILL_BASE_ID_MAP_H

/* Finds things by a 64-bit id in constant time. Holds pointers, owns nothing that they point to.
 * For ids that we give out ourselves: a stranger who may choose ids could make it slow. */

#include <stddef.h>
#include <stdint.h>

struct id_map_slot;

struct id_map {
    struct id_map_slot *slots;
    size_t slot_count; /* a power of two, or 0 while nothing was ever put */
    size_t count;
};

/* A zeroed struct is an empty map. */
void id_map_release(struct id_map *map);

/* NULL when there is none. */
void *id_map_get(const struct id_map *map, int64_t id);
/* Replaces what was there; `thing` is not NULL. Stops the process when memory is out. */
void id_map_put(struct id_map *map, int64_t id, void *thing);
void id_map_remove(struct id_map *map, int64_t id);

#endif
