/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/result.h"

enum { ARENA_ALIGN = 16, ARENA_BLOCK_BYTES = 4096, ARENA_BLOCK_BYTES_MAX = 1 << 20 };

struct arena_block {
    struct arena_block *previous;
    size_t size;
    size_t used;
    size_t reserved; /* keeps `bytes` aligned */
    unsigned char bytes[];
};
static_assert(sizeof(struct arena_block) % ARENA_ALIGN == 0);

struct arena {
    struct arena_block *block;
    size_t used;
    size_t bytes_max;
};

static struct arena_block *block_new(size_t size, struct arena_block *previous) {
    struct arena_block *block = malloc(sizeof *block + size);
    BUG_IF(block == NULL);
    *block = (struct arena_block){.previous = previous, .size = size};
    return block;
}

struct arena *arena_new(size_t bytes_max) {
    struct arena *arena = malloc(sizeof *arena);
    BUG_IF(arena == NULL);
    *arena = (struct arena){.bytes_max = bytes_max};
    return arena;
}

static void free_blocks(struct arena_block *block, const struct arena_block *keep) {
    while (block != keep) {
        struct arena_block *previous = block->previous;
        free(block);
        block = previous;
    }
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    free_blocks(arena->block, NULL);
    free(arena);
}

void arena_reset(struct arena *arena) {
    struct arena_block *first = arena->block;
    while (first != NULL && first->previous != NULL) {
        first = first->previous;
    }
    free_blocks(arena->block, first);
    arena->block = first;
    arena->used = 0;
    if (first != NULL) {
        first->used = 0;
    }
}

/* Blocks double as the unit of work grows, so a large one costs few calls. */
static size_t next_block_size(const struct arena *arena, size_t wanted) {
    size_t size = arena->block == NULL ? ARENA_BLOCK_BYTES : arena->block->size * 2;
    if (size > ARENA_BLOCK_BYTES_MAX) {
        size = ARENA_BLOCK_BYTES_MAX;
    }
    return size < wanted ? wanted : size;
}

void *arena_try_alloc(struct arena *arena, size_t size) {
    if (size > arena->bytes_max || arena->used > arena->bytes_max - size) {
        return NULL;
    }
    size_t rounded = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (rounded == 0) {
        rounded = ARENA_ALIGN;
    }
    if (arena->block == NULL || arena->block->size - arena->block->used < rounded) {
        arena->block = block_new(next_block_size(arena, rounded), arena->block);
    }
    void *memory = arena->block->bytes + arena->block->used;
    arena->block->used += rounded;
    arena->used += size;
    memset(memory, 0, rounded);
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size) {
    void *memory = arena_try_alloc(arena, size);
    BUG_IF(memory == NULL);
    return memory;
}

char *arena_copy(struct arena *arena, const void *from, size_t size) {
    char *copy = arena_alloc(arena, size + 1);
    if (size > 0) {
        memcpy(copy, from, size);
    }
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    BUG_IF(length < 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

size_t arena_used_bytes(const struct arena *arena) {
    return arena->used;
}

size_t arena_left_bytes(const struct arena *arena) {
    return arena->bytes_max - arena->used;
}
