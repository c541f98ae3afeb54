/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/shelf.h"

#include "base/result.h"

static void take_off(struct shelf *shelf, size_t at) {
    shelf->bytes -= tron_block_bytes(shelf->blocks[at]);
    tron_block_free(shelf->blocks[at]);
    shelf->blocks[at] = shelf->blocks[--shelf->count];
}

struct tron_block *shelf_find(const struct shelf *shelf, struct block_hash hash) {
    for (size_t i = 0; i < shelf->count; i++) {
        if (block_hash_eq(shelf->blocks[i]->header.hash, hash)) {
            return shelf->blocks[i];
        }
    }
    return NULL;
}

bool shelf_is_full(const struct shelf *shelf) {
    return shelf->count >= SHELF_BLOCKS_MAX / 2 || shelf->bytes >= SHELF_BYTES_MAX / 2;
}

/* The lowest stays, whatever its size. */
static void drop_highest(struct shelf *shelf) {
    size_t highest = 0;
    for (size_t i = 1; i < shelf->count; i++) {
        if (shelf->blocks[i]->header.height > shelf->blocks[highest]->header.height) {
            highest = i;
        }
    }
    take_off(shelf, highest);
}

void shelf_put(struct shelf *shelf, struct tron_block *block) {
    BUG_IF(!block->is_whole); /* so that its size stays */
    for (size_t i = 0; i < shelf->count; i++) {
        if (block_hash_eq(shelf->blocks[i]->header.hash, block->header.hash)) {
            take_off(shelf, i);
        }
    }
    if (shelf->count == SHELF_BLOCKS_MAX) {
        drop_highest(shelf);
    }
    shelf->blocks[shelf->count++] = block;
    shelf->bytes += tron_block_bytes(block);
    while (shelf->count > 1 && shelf->bytes > SHELF_BYTES_MAX) {
        drop_highest(shelf);
    }
}

void shelf_drop_below(struct shelf *shelf, int64_t height) {
    for (size_t i = 0; i < shelf->count;) {
        if (shelf->blocks[i]->header.height < height) {
            take_off(shelf, i);
        } else {
            i++;
        }
    }
}

void shelf_clear(struct shelf *shelf) {
    while (shelf->count > 0) {
        take_off(shelf, shelf->count - 1);
    }
}
